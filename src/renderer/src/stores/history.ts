import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { HistoryState } from '#shared/contract/commands.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type { ChangeSummary } from '#shared/contract/records.ts'
import { keysOf } from '#shared/history/record-diff.ts'
import { useClient } from '../transport/use-client.ts'
import { touchesImage } from './image-records.ts'
import { nextRedo as redoOf, nextUndo as undoOf } from './next-step.ts'
import { useToastsStore } from './toasts.ts'
import { useWorkspaceStore } from './workspace.ts'

const NOTHING: HistoryState = { undo: null, redo: null }

/**
 * Undo and redo over the image on show and the vocabulary: each has a history of its own, and the
 * person means the step that was done last.
 */
export const useHistoryStore = defineStore('history', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const toasts = useToastsStore()
  const imageId = shallowRef<number | null>(null)
  const ofImage = shallowRef<HistoryState>(NOTHING)
  const ofVocabulary = shallowRef<HistoryState>(NOTHING)
  const isBusy = shallowRef(false)
  /** Grows with each step of the vocabulary that was taken back or made again: scores follow it. */
  const vocabularySteps = shallowRef(0)
  let latestRefresh = 0

  const nextUndo = computed(() => undoOf(ofImage.value, ofVocabulary.value))
  const nextRedo = computed(() => redoOf(ofImage.value, ofVocabulary.value))

  /** The image whose history counts, with what is known of it; null asks for it. */
  function follow(id: number | null, known: HistoryState | null): void {
    imageId.value = id
    ofImage.value = known ?? NOTHING
    if (known === null) refreshQuietly()
  }

  async function refresh(): Promise<void> {
    const refreshNumber = ++latestRefresh
    const id = imageId.value
    const isOpen = workspace.project !== null
    const historyOf = (imageId: number | null): Promise<HistoryState> =>
      client.request('history.get', { imageId })
    const [image, vocabulary] = await Promise.all([
      id === null || !isOpen ? NOTHING : historyOf(id),
      isOpen ? historyOf(null) : NOTHING,
    ])
    if (refreshNumber !== latestRefresh || id !== imageId.value) return
    ofImage.value = image
    ofVocabulary.value = vocabulary
  }

  /** A failure to tell what could be undone is no reason to disturb: undo itself tells. */
  function refreshQuietly(): void {
    void refresh().catch(() => {})
  }

  async function take(
    name: 'history.undo' | 'history.redo',
    step: ChangeSummary | null,
  ): Promise<void> {
    if (step === null || isBusy.value) return
    isBusy.value = true
    try {
      const state = await client.request(name, { imageId: step.imageId })
      if (step.imageId === null) {
        ofVocabulary.value = state
        vocabularySteps.value++
      }
      if (step.imageId === imageId.value && step.imageId !== null) ofImage.value = state
    } catch (error) {
      toasts.showError(error)
      refreshQuietly()
    } finally {
      isBusy.value = false
    }
  }

  /** Several steps of an image, one after another; it ends early where one is refused. */
  async function walk(
    id: number,
    { name, count }: { readonly name: 'history.undo' | 'history.redo'; readonly count: number },
  ): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    try {
      for (let step = 0; step < count; step++) {
        const state = await client.request(name, { imageId: id })
        if (id === imageId.value) ofImage.value = state
      }
    } catch (error) {
      toasts.showError(error)
      refreshQuietly()
    } finally {
      isBusy.value = false
    }
  }

  const undoStep = (): Promise<void> => take('history.undo', nextUndo.value)
  const redoStep = (): Promise<void> => take('history.redo', nextRedo.value)

  watch(() => workspace.project?.path, refreshQuietly, { immediate: true })
  client.subscribe('records.changed', ({ diff }) => {
    if (isOfOtherImages(diff, imageId.value)) return
    refreshQuietly()
  })
  client.subscribe('snapshot.received', refreshQuietly)

  return { nextUndo, nextRedo, isBusy, vocabularySteps, follow, walk, undoStep, redoStep }
})

/** Scoring a project again tells of thousands of images: their histories are not the one on show. */
function isOfOtherImages(diff: RecordsChanged['diff'], imageId: number | null): boolean {
  const isOfImages = [diff.added, diff.updated, diff.removed]
    .flatMap(keysOf)
    .every((key) => key.startsWith('annotation:') || key.startsWith('image:'))
  return isOfImages && (imageId === null || !touchesImage(diff, imageId))
}
