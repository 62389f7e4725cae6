import { describe, expect, it } from 'vitest'
import { diffRecords } from '#shared/history/record-diff.ts'
import { useView } from '../../../../src/renderer/src/app/view.ts'
import { useCurrentImageStore } from '../../../../src/renderer/src/stores/current-image.ts'
import { useReviewStore } from '../../../../src/renderer/src/stores/review.ts'
import { useToastsStore } from '../../../../src/renderer/src/stores/toasts.ts'
import {
  annotationRecord,
  FakeApplication,
  inWindow,
  openedImage,
  settled,
} from '../labelling/application-fixture.ts'

const use = () => ({
  review: useReviewStore(),
  current: useCurrentImageStore(),
  toasts: useToastsStore(),
})

/** Two proposals in image 1, one in image 2; the application judges and takes back. */
async function reviewing() {
  const records = new Map(
    [annotationRecord(1), annotationRecord(2), annotationRecord(3, { imageId: 2 })].map((one) => [
      one.id,
      one,
    ]),
  )
  let changeId = 10
  const done: { imageId: number; id: number; restore: () => void }[] = []
  const application: FakeApplication = new FakeApplication({
    'images.open': ({ imageId }: { imageId: number }) =>
      openedImage(
        imageId,
        [...records.values()].filter((one) => one.imageId === imageId),
        application.revision,
      ),
    'review.queue': () => {
      const waiting = [...records.values()].filter(({ state }) => state === 'proposed')
      const items = waiting.map(({ id, imageId }) => ({
        annotationId: id,
        imageId,
        uncertainty: 0.5,
        reason: 'threshold',
      }))
      return { waiting: items.length, judged: records.size - items.length, items }
    },
    'annotations.setState': (input: {
      imageId: number
      annotationIds: number[]
      state: 'accepted' | 'rejected'
    }) => {
      set(input.annotationIds, input.state)
      const restore = () => set(input.annotationIds, 'proposed')
      done.push({ imageId: input.imageId, id: ++changeId, restore })
      return { changeId, revision: application.revision }
    },
    'images.setStatus': ({ imageIds }: { imageIds: number[] }) => {
      done.push({ imageId: imageIds[0], id: ++changeId, restore: () => undefined })
      return { changed: 1 }
    },
    'history.get': ({ imageId }: { imageId: number | null }) => {
      const last = done.findLast((one) => one.imageId === imageId)
      return { undo: last === undefined ? null : { id: last.id, imageId, label: '' }, redo: null }
    },
    'history.undo': ({ imageId }: { imageId: number }) => {
      const at = done.findLastIndex((one) => one.imageId === imageId)
      done.splice(at, 1)[0].restore()
      return { undo: null, redo: null }
    },
  })
  function set(ids: readonly number[], state: 'proposed' | 'accepted' | 'rejected') {
    for (const id of ids) {
      const from = records.get(id)
      if (from === undefined) continue
      const to = { ...from, state }
      records.set(id, to)
      application.change(diffRecords('annotation', [from], [to]))
    }
  }
  useView().value = 'review'
  const { value } = await inWindow(application, use)
  await value.review.start()
  await settled()
  const editElsewhere = (imageId: number) =>
    done.push({ imageId, id: ++changeId, restore: () => undefined })
  return { ...value, application, records, editElsewhere }
}

describe('reviewing', () => {
  it('asks one after another, each in its image, and counts', async () => {
    const { review, current, records } = await reviewing()
    expect(review.annotation?.id).toBe(1)
    await review.accept()
    await settled()
    expect(review.annotation?.id).toBe(2)
    await review.reject()
    await settled()
    expect(current.imageId).toBe(2)
    expect(review.annotation?.id).toBe(3)
    expect(review.totals).toEqual({ waiting: 1, judged: 2 })
    expect([...records.values()].map(({ state }) => state)).toEqual([
      'accepted',
      'rejected',
      'proposed',
    ])
  })

  it('goes on when scoring takes away what is asked', async () => {
    const { review, application } = await reviewing()
    application.change(diffRecords('annotation', [annotationRecord(1)], []))
    await settled()
    expect(review.annotation?.id).toBe(2)
  })

  it('takes the class that a proposal has already for a yes', async () => {
    const { review, records } = await reviewing()
    await review.setClass(records.get(1)?.classId ?? 0)
    await settled()
    expect(records.get(1)?.state).toBe('accepted')
    expect(review.annotation?.id).toBe(2)
    expect(review.totals).toEqual({ waiting: 2, judged: 1 })
  })

  it('has the next image read before it is asked for', async () => {
    const { application } = await reviewing()
    expect(application.inputsOf('images.open')).toContainEqual({ imageId: 2 })
  })

  it('takes the last judgement back in whatever image it was, and stands on it again', async () => {
    const { review, current } = await reviewing()
    await review.accept()
    await review.reject()
    await settled()
    expect(current.imageId).toBe(2)
    await review.undo()
    await settled()
    expect(current.imageId).toBe(1)
    expect(review.annotation).toMatchObject({ id: 2, state: 'proposed' })
    expect(review.totals).toEqual({ waiting: 2, judged: 1 })
  })

  it('does not take back what somebody did in the image since', async () => {
    const { review, application, editElsewhere, toasts } = await reviewing()
    await review.accept()
    editElsewhere(1)
    await review.undo()
    expect(application.inputsOf('history.undo')).toEqual([])
    expect(toasts.shown[0].message).toContain('changed since')
  })

  it('accepts an image as a whole, goes to the next, and takes all of it back at once', async () => {
    const { review, current, records } = await reviewing()
    await review.acceptImage()
    await settled()
    expect(current.imageId).toBe(2)
    expect([1, 2].map((id) => records.get(id)?.state)).toEqual(['accepted', 'accepted'])
    await review.undo()
    await settled()
    expect([1, 2].map((id) => records.get(id)?.state)).toEqual(['proposed', 'proposed'])
  })

  it('ends when nothing is left, and offers what was skipped', async () => {
    const { review } = await reviewing()
    review.skip()
    await settled()
    await review.accept()
    await settled()
    await review.accept()
    await settled()
    expect(review.isAtEnd).toBe(true)
    expect(review.totals?.waiting).toBe(1)
    await review.start()
    await settled()
    expect(review.annotation?.id).toBe(1)
  })

  it('leaves the image in the Label view alone', async () => {
    const { review, current } = await reviewing()
    useView().value = 'label'
    await review.accept()
    await review.accept()
    await settled()
    expect(current.imageId).toBe(1)
  })
})
