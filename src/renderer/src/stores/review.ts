import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ChangeReceipt } from '#shared/contract/commands.ts'
import { recordsOfKind, updatesOfKind } from '#shared/history/record-diff.ts'
import { judgementsPerMinute, remainingMs, withJudgement } from '../review/judging-rate.ts'
import {
  extend,
  goBack,
  goOn,
  goTo,
  imagesAhead,
  itemAt,
  itemsAhead,
  reorder as withOrder,
  settle,
  skip,
  startCursor,
  unsettle,
} from '../review/queue-cursor.ts'
import { totalsAfter, type ReviewTotals } from '../review/review-totals.ts'
import { useView } from '../app/view.ts'
import { useTranslation } from '../i18n/translation.ts'
import { useClient } from '../transport/use-client.ts'
import { useAnnotationActions } from './annotation-actions.ts'
import { useCurrentImageStore } from './current-image.ts'
import { useHistoryStore } from './history.ts'
import { useSelectionStore } from './selection.ts'
import { useToastsStore } from './toasts.ts'

/** More is asked for when fewer are ahead. */
const READ_AHEAD = 40
const IMAGES_AHEAD = 2
/** Judgements that undo knows. */
const KEPT_STEPS = 200

interface Judged {
  readonly imageId: number
  /** The newest of them; another one now means that the image was changed since. */
  readonly changeId: number
  /** Changes of the image's history that it was made of. */
  readonly steps: number
}

/** A person's walk through what waits for a judgement, the most uncertain first. */
export const useReviewStore = defineStore('review', () => {
  const client = useClient()
  const current = useCurrentImageStore()
  const selection = useSelectionStore()
  const view = useView()
  const history = useHistoryStore()
  const actions = useAnnotationActions()
  const toasts = useToastsStore()
  const { t } = useTranslation()

  const cursor = shallowRef(startCursor([]))
  const totals = shallowRef<ReviewTotals | null>(null)
  const classId = shallowRef<number | null>(null)
  const isLoading = shallowRef(false)
  const isBusy = shallowRef(false)
  const judgedAt = shallowRef<readonly number[]>([])

  const item = computed(() => itemAt(cursor.value))
  const annotation = computed(
    () => current.annotations.find(({ id }) => id === item.value?.annotationId) ?? null,
  )
  const waitingHere = computed(() =>
    current.annotations.filter(({ state }) => state === 'proposed'),
  )
  const perMinute = computed(() => judgementsPerMinute(judgedAt.value))
  const remaining = computed(() => remainingMs(totals.value?.waiting ?? 0, perMinute.value))
  const isAtEnd = computed(() => item.value === null && !isLoading.value && totals.value !== null)

  /** The newest last. */
  let judged: readonly Judged[] = []
  let asked = 0
  let isAsking = false

  /** From the most uncertain on. */
  async function start(): Promise<void> {
    const turn = ++asked
    isLoading.value = true
    try {
      const queue = await client.request('review.queue', { classId: classId.value })
      if (turn !== asked) return
      totals.value = { waiting: queue.waiting, judged: queue.judged }
      cursor.value = startCursor(queue.items)
    } catch (error) {
      toasts.showError(error)
    } finally {
      if (turn === asked) isLoading.value = false
    }
  }

  async function readMore(): Promise<void> {
    const ahead = itemsAhead(cursor.value).length
    if (isAsking || ahead >= READ_AHEAD || ahead >= (totals.value?.waiting ?? 0) - 1) return
    isAsking = true
    const turn = asked
    try {
      const queue = await client.request('review.queue', { classId: classId.value })
      if (turn !== asked) return
      totals.value = { waiting: queue.waiting, judged: queue.judged }
      cursor.value = extend(cursor.value, queue.items)
    } catch (error) {
      toasts.showError(error)
    } finally {
      isAsking = false
    }
  }

  /** After scores have changed; the item at hand stays. */
  async function reorder(): Promise<void> {
    // Nobody has reviewed yet: it is read when somebody does.
    if (totals.value === null) return
    const turn = asked
    const queue = await client.request('review.queue', { classId: classId.value })
    if (turn !== asked) return
    totals.value = { waiting: queue.waiting, judged: queue.judged }
    cursor.value = withOrder(cursor.value, queue.items)
  }

  async function judge(
    judgement: (annotationId: number) => Promise<ChangeReceipt | null>,
  ): Promise<void> {
    const present = item.value
    if (present === null || annotation.value === null || isBusy.value) return
    isBusy.value = true
    try {
      const receipt = await judgement(present.annotationId)
      if (receipt === null) return
      note(present.imageId, receipt.changeId)
      cursor.value = goOn(settle(cursor.value, [present.annotationId]))
    } finally {
      isBusy.value = false
    }
  }

  function note(imageId: number, changeId: number | null, steps = 1): void {
    judgedAt.value = withJudgement(judgedAt.value, Date.now())
    if (changeId !== null) judged = [...judged, { imageId, changeId, steps }].slice(-KEPT_STEPS)
  }

  /** All that waits in this image at once, and the image is done. */
  async function acceptImage(): Promise<void> {
    const { imageId } = current
    const ids = waitingHere.value.map(({ id }) => id)
    if (imageId === null || isBusy.value) return
    isBusy.value = true
    try {
      const accepted = ids.length > 0 ? await actions.setState(ids, 'accepted') : null
      if (ids.length > 0 && accepted === null) return
      const { changed } = await client.request('images.setStatus', {
        imageIds: [imageId],
        status: 'reviewed',
      })
      const made = [(accepted?.changeId ?? null) !== null, changed > 0].filter(Boolean).length
      const { undo: newest } = await client.request('history.get', { imageId })
      note(imageId, made > 0 ? (newest?.id ?? null) : null, made)
      const itemsHere = cursor.value.items.filter((one) => one.imageId === imageId)
      const settledIds = [...ids, ...itemsHere.map(({ annotationId }) => annotationId)]
      cursor.value = goOn(settle(cursor.value, settledIds))
    } catch (error) {
      toasts.showError(error)
    } finally {
      isBusy.value = false
    }
  }

  /** Takes the last judgement back, in whatever image it was, and stands on it again. */
  async function undo(): Promise<void> {
    const last = judged.at(-1)
    if (last === undefined) {
      await history.undoStep()
      return
    }
    if (isBusy.value) return
    isBusy.value = true
    judged = judged.slice(0, -1)
    try {
      const { imageId } = last
      const { undo: newest } = await client.request('history.get', { imageId })
      if (newest?.id !== last.changeId) {
        toasts.show({ tone: 'info', message: t('review.changedSince') })
        return
      }
      for (let step = 0; step < last.steps; step++) {
        await client.request('history.undo', { imageId })
      }
      judgedAt.value = judgedAt.value.slice(0, -1)
    } catch (error) {
      toasts.showError(error)
    } finally {
      isBusy.value = false
    }
  }

  client.subscribe('records.changed', ({ diff }) => {
    const updates = updatesOfKind(diff.updated, 'annotation')
    const reopened = updates.filter(
      ([from, to]) => from.state !== 'proposed' && to.state === 'proposed',
    )
    const settled = updates.filter(
      ([from, to]) => from.state === 'proposed' && to.state !== 'proposed',
    )
    const gone = recordsOfKind(diff.removed, 'annotation')
    if (totals.value !== null) totals.value = totalsAfter(totals.value, diff, classId.value)
    const reopenedIds = reopened.map(([, { id }]) => id)
    const settledIds = [...settled.map(([, { id }]) => id), ...gone.map(({ id }) => id)]
    const atHand = item.value?.annotationId
    cursor.value = settle(unsettle(cursor.value, reopenedIds), settledIds)
    // There is nothing left to judge, and nothing to look at.
    if (gone.some(({ id }) => id === atHand)) cursor.value = goOn(cursor.value)
    if (reopenedIds.length > 0) cursor.value = goTo(cursor.value, reopenedIds[0])
  })
  client.subscribe('snapshot.received', () => {
    if (totals.value !== null) void start()
  })

  /** Puts the item at hand on the canvas; only while Review is on show. */
  function show(): void {
    if (item.value === null || view.value !== 'review') return
    selection.open(item.value.imageId)
    for (const imageId of imagesAhead(cursor.value, IMAGES_AHEAD)) void current.readAhead(imageId)
    void readMore()
  }

  watch(item, show)
  watch(view, show)

  return {
    cursor,
    item,
    annotation,
    waitingHere,
    totals,
    classId,
    isLoading,
    isBusy,
    isAtEnd,
    perMinute,
    remaining,
    start,
    reorder,
    accept: () => judge((id) => actions.setState([id], 'accepted')),
    reject: () => judge((id) => actions.setState([id], 'rejected')),
    /** The class that it has already confirms it. */
    setClass: (to: number) =>
      judge((id) =>
        annotation.value?.classId === to
          ? actions.setState([id], 'accepted')
          : actions.setClass([id], to),
      ),
    acceptImage,
    skip: () => (cursor.value = skip(cursor.value)),
    next: () => (cursor.value = goOn(cursor.value)),
    back: () => (cursor.value = goBack(cursor.value)),
    undo,
    setClassFilter: (id: number | null) => {
      classId.value = id
      return start()
    },
  }
})
