import { describe, expect, it } from 'vitest'
import { editVocabulary, openLabelled, regionOf, rescore } from './app-fixture.ts'

const sureBus = regionOf([['bus', 0.95]], { at: 0 })
const weakBus = regionOf([['bus', 0.25]], { at: 1 })
/** A bus that is as well a tram; the tram is suppressed. */
const torn = [
  regionOf([['bus', 0.8]], { at: 2 }),
  regionOf([['tram', 0.76]], { at: 2, box: [40, 0, 50, 9.5] }),
]
const ghost = regionOf([['tram', 0.125]], { at: 4 })

describe('the review queue', () => {
  it('asks for the most uncertain first, and says why', async () => {
    const bench = await openLabelled([[sureBus], [weakBus, ...torn]])
    const [sure, other] = bench.imageIds
    const queue = await bench.request('review.queue')
    expect(queue).toMatchObject({ waiting: 3, judged: 0 })
    expect(queue.items.map(({ imageId, reason }) => [imageId, reason])).toEqual([
      [other, 'rival'],
      [other, 'threshold'],
      [sure, 'threshold'],
    ])
    expect(queue.items[0].uncertainty).toBeCloseTo(0.95)
    expect(queue.items[1].uncertainty).toBeCloseTo(0.75 / 0.8)
    expect(queue.items[2].uncertainty).toBeCloseTo(0.05 / 0.8)
  })

  it('is of one class, if asked for, and as long as asked for', async () => {
    const tram = regionOf([['tram', 0.7]], { at: 3 })
    const bench = await openLabelled([[sureBus, weakBus, tram]])
    const [bus, tramClass] = bench.project.vocabulary.list()
    const ofTram = await bench.request('review.queue', { classId: tramClass.id })
    expect(ofTram).toMatchObject({ waiting: 1, judged: 0 })
    expect(ofTram.items).toHaveLength(1)
    const first = await bench.request('review.queue', { classId: bus.id, limit: 1 })
    expect(first.waiting).toBe(2)
    expect(first.items.map(({ reason }) => reason)).toEqual(['threshold'])
  })

  it('no longer asks for what was judged or is part of a finished image, and asks again after undo', async () => {
    const bench = await openLabelled([[weakBus], [sureBus], [weakBus]])
    const [first, second, third] = bench.imageIds
    const [{ id }] = bench.project.annotations.listForImage(first)
    const before = await bench.request('review.queue')
    const one = { imageId: first, annotationIds: [id], state: 'accepted' as const }
    await bench.request('annotations.setState', one)
    await bench.request('images.setStatus', { imageIds: [third], status: 'reviewed' })
    const after = await bench.request('review.queue')
    expect(after).toMatchObject({ waiting: 1, judged: 1 })
    expect(after.items.map(({ imageId }) => imageId)).toEqual([second])
    await bench.request('history.undo', { imageId: first })
    await bench.request('history.undo', { imageId: third })
    expect(await bench.request('review.queue')).toEqual(before)
  })

  it('knows how uncertain a proposal is that undo of its deletion brought back', async () => {
    const bench = await openLabelled([[weakBus], [sureBus]])
    const [imageId] = bench.imageIds
    const before = await bench.request('review.queue')
    const [{ id }] = bench.project.annotations.listForImage(imageId)
    await bench.request('annotations.delete', { imageId, annotationIds: [id] })
    await bench.request('history.undo', { imageId })
    expect(await bench.request('review.queue')).toEqual(before)
  })

  it('follows the threshold', async () => {
    const bench = await openLabelled([[sureBus]])
    await editVocabulary(bench, ({ classes }) => ({
      classes: classes.map((one) => ({ ...one, threshold: 0.9 })),
    }))
    await rescore(bench)
    const { items } = await bench.request('review.queue')
    expect(items[0].uncertainty).toBeCloseTo(0.5)
  })
})

describe('candidates', () => {
  it('are listed below the threshold too, best first, one word a region', async () => {
    const bench = await openLabelled([[ghost, ...torn, sureBus]])
    const [bus, tram] = bench.project.vocabulary.list()
    const [imageId] = bench.imageIds
    const found = await bench.request('candidates.list', { imageId })
    expect(found.map(({ classId, score }) => [classId, Math.round(score * 1000)])).toEqual([
      [bus.id, 950],
      [bus.id, 800],
      [tram.id, 125],
    ])
    const { masks } = await bench.request('images.open', { imageId })
    expect(masks.map(({ hash }) => hash)).not.toContain(found[2].maskHash)
    expect(await bench.request('masks.get', { hashes: [found[2].maskHash] })).toHaveLength(1)
  })

  it('become accepted annotations that keep where they came from', async () => {
    const bench = await openLabelled([[ghost, sureBus]])
    const [imageId] = bench.imageIds
    const [, { candidateId, classId, score }] = await bench.request('candidates.list', { imageId })
    const { changeId } = await bench.request('candidates.promote', {
      imageId,
      candidateId,
      classId,
    })
    expect(changeId).not.toBeNull()
    const promoted = bench.project.annotations
      .listForImage(imageId)
      .find((one) => one.candidateId === candidateId)
    expect(promoted).toMatchObject({
      ...{ classId, score, state: 'accepted', origin: 'run' },
      provenance: { recipe: 'detector', runId: 1, detectorClass: 'tram' },
    })
    await rescore(bench)
    expect(bench.project.annotations.listForImage(imageId)).toContainEqual(promoted)
    expect((await bench.request('history.get', { imageId })).undo?.label).toBe('Promote')
    await bench.request('history.undo', { imageId })
    expect(bench.project.annotations.listForImage(imageId)).toHaveLength(1)
  })

  it('that are proposals already are accepted, not doubled', async () => {
    const bench = await openLabelled([[sureBus]])
    const [imageId] = bench.imageIds
    const [{ candidateId, classId }] = await bench.request('candidates.list', { imageId })
    await bench.request('candidates.promote', { imageId, candidateId, classId })
    expect(bench.project.annotations.listForImage(imageId)).toMatchObject([{ state: 'accepted' }])
    const again = await bench.request('candidates.promote', { imageId, candidateId, classId })
    expect(again.changeId).toBeNull()
  })

  it('are not listed for an object that a person has dealt with', async () => {
    const bench = await openLabelled([[ghost, sureBus]])
    const [imageId] = bench.imageIds
    const [{ id }] = bench.project.annotations.listForImage(imageId)
    const before = await bench.request('candidates.list', { imageId })
    await bench.request('annotations.setState', {
      imageId,
      annotationIds: [id],
      state: 'rejected',
    })
    const after = await bench.request('candidates.list', { imageId })
    expect(after).toEqual(before.slice(1))
  })

  it('take the place of a proposal that is the same object under another word', async () => {
    // The masks are the same pixels, and the boxes nearly.
    const bench = await openLabelled([torn])
    const [imageId] = bench.imageIds
    const [, tram] = bench.project.vocabulary.list()
    const candidate = bench.project.candidates.listForImage(imageId)[1]
    const input = { imageId, candidateId: candidate.id, classId: tram.id }
    await bench.request('candidates.promote', input)
    const after = bench.project.annotations.listForImage(imageId)
    expect(after.map(({ classId, state }) => [classId, state])).toEqual([[tram.id, 'accepted']])
    await rescore(bench)
    expect(bench.project.annotations.listForImage(imageId)).toEqual(after)
  })

  it('of an image or a run that is gone are not found', async () => {
    const bench = await openLabelled([[sureBus]])
    const [imageId] = bench.imageIds
    await expect(bench.request('candidates.list', { imageId: 99 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    const gone = { imageId, candidateId: 99, classId: 1 }
    await expect(bench.request('candidates.promote', gone)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe('scoring again', () => {
  const lower = { scoring: { threshold: 0.1 } }

  it('tells of the images first that a person looks at', async () => {
    const bench = await openLabelled(Array.from({ length: 30 }, () => [ghost]))
    const looked = bench.imageIds.slice(20, 22)
    let scoredWhenTold = 0
    bench.app.events.subscribe('records.changed', () => {
      const isScored = (id: number) => bench.project.annotations.listForImage(id).length > 0
      scoredWhenTold ||= bench.imageIds.filter(isScored).length
    })
    const summary = await rescore(bench, { ...lower, firstImageIds: [looked[1], looked[0], 999] })
    expect(summary).toMatchObject({ images: 30, added: 30, isSuperseded: false })
    const told = bench.changes.flatMap(({ diff }) =>
      Object.values(diff.added).map((one) => ('imageId' in one ? one.imageId : 0)),
    )
    expect(told.slice(0, 3)).toEqual([looked[1], looked[0], bench.imageIds[0]])
    expect(new Set(told).size).toBe(30)
    // Nobody who looks at them waits for another image.
    expect(scoredWhenTold).toBeLessThanOrEqual(2)
  })

  it('gives way to a later call, which scores everything', async () => {
    const bench = await openLabelled(Array.from({ length: 400 }, () => [ghost, sureBus, weakBus]))
    const first = rescore(bench, lower)
    const second = rescore(bench, { scoring: { threshold: 0.5 } })
    const [early, late] = await Promise.all([first, second])
    expect(early.isSuperseded).toBe(true)
    expect(late.isSuperseded).toBe(false)
    for (const imageId of bench.imageIds) {
      expect(bench.project.annotations.listForImage(imageId)).toHaveLength(1)
    }
  })

  it('lets others be served while it runs', async () => {
    const bench = await openLabelled(Array.from({ length: 400 }, () => [ghost, sureBus, weakBus]))
    let isOver = false
    const scoring = rescore(bench, lower).then(() => (isOver = true))
    await bench.request('project.info')
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve))
    expect(isOver).toBe(false)
    await scoring
  })
})
