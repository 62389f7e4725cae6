import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef, watch } from 'vue'
import type { ScoredCandidate } from '#shared/contract/commands.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type { AnnotationRecord, ImageRecord, MaskRecord } from '#shared/contract/records.ts'
import { failureOfError, type Failure } from '#shared/contract/errors.ts'
import { useClient } from '../transport/use-client.ts'
import { useHistoryStore } from './history.ts'
import { masksBrought, recordsAfter, touchesImage, type ImageRecords } from './image-records.ts'
import { useImagesStore } from './images.ts'
import { createOpenedImages } from './opened-images.ts'
import { useSelectionStore } from './selection.ts'
import { useToastsStore } from './toasts.ts'

/**
 * The image on show: what the project file has of it, kept so by every change of the records. Nothing
 * is shown before it is in the file.
 */
export const useCurrentImageStore = defineStore('current-image', () => {
  const client = useClient()
  const history = useHistoryStore()
  const toasts = useToastsStore()
  const opened = createOpenedImages(client)
  const images = useImagesStore()
  const selection = useSelectionStore()

  const imageId = shallowRef<number | null>(null)
  const image = shallowRef<ImageRecord | null>(null)
  const annotations = shallowRef<readonly AnnotationRecord[]>([])
  const masks = shallowRef(new Map<string, MaskRecord>())
  const candidates = shallowRef<readonly ScoredCandidate[] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const isLoading = shallowRef(false)

  const selectedIds = shallowRef<readonly number[]>([])
  const hoveredId = shallowRef<number | null>(null)
  /** Asked of the canvas; another object each time. */
  const revealed = shallowRef<{ readonly annotationId: number } | null>(null)
  const hiddenIds = shallowRef<ReadonlySet<number>>(new Set())

  /** Of the last change that came; those up to it are on show, or wait for their masks. */
  let revision = 0
  /** Changes up to it are on show. */
  const shownRevision = shallowRef(0)
  let early: RecordsChanged[] = []
  /** Changes wait for their masks, one behind another. */
  let applying: Promise<void> | null = null
  let isGhostWanted = false
  let loads = 0

  const selected = computed(() =>
    annotations.value.filter(({ id }) => selectedIds.value.includes(id)),
  )

  async function open(id: number | null): Promise<void> {
    if (id === imageId.value && failure.value === null) return
    clear(id)
    if (id !== null) await load(id)
  }

  async function reload(): Promise<void> {
    const id = imageId.value
    if (id === null) return
    opened.forget(id)
    await load(id)
  }

  async function load(id: number): Promise<void> {
    const turn = ++loads
    const isLast = (): boolean => turn === loads && imageId.value === id
    isLoading.value = true
    try {
      const found = await opened.open(id)
      if (!isLast()) return
      isLoading.value = false
      failure.value = null
      revision = shownRevision.value = found.revision
      masks.value = new Map(found.masks.map((mask) => [mask.hash, mask]))
      show(found)
      history.follow(id, found.history)
      const waiting = early
      early = []
      waiting.forEach(receive)
      if (isGhostWanted) await readCandidates()
    } catch (error) {
      if (!isLast()) return
      isLoading.value = false
      early = []
      failure.value = failureOfError(error)
    }
  }

  function clear(id: number | null): void {
    imageId.value = id
    image.value = null
    annotations.value = []
    candidates.value = null
    failure.value = null
    isLoading.value = false
    selectedIds.value = []
    hoveredId.value = null
    hiddenIds.value = new Set()
    early = []
    history.follow(id, null)
  }

  function show(records: ImageRecords): void {
    image.value = records.image
    annotations.value = records.annotations
    const there = new Set(records.annotations.map(({ id }) => id))
    selectedIds.value = selectedIds.value.filter((id) => there.has(id))
    if (hoveredId.value !== null && !there.has(hoveredId.value)) hoveredId.value = null
  }

  function receive(change: RecordsChanged): void {
    const id = imageId.value
    if (id === null || !touchesImage(change.diff, id)) return
    if (isLoading.value) {
      early.push(change)
      return
    }
    if (image.value === null || change.revision <= revision) return
    revision = change.revision
    const missing = masksBrought(change.diff, id).filter((hash) => !masks.value.has(hash))
    if (missing.length === 0 && applying === null) {
      apply(id, change)
      return
    }
    const turn = (applying ?? Promise.resolve())
      .then(() => readMasks(missing))
      .then(() => {
        if (imageId.value === id) apply(id, change)
      })
      .finally(() => {
        if (applying === turn) applying = null
      })
    applying = turn
    turn.catch(toasts.showError)
  }

  function apply(id: number, { diff, revision: applied }: RecordsChanged): void {
    if (image.value === null) return
    shownRevision.value = applied
    const after = recordsAfter({ image: image.value, annotations: annotations.value }, diff)
    if (after === null) selection.open(null)
    else show(after)
    // A run or new scores: what could be annotated is another set now.
    if (candidates.value !== null && imageId.value === id) void readCandidates()
  }

  async function readMasks(hashes: readonly string[]): Promise<void> {
    const unknown = hashes.filter((hash) => !masks.value.has(hash))
    if (unknown.length === 0) return
    for (const mask of await client.request('masks.get', { hashes: unknown })) {
      masks.value.set(mask.hash, mask)
    }
    triggerRef(masks)
  }

  async function readCandidates(): Promise<void> {
    const id = imageId.value
    if (id === null || image.value === null) return
    try {
      const found = await client.request('candidates.list', { imageId: id })
      if (imageId.value !== id) return
      await readMasks(found.map(({ maskHash }) => maskHash))
      if (imageId.value === id) candidates.value = found
    } catch (error) {
      toasts.showError(error)
    }
  }

  /** Candidates are read when somebody looks at them: ghosts are on, or a slider moves. */
  function wantGhosts(isWanted: boolean): void {
    isGhostWanted = isWanted
    if (isWanted && candidates.value === null) void readCandidates()
  }

  watch(
    () => selection.currentImageId,
    async (id) => {
      await open(id)
      const next = images.imageIds[selection.currentPosition + 1]
      if (selection.currentPosition >= 0 && next !== undefined) void opened.readAhead(next)
    },
    { immediate: true },
  )
  client.subscribe('records.changed', receive)
  client.subscribe('snapshot.received', () => void reload())

  function select(ids: readonly number[], mode: 'replace' | 'add' | 'toggle' = 'replace'): void {
    const present = selectedIds.value
    if (mode === 'replace') selectedIds.value = [...ids]
    else if (mode === 'add') selectedIds.value = [...new Set([...present, ...ids])]
    else {
      const toggled = new Set(present)
      for (const id of ids) if (!toggled.delete(id)) toggled.add(id)
      selectedIds.value = [...toggled]
    }
  }

  function hide(ids: readonly number[], isHidden: boolean): void {
    const hidden = new Set(hiddenIds.value)
    for (const id of ids)
      if (isHidden) hidden.add(id)
      else hidden.delete(id)
    hiddenIds.value = hidden
  }

  return {
    imageId,
    image,
    annotations,
    masks,
    candidates,
    failure,
    isLoading,
    shownRevision,
    selectedIds,
    selected,
    hoveredId,
    hiddenIds,
    revealed,
    reload,
    readAhead: opened.readAhead,
    wantGhosts,
    readCandidates,
    select,
    hide,
    reveal: (annotationId: number) => (revealed.value = { annotationId }),
  }
})
