import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ImageSummary, SearchHit, SearchResult } from '#shared/contract/commands.ts'
import { LexmaskError, type ErrorCode } from '#shared/contract/errors.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { isReferring } from '#shared/vocabulary/referring.ts'
import { useView } from '../app/view.ts'
import { useSelectionStore } from '../stores/selection.ts'
import { useClient } from '../transport/use-client.ts'
import { hitsAfter } from './hits-after.ts'

/** As many as anybody looks through. */
const HITS_AT_MOST = 300

/** A region that others are compared with. */
export interface SearchExample {
  readonly imageId: number
  readonly of: { readonly candidateId: number } | { readonly annotationId: number }
  readonly classId: number | null
  /** Image pixels. */
  readonly bbox: XywhBox
}

export type SearchQuery =
  | { readonly kind: 'words'; readonly text: string }
  /** Words that mean one region of an image. */
  | { readonly kind: 'phrase'; readonly text: string }
  | { readonly kind: 'like'; readonly example: SearchExample }

export type SearchUnit = 'region' | 'image'

const NOTHING: SearchResult = { hits: [], regions: 0, isSuperseded: false, unservedWords: [] }

/** What was looked for in what runs have found, and the results. They stay while others views are on show. */
export const useSearchStore = defineStore('search', () => {
  const client = useClient()
  const selection = useSelectionStore()
  const view = useView()

  /** In the field; what it was searched for is in `query`. */
  const text = shallowRef('')
  const per = shallowRef<SearchUnit>('region')
  const query = shallowRef<SearchQuery | null>(null)
  /** Of `query` before this one was through. */
  const hits = shallowRef<readonly SearchHit[]>([])
  const images = shallowRef<ReadonlyMap<number, ImageSummary>>(new Map())
  /** Regions that were looked at; null before the first result. */
  const regions = shallowRef<number | null>(null)
  /** Of the words, those that nothing here understands. */
  const unservedWords = shallowRef<readonly string[]>([])
  const isSearching = shallowRef(false)
  const error = shallowRef<unknown>(null)
  /** Why the results may lack something. */
  const doubt = shallowRef<'superseded' | 'labelled-since' | null>(null)
  /** A place in `hits`; -1 before one was chosen. */
  const position = shallowRef(-1)
  const isOpen = shallowRef(false)
  /** Where the results were scrolled to. */
  let scrollPx = 0
  let turns = 0

  const errorCode = computed((): ErrorCode | null => {
    if (error.value === null) return null
    return error.value instanceof LexmaskError ? error.value.code : 'INTERNAL'
  })
  const current = computed((): SearchHit | null => hits.value[position.value] ?? null)
  const example = computed(() => (query.value?.kind === 'like' ? query.value.example : null))
  const opened = computed(() => (isOpen.value ? current.value : null))

  /** The words in the field. Nothing is asked for without any. */
  async function findWords(): Promise<void> {
    const words = text.value.trim()
    if (words === '') return
    query.value = { kind: isReferring(words) ? 'phrase' : 'words', text: words }
    await run()
  }

  async function findLike(wanted: SearchExample): Promise<void> {
    view.value = 'search'
    text.value = ''
    query.value = { kind: 'like', example: wanted }
    await run()
  }

  function findLikeAnnotation({ id, imageId, classId, bbox }: AnnotationRecord): Promise<void> {
    return findLike({ imageId, of: { annotationId: id }, classId, bbox })
  }

  function findLikeHit({ imageId, candidateId, classId, bbox }: SearchHit): Promise<void> {
    return findLike({ imageId, of: { candidateId }, classId, bbox })
  }

  async function setPer(next: SearchUnit): Promise<void> {
    per.value = next
    await run()
  }

  /** Asks for `query`. A later call ends an earlier one, whose answer is left alone. */
  async function run(): Promise<void> {
    const asked = query.value
    if (asked === null) return
    const turn = ++turns
    isSearching.value = true
    try {
      const found = await ask(asked)
      const summaries = await read([
        ...found.hits.map(({ imageId }) => imageId),
        ...(asked.kind === 'like' ? [asked.example.imageId] : []),
      ])
      if (turn !== turns) return
      images.value = summaries
      show(found)
      error.value = null
    } catch (thrown) {
      if (turn !== turns) return
      show(NOTHING)
      error.value = thrown
    } finally {
      if (turn === turns) isSearching.value = false
    }
  }

  function ask(asked: SearchQuery): Promise<SearchResult> {
    if (asked.kind === 'phrase') return pickOfEach(asked.text)
    const options = { limit: HITS_AT_MOST, per: per.value }
    if (asked.kind === 'words') {
      return client.request('search.words', { text: asked.text, ...options })
    }
    const { imageId, of } = asked.example
    return client.request('search.like', { imageId, ...of, ...options })
  }

  async function pickOfEach(phrase: string): Promise<SearchResult> {
    const wanted = { text: phrase, imageId: null, limit: HITS_AT_MOST }
    const { picks, ...found } = await client.request('search.phrase', wanted)
    const hits = picks.flatMap(({ candidateId, ...pick }): SearchHit[] =>
      // Results are regions that runs have found.
      candidateId === null ? [] : [{ ...pick, candidateId, score: pick.weight }],
    )
    return { ...found, hits, unservedWords: [] }
  }

  async function read(imageIds: readonly number[]): Promise<Map<number, ImageSummary>> {
    const ids = [...new Set(imageIds)]
    const found = ids.length === 0 ? [] : await client.request('images.get', { imageIds: ids })
    return new Map(found.map((summary) => [summary.id, summary]))
  }

  function show(found: SearchResult): void {
    hits.value = found.hits
    regions.value = found.regions
    unservedWords.value = found.unservedWords
    doubt.value = found.isSuperseded ? 'superseded' : null
    position.value = -1
    isOpen.value = false
    scrollPx = 0
  }

  function clear(): void {
    turns++
    text.value = ''
    query.value = null
    isSearching.value = false
    error.value = null
    images.value = new Map()
    show(NOTHING)
    regions.value = null
  }

  /** The image of a result on the canvas, beside the others. */
  function open(at: number): void {
    const hit = hits.value[at]
    if (hit === undefined) return
    position.value = at
    isOpen.value = true
    selection.open(hit.imageId)
  }

  /** To another result: the canvas follows where one is opened. */
  function goTo(at: number): void {
    const place = Math.min(hits.value.length - 1, Math.max(0, at))
    if (isOpen.value) open(place)
    else position.value = place
  }

  client.subscribe('records.changed', ({ diff }) => {
    const before = hits.value
    const after = hitsAfter(before, diff)
    if (after === before) return
    const chosen = current.value
    hits.value = after
    position.value = after.findIndex(({ candidateId }) => candidateId === chosen?.candidateId)
    if (position.value < 0) isOpen.value = false
  })
  client.subscribe('job.progress', ({ state }) => {
    if (state === 'done' && query.value !== null) doubt.value = 'labelled-since'
  })
  let openPath: string | null = null
  client.subscribe('snapshot.received', ({ project }) => {
    if (openPath !== null && project.path !== openPath) clear()
    openPath = project.path
  })
  client.subscribe('workspace.changed', ({ project }) => {
    if (project === null) clear()
  })

  return {
    text,
    per,
    query,
    hits,
    images,
    regions,
    unservedWords,
    isSearching,
    error,
    errorCode,
    doubt,
    position,
    isOpen,
    current,
    example,
    opened,
    findWords,
    findLike,
    findLikeAnnotation,
    findLikeHit,
    setPer,
    run,
    clear,
    open,
    goTo,
    close: () => (isOpen.value = false),
    scrolledTo: () => scrollPx,
    noteScroll: (px: number) => (scrollPx = px),
  }
})
