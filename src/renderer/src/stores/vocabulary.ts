import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type { ClassRecord, Vocabulary } from '#shared/contract/records.ts'
import { keysOf, parseRecordKey } from '#shared/history/record-diff.ts'
import { useClient } from '../transport/use-client.ts'
import { countsAfter, type CountByClass } from '../vocabulary/class-counts.ts'
import { changesScores, requestOfEdit, type VocabularyEdit } from '../vocabulary/class-edits.ts'
import { useCurrentImageStore } from './current-image.ts'
import { useHistoryStore } from './history.ts'
import { useToastsStore } from './toasts.ts'

const EMPTY: Vocabulary = { revision: 0, classes: [], negatives: [] }

/** Edits in quick succession are scored together; one that comes alone is scored at once. */
const RESCORE_EVERY_MS = 120

type Tell = (error: unknown) => void

/** The words of the project, what they find, and what a person shows of them. */
export const useVocabularyStore = defineStore('vocabulary', () => {
  const client = useClient()
  const current = useCurrentImageStore()
  const history = useHistoryStore()
  const toasts = useToastsStore()

  const vocabulary = shallowRef(EMPTY)
  const isKnown = shallowRef(false)
  const counts = shallowRef<CountByClass>(new Map())
  const histograms = shallowRef<ReadonlyMap<number, readonly number[]>>(new Map())
  const isRescoring = shallowRef(false)

  /** Thresholds under a person's hand, and until the scores follow them. */
  const liveThresholds = shallowRef<ReadonlyMap<number, number>>(new Map())
  const hiddenClassIds = shallowRef<ReadonlySet<number>>(new Set())
  const soloClassId = shallowRef<number | null>(null)

  const classes = computed(() => vocabulary.value.classes)
  const classById = computed(
    () => new Map<number, ClassRecord>(classes.value.map((one) => [one.id, one])),
  )

  let countsRevision = -1
  let editing: Promise<unknown> = Promise.resolve()
  let rescoreTimer: ReturnType<typeof setTimeout> | null = null
  let rescores = 0
  let rescoredAtMs = -Infinity

  async function read(): Promise<void> {
    const found = await client.request('vocabulary.get')
    accept(found)
  }

  /** Answers may come in another order than they were made, and more than once. */
  function accept(found: Vocabulary): void {
    if (isKnown.value && found.revision <= vocabulary.value.revision) return
    vocabulary.value = found
    isKnown.value = true
    const ids = new Set(found.classes.map(({ id }) => id))
    hiddenClassIds.value = new Set([...hiddenClassIds.value].filter((id) => ids.has(id)))
    if (soloClassId.value !== null && !ids.has(soloClassId.value)) soloClassId.value = null
  }

  async function readHistograms(): Promise<void> {
    const found = await client.request('vocabulary.histograms')
    histograms.value = new Map(found.map(({ classId, bins }) => [classId, bins]))
  }

  /**
   * One step of the history. Made once more on the newer vocabulary when another window was faster.
   *
   * @param tell gets a failure
   * @returns whether it was made
   */
  function edit(one: VocabularyEdit, tell: Tell = toasts.showError): Promise<boolean> {
    const make = () => client.request('vocabulary.replace', requestOfEdit(vocabulary.value, one))
    return inTurn(make, changesScores(one), tell)
  }

  function merge(fromClassId: number, intoClassId: number): Promise<boolean> {
    const make = () => {
      const { revision } = vocabulary.value
      return client.request('vocabulary.merge', { revision, fromClassId, intoClassId })
    }
    return inTurn(make, true, toasts.showError)
  }

  /** Edits follow one another: each starts from what the one before made. */
  function inTurn(
    make: () => Promise<Vocabulary>,
    needsScores: boolean,
    tell: Tell,
  ): Promise<boolean> {
    const done = editing.then(async () => {
      try {
        accept(await make().catch((error: unknown) => again(error, make)))
        if (needsScores) rescoreSoon()
        return true
      } catch (error) {
        tell(error)
        if (isConflict(error)) await read().catch(toasts.showError)
        return false
      }
    })
    editing = done
    return done
  }

  async function again(error: unknown, make: () => Promise<Vocabulary>): Promise<Vocabulary> {
    if (!isConflict(error)) throw error
    await read()
    return make()
  }

  function rescoreSoon(): void {
    if (rescoreTimer !== null) return
    isRescoring.value = true
    const waitMs = rescoredAtMs + RESCORE_EVERY_MS - performance.now()
    if (waitMs <= 0) return void rescore()
    rescoreTimer = setTimeout(() => {
      rescoreTimer = null
      void rescore()
    }, waitMs)
  }

  /** Scores all that is stored with the present words; the image on show comes first. */
  async function rescore(): Promise<void> {
    const turn = ++rescores
    rescoredAtMs = performance.now()
    const isLast = (): boolean => turn === rescores && rescoreTimer === null
    isRescoring.value = true
    try {
      await editing
      // What was edited meanwhile is scored with the rest.
      if (rescoreTimer !== null) clearTimeout(rescoreTimer)
      rescoreTimer = null
      const summary = await client.request('rescore.all', {
        vocabularyRevision: vocabulary.value.revision,
        firstImageIds: current.imageId === null ? [] : [current.imageId],
      })
      if (isLast() && !summary.isSuperseded) await readHistograms()
    } catch (error) {
      if (!isLast()) return
      // Another window was faster; its words are scored then.
      if (isConflict(error)) return void read().then(rescoreSoon, toasts.showError)
      toasts.showError(error)
    } finally {
      if (isLast()) endRescoring()
    }
  }

  function endRescoring(): void {
    isRescoring.value = false
    liveThresholds.value = new Map()
    if (current.candidates !== null) void current.readCandidates()
  }

  /** After scores have changed for another reason than the words. */
  async function readScores(): Promise<void> {
    await readHistograms()
    if (current.candidates !== null) await current.readCandidates()
  }

  /** While a slider moves: nothing is asked of the application. */
  function moveThreshold(classId: number, threshold: number): void {
    liveThresholds.value = new Map([...liveThresholds.value, [classId, threshold]])
  }

  /** When it is let go; `null` takes the project's own. */
  async function setThreshold(classId: number, threshold: number | null): Promise<void> {
    if (threshold === null) dropLive(classId)
    else moveThreshold(classId, threshold)
    const isSame = classById.value.get(classId)?.threshold === threshold
    const isDone = !isSame && (await edit({ kind: 'change', classId, changes: { threshold } }))
    if (!isDone) dropLive(classId)
  }

  function dropLive(classId: number): void {
    liveThresholds.value = new Map([...liveThresholds.value].filter(([id]) => id !== classId))
  }

  function setVisible(classId: number, isVisible: boolean): void {
    const hidden = new Set(hiddenClassIds.value)
    if (isVisible) hidden.delete(classId)
    else hidden.add(classId)
    hiddenClassIds.value = hidden
  }

  /** Shows this class alone; once more, all again. */
  function toggleSolo(classId: number): void {
    soloClassId.value = soloClassId.value === classId ? null : classId
  }

  const isClassVisible = (classId: number): boolean =>
    soloClassId.value === null ? !hiddenClassIds.value.has(classId) : soloClassId.value === classId

  async function readCounts(): Promise<void> {
    const { revision, annotationsByClass } = await client.request('project.info')
    setCounts(revision, annotationsByClass)
  }

  function setCounts(
    revision: number,
    byClass: readonly { readonly classId: number; readonly count: number }[],
  ): void {
    countsRevision = revision
    counts.value = new Map(byClass.map(({ classId, count }) => [classId, count]))
  }

  function receive({ revision, diff }: RecordsChanged): void {
    if (countsRevision >= 0 && revision > countsRevision) {
      countsRevision = revision
      counts.value = countsAfter(counts.value, diff)
    }
    const kinds = [diff.added, diff.updated, diff.removed]
      .flatMap(keysOf)
      .map((key) => parseRecordKey(key).kind)
    if (kinds.includes('class') || kinds.includes('vocabulary')) read().catch(toasts.showError)
  }

  watch(
    () => history.vocabularySteps,
    () => read().then(rescore, toasts.showError),
  )
  client.subscribe('records.changed', receive)
  client.subscribe('snapshot.received', ({ revision, project, vocabulary: found }) => {
    isKnown.value = false
    accept(found)
    setCounts(revision, project.annotationsByClass)
    readHistograms().catch(toasts.showError)
  })
  client.subscribe('job.progress', ({ state }) => {
    if (state !== 'running' && state !== 'queued') readHistograms().catch(toasts.showError)
  })
  // Without an open project there is nothing to read; its opening sends a snapshot.
  for (const part of [read, readCounts, readHistograms]) part().catch(() => undefined)

  return {
    vocabulary,
    isKnown,
    classes,
    classById,
    counts,
    histograms,
    isRescoring,
    liveThresholds,
    hiddenClassIds,
    soloClassId,
    isClassVisible,
    edit,
    merge,
    read,
    rescore,
    readScores,
    settled: () => editing.then(() => undefined),
    moveThreshold,
    setThreshold,
    setVisible,
    toggleSolo,
  }
})

const isConflict = (error: unknown): boolean =>
  error instanceof LexmaskError && error.code === 'CONFLICT'
