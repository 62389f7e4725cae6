import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Taught, TeachState } from '#shared/contract/commands.ts'
import { recordsOfKind, updatesOfKind, type RecordDiff } from '#shared/history/record-diff.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useReviewStore } from '../stores/review.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useClient } from '../transport/use-client.ts'

/** What the person's answers teach, and how strongly they correct the scores of what waits. */
export const useTeachStore = defineStore('teach', () => {
  const client = useClient()
  const current = useCurrentImageStore()
  const review = useReviewStore()
  const vocabulary = useVocabularyStore()
  const toasts = useToastsStore()
  const { t } = useTranslation()

  const state = shallowRef<TeachState | null>(null)
  /** Under a person's hand, and until the scores follow it. */
  const liveWeight = shallowRef<number | null>(null)
  const underWay = shallowRef(0)
  /** In Review, where it is one part of many; stays while the window is open. */
  const isOpen = shallowRef(false)

  const weight = computed(() => liveWeight.value ?? state.value?.weight ?? 0)
  const isBusy = computed(() => underWay.value > 0)
  /** In the order of the vocabulary. */
  const answersByClass = computed(() => {
    const answers = new Map(state.value?.answers.map((one) => [one.classId, one]))
    return vocabulary.classes.flatMap((ofClass) => {
      const found = answers.get(ofClass.id)
      return found === undefined ? [] : [{ ...found, ofClass }]
    })
  })
  const answers = computed(() =>
    answersByClass.value.reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0),
  )

  let isReading = false
  let isReadAgain = false
  let asked = 0

  /** Changes that come while it is read are read together, afterwards. */
  async function read(): Promise<void> {
    isReadAgain = isReading
    if (isReading) return
    isReading = true
    try {
      do {
        isReadAgain = false
        state.value = await client.request('teach.state')
      } while (isReadAgain)
    } finally {
      isReading = false
    }
  }

  async function teach(ask: (firstImageIds: number[]) => Promise<Taught>): Promise<void> {
    const turn = ++asked
    underWay.value++
    try {
      const { state: found, rescored } = await ask(
        current.imageId === null ? [] : [current.imageId],
      )
      if (turn !== asked) return
      state.value = found
      // Who took over tells.
      if (rescored.isSuperseded) return
      const { images: count, added, updated, removed } = rescored
      const scored = t('teach.rescored', { count })
      const isSame = added + updated + removed === 0
      const message = isSame
        ? scored
        : `${scored}: ${t('teach.changes', { added, updated, removed })}`
      toasts.show({ message })
      await Promise.all([vocabulary.readScores(), review.reorder()])
    } catch (error) {
      if (turn === asked) toasts.showError(error)
    } finally {
      underWay.value--
      if (turn === asked) liveWeight.value = null
    }
  }

  /** While the slider moves: nothing is asked of the application. */
  function moveWeight(to: number): void {
    liveWeight.value = to
  }

  async function setWeight(to: number): Promise<void> {
    liveWeight.value = to
    await teach((firstImageIds) => client.request('teach.set', { weight: to, firstImageIds }))
  }

  const apply = (): Promise<void> =>
    teach((firstImageIds) => client.request('teach.apply', { firstImageIds }))
  const forget = (): Promise<void> =>
    teach((firstImageIds) => client.request('teach.forget', { firstImageIds }))

  client.subscribe('records.changed', ({ diff }) => {
    if (changesAnswers(diff)) read().catch(toasts.showError)
  })
  client.subscribe('snapshot.received', () => {
    state.value = null
    read().catch(toasts.showError)
  })
  // Without an open project there is nothing to read; its opening sends a snapshot.
  read().catch(() => undefined)

  return {
    state,
    weight,
    isBusy,
    isOpen,
    answers,
    answersByClass,
    moveWeight,
    setWeight,
    apply,
    forget,
  }
})

/** What scoring itself comes with and takes away is no answer. */
function changesAnswers({ added, updated, removed }: RecordDiff): boolean {
  const touched = [
    ...recordsOfKind(added, 'annotation'),
    ...recordsOfKind(removed, 'annotation'),
    ...updatesOfKind(updated, 'annotation').flat(),
  ]
  return touched.some(({ state }) => state !== 'proposed')
}
