import { describe, expect, it } from 'vitest'
import { LEARN_AFTER } from '#main/app/teaching/teaching.ts'
import { openApp, openLabelled, regionOf, type Bench } from './app-fixture.ts'

/** Scoring calls both a bus alike; in truth the one that is somewhat a car is none. */
const realBus = regionOf([['bus', 0.5]], { at: 0 })
const falseBus = regionOf(
  [
    ['bus', 0.5],
    ['car', 0.45],
  ],
  { at: 1 },
)
async function street(images: number): Promise<Bench> {
  const bench = await openLabelled(Array.from({ length: images }, () => [realBus, falseBus]))
  await bench.request('teach.set', { weight: 1 })
  return bench
}

/** Says of the images what is right and what is wrong. */
async function answer(bench: Bench, images: readonly number[]): Promise<void> {
  for (const imageId of images) {
    const [real, other] = bench.project.annotations.listForImage(imageId)
    for (const [{ id }, state] of [
      [real, 'accepted'],
      [other, 'rejected'],
    ] as const) {
      await bench.request('annotations.setState', { imageId, annotationIds: [id], state })
    }
  }
}

const scoresIn = ({ project }: Bench, imageId: number): (number | null)[] =>
  project.annotations.listForImage(imageId).map(({ score }) => score)

describe('teaching', () => {
  it('is off until somebody switches it on, and then has learnt from what was answered before', async () => {
    const bench = await openLabelled(Array.from({ length: 20 }, () => [realBus, falseBus]))
    await answer(bench, bench.imageIds.slice(0, 15))
    const last = bench.imageIds[19]
    expect(await bench.request('teach.state')).toMatchObject({ weight: 0, learnt: null })
    expect((await bench.request('teach.apply')).state.weight).toBe(0)
    expect(scoresIn(bench, last)).toEqual([0.5, 0.5])
    await bench.request('teach.set', { weight: 1 })
    expect(scoresIn(bench, last)[0]).toBeGreaterThan(0.55)
  })

  it('scores what nobody has judged as the answers say, and leaves judged annotations alone', async () => {
    const bench = await street(8)
    const [first, last] = [bench.imageIds[0], bench.imageIds[7]]
    await answer(bench, bench.imageIds.slice(0, 4))
    const [{ id: classId }] = bench.project.vocabulary.list()
    const before = bench.project.annotations.listForImage(first)
    expect(await bench.request('teach.state')).toEqual({
      weight: 1,
      answers: [{ classId, accepted: 4, rejected: 4 }],
      learnt: null,
      newAnswers: 8,
      learnAfter: LEARN_AFTER,
      forgottenMs: null,
    })
    const { state, rescored } = await bench.request('teach.apply')
    expect(state).toMatchObject({ newAnswers: 0, learnt: { answers: 8 } })
    expect(rescored).toMatchObject({ images: 8, isSuperseded: false })
    const [real, other] = scoresIn(bench, last)
    expect(real).toBeGreaterThan(0.55)
    expect(other).toBeLessThan(0.45)
    expect(bench.project.annotations.listForImage(first)).toEqual(before)
  })

  it('asks about what it doubts first', async () => {
    const bench = await street(6)
    await answer(bench, bench.imageIds.slice(0, 4))
    await bench.request('teach.apply')
    const { items } = await bench.request('review.queue')
    const asked = items.map(({ annotationId }) => bench.project.annotations.get(annotationId))
    expect(asked.map((one) => one?.bbox[0])).toEqual(
      asked.map((_, i) => falseBusX(bench, i < asked.length / 2)),
    )
  })

  it('is as strong as its slider says, and without any trace at 0', async () => {
    const bench = await street(6)
    const last = bench.imageIds[5]
    const untaught = scoresIn(bench, last)
    await answer(bench, bench.imageIds.slice(0, 4))
    await bench.request('teach.apply')
    const full = scoresIn(bench, last)
    await bench.request('teach.set', { weight: 0.5 })
    const half = scoresIn(bench, last)
    expect(half[0]).toBeGreaterThan(untaught[0] ?? 1)
    expect(half[0]).toBeLessThan(full[0] ?? 0)
    const { state } = await bench.request('teach.set', { weight: 0, firstImageIds: [last] })
    expect(state.weight).toBe(0)
    expect(scoresIn(bench, last)).toEqual(untaught)
    await expect(bench.request('teach.set', { weight: 1.5 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('knows after a restart how many answers are new', async () => {
    const bench = await street(8)
    await answer(bench, bench.imageIds.slice(0, 2))
    await bench.request('teach.apply')
    await answer(bench, bench.imageIds.slice(2, 5))
    await bench.app.close()
    const again = openApp(bench.project.path)
    await answer(again, bench.imageIds.slice(5, 6))
    expect((await again.request('teach.state')).newAnswers).toBe(8)
    await again.app.close()
    const oncemore = openApp(bench.project.path)
    expect((await oncemore.request('teach.state')).newAnswers).toBe(8)
  })

  it('forgets: scores are those of the words, and only later answers count', async () => {
    const bench = await street(6)
    const last = bench.imageIds[5]
    const untaught = scoresIn(bench, last)
    await answer(bench, bench.imageIds.slice(0, 4))
    await bench.request('teach.apply')
    const { state } = await bench.request('teach.forget')
    expect(state).toMatchObject({ answers: [], learnt: null, newAnswers: 0 })
    expect(state.forgottenMs).toBeGreaterThan(0)
    expect(scoresIn(bench, last)).toEqual(untaught)
    await bench.request('teach.apply')
    expect(scoresIn(bench, last)).toEqual(untaught)
    const [{ id }] = bench.project.annotations.listForImage(bench.imageIds[0])
    const again = { imageId: bench.imageIds[0], annotationIds: [id] }
    await bench.request('annotations.setState', { ...again, state: 'rejected' })
    expect((await bench.request('teach.state')).answers).toMatchObject([
      { accepted: 0, rejected: 1 },
    ])
  })

  it('is the same after the project was closed and opened again', async () => {
    const bench = await street(6)
    await answer(bench, bench.imageIds.slice(0, 4))
    await bench.request('teach.apply')
    const list = (from: Bench) => from.request('candidates.list', { imageId: bench.imageIds[5] })
    const before = await list(bench)
    expect(before[0].score).toBeGreaterThan(0.55)
    await bench.app.close()
    const reopened = openApp(bench.project.path)
    expect(await list(reopened)).toEqual(before)
  })

  it('learns by itself after some answers, but not where the person is at work', async () => {
    const bench = await street(20)
    const judged = Math.ceil(LEARN_AFTER / 2)
    await answer(bench, bench.imageIds.slice(0, judged - 1))
    const here = bench.imageIds[judged - 1]
    const untaught = scoresIn(bench, here)
    const [{ id }] = bench.project.annotations.listForImage(here)
    expect((await bench.request('teach.state')).learnt).toBeNull()
    const selection = { imageId: here, annotationIds: [id] }
    await bench.request('annotations.setState', { ...selection, state: 'accepted' })
    await expect.poll(() => scoresIn(bench, bench.imageIds[19])[0]).toBeGreaterThan(0.55)
    expect(scoresIn(bench, here)).toEqual(untaught)
  })

  it('takes what got another class for that class, and for the one it had no more', async () => {
    const bench = await street(6)
    const [, tram] = bench.project.vocabulary.list()
    for (const imageId of bench.imageIds.slice(0, 4)) {
      const [, { id }] = bench.project.annotations.listForImage(imageId)
      const selection = { imageId, annotationIds: [id] }
      await bench.request('annotations.setClass', { ...selection, classId: tram.id })
    }
    await bench.request('teach.apply')
    const [real, other] = scoresIn(bench, bench.imageIds[5])
    expect(other).toBeLessThan(real ?? 0)
  })
})

function falseBusX(bench: Bench, isFalse: boolean): number | undefined {
  const [real, other] = bench.project.annotations.listForImage(bench.imageIds[5])
  return (isFalse ? other : real).bbox[0]
}
