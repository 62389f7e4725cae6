import { describe, expect, it } from 'vitest'
import { recipeSchema } from '#shared/contract/commands.ts'
import type { CommandOutput } from '#shared/contract/commands.ts'
import type { JobProgress } from '#shared/contract/events.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { ObedientWorkers } from '../support/obedient-worker.ts'
import { DETECTOR_CLASSES, openApp, regionOf, type Bench } from './app-fixture.ts'
import { classDraft, imageDraft, temporaryPath, writeVocabulary } from './storage-fixture.ts'

interface Labelling extends Bench {
  readonly workers: ObedientWorkers
  readonly start: () => Promise<CommandOutput<'prelabel.start'>>
  readonly last: () => JobProgress | undefined
}

function openLabelling(names: readonly string[], path = temporaryPath()): Labelling {
  const workers = new ObedientWorkers(DETECTOR_CLASSES, [regionOf([['bus', 0.9]])])
  const packFolder = sharedPath('models/maskrcnn2go-coco')
  const bench = openApp(path, { launch: workers.launch, packFolder })
  const { project } = bench
  if (names.length > 0) {
    project.transaction(() => {
      project.images.insertMany(names.map(imageDraft))
      writeVocabulary(project, { classes: [classDraft('bus')], negatives: [] })
    })
  }
  return {
    ...bench,
    workers,
    start: () =>
      bench.request('prelabel.start', {
        images: { filter: {} },
        recipe: recipeSchema.parse({ name: 'detector' }),
        vocabularyRevision: project.meta.vocabularyRevision(),
      }),
    last: () => bench.progress.at(-1),
  }
}

const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `image-${n}.jpg`)
const isDone = ({ last }: Labelling) =>
  expect.poll(() => last()?.state, { timeout: 60_000 }).toBe('done')

describe.skipIf(!hasShared)('a job [needs ../shared]', () => {
  it('tells of its start, every image and its end', async () => {
    const bench = openLabelling(namesOf(3))
    const { jobId } = await bench.start()
    await isDone(bench)
    const told = bench.progress.map(({ state, items, isPaused }) => [state, items.done, isPaused])
    expect(told[0]).toEqual(['queued', 0, false])
    expect(told).toContainEqual(['running', 0, false])
    expect(told.slice(-3)).toEqual([
      ['running', 1, false],
      ['running', 2, false],
      ['done', 3, false],
    ])
    expect(bench.progress.every((event) => event.jobId === jobId)).toBe(true)
  })

  it('that does not run where it was asked to says so, and the run keeps why', async () => {
    const bench = openLabelling(namesOf(2))
    const refused = [{ provider: 'cuda', code: 'libraries-missing', detail: 'no library' }] as const
    bench.workers.provider = { ...bench.workers.provider, requested: 'cuda', refused }
    const { runId } = await bench.start()
    await isDone(bench)
    expect(await bench.request('inference.get')).toMatchObject({
      state: 'ready',
      provider: { requested: 'cuda', used: 'cpu', refused },
    })
    expect(bench.project.runs.get(runId)?.packs).toMatchObject([
      { provider: 'cpu', providerAsked: 'cuda', fallbacks: [{ ...refused[0], role: null }] },
    ])
  })

  it('whose provider gives up after the first image says so from there on', async () => {
    const bench = openLabelling(namesOf(3))
    bench.workers.provider = { ...bench.workers.provider, requested: 'webgpu', used: 'webgpu' }
    bench.workers.hold()
    const { runId } = await bench.start()
    await expect.poll(() => bench.workers.analysed.length).toBe(2)
    expect(bench.project.runs.get(runId)?.packs).toMatchObject([{ fallbacks: [] }])
    const refusal = { provider: 'webgpu', code: 'failed', detail: 'device lost' } as const
    bench.workers.fallBack({
      ...bench.workers.provider,
      sessions: [{ role: 'mask-head', file: 'mask_head.onnx', provider: 'cpu', refusal }],
    })
    bench.workers.release()
    await isDone(bench)
    expect(bench.project.runs.get(runId)?.packs).toMatchObject([
      { provider: 'webgpu', fallbacks: [{ ...refusal, role: 'mask-head' }] },
    ])
  })

  it('paused takes no more images, and goes on when it is resumed', async () => {
    const bench = openLabelling(namesOf(6))
    bench.workers.hold()
    await bench.start()
    await expect.poll(() => bench.workers.analysed.length).toBe(2)
    await bench.request('jobs.pause')
    expect(bench.last()).toMatchObject({ state: 'running', isPaused: true })
    bench.workers.release()
    await expect.poll(() => bench.last()?.items.done).toBe(2)
    expect(bench.last()).toMatchObject({ isPaused: true, items: { queued: 4, running: 0 } })
    expect(await bench.request('jobs.list')).toMatchObject([{ isPaused: true }])
    expect(bench.workers.analysed).toHaveLength(2)

    expect(await bench.request('jobs.resume')).toEqual({ queued: 4 })
    expect(bench.last()?.isPaused).toBe(false)
    await isDone(bench)
    expect(bench.workers.analysed).toHaveLength(6)
  })

  it('that an earlier session left waits until it is resumed', async () => {
    const path = temporaryPath()
    const before = openLabelling(namesOf(5), path)
    before.workers.hold()
    await before.start()
    await expect.poll(() => before.workers.analysed.length).toBe(2)
    const closing = before.app.close()
    before.workers.release()
    await closing

    const bench = openLabelling([], path)
    expect(await bench.request('jobs.list')).toMatchObject([
      { state: 'running', isPaused: true, items: { done: 2, queued: 3 } },
    ])
    expect(bench.workers.starts).toBe(0)
    expect(await bench.request('jobs.resume')).toEqual({ queued: 3 })
    await isDone(bench)
    expect(bench.workers.analysed).toHaveLength(3)
  })

  it('cancelled tells so at once, and keeps what is done', async () => {
    const bench = openLabelling(namesOf(4))
    bench.workers.hold()
    const { jobId } = await bench.start()
    await expect.poll(() => bench.workers.analysed.length).toBe(2)
    expect(await bench.request('jobs.cancel', { jobId })).toMatchObject({ state: 'cancelled' })
    expect(bench.last()).toMatchObject({ state: 'cancelled', items: { cancelled: 2, running: 2 } })
    bench.workers.release()
    await expect
      .poll(() => bench.last()?.items)
      .toMatchObject({ done: 2, cancelled: 2, running: 0 })
    await expect(bench.request('jobs.cancel', { jobId: 99 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('names the images that failed and why, and tells of them as they fail', async () => {
    const bench = openLabelling(['a.jpg', 'broken.jpg'])
    const { jobId } = await bench.start()
    await isDone(bench)
    const failed = { imageId: 2, name: 'broken.jpg', reason: 'The file is cut off.' }
    expect(await bench.request('jobs.failures', { jobId })).toEqual([failed])
    const told = bench.changes.map(({ diff }) => diff.updated['image:2']?.[1])
    expect(told).toContainEqual(
      expect.objectContaining({ status: 'failed', error: 'The file is cut off.' }),
    )
    await expect(bench.request('jobs.failures', { jobId: 99 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe.skipIf(!hasShared)('a run [needs ../shared]', () => {
  it('is taken back in every image but those in which a person went on', async () => {
    const bench = openLabelling(namesOf(45))
    const { runId } = await bench.start()
    await isDone(bench)
    const [first, ...others] = bench.project.images.listIds({}, 'added')
    const [{ id }] = bench.project.annotations.listForImage(first)
    const edit = { imageId: first, annotationIds: [id], state: 'accepted' as const }
    await bench.request('annotations.setState', edit)
    const undone = await bench.request('history.undoRun', { runId })
    expect(undone.undoneImageIds.toSorted((a, b) => a - b)).toEqual(others)
    expect(undone.conflictingImageIds).toEqual([first])
    for (const imageId of others) {
      expect(bench.project.annotations.listForImage(imageId)).toEqual([])
    }
    const nothing = { undoneImageIds: [], conflictingImageIds: [first] }
    expect(await bench.request('history.undoRun', { runId })).toEqual(nothing)
  })
})

describe.skipIf(!hasShared)(
  'an inference process that ends three times in a row [needs ../shared]',
  () => {
    it('fails no image and no job: all waits, and goes on when a person tries again', async () => {
      const bench = openLabelling(namesOf(6))
      bench.workers.isDeadly = true
      const { jobId } = await bench.start()
      await expect.poll(async () => (await bench.request('inference.get')).state).toBe('failed')
      await expect.poll(() => bench.last()?.isPaused).toBe(true)
      const { failed, queued } = bench.project.jobs.countItems(jobId)
      // An image over which the process ended twice, alone, is at fault itself.
      expect(failed).toBeLessThanOrEqual(1)
      expect(failed + queued).toBe(6)
      expect(bench.project.jobs.get(jobId)?.state).toBe('running')
      expect((await bench.request('inference.get')).error).toMatch(/ended 3 times in a row/)

      bench.workers.isDeadly = false
      expect((await bench.request('inference.retry')).state).not.toBe('failed')
      await isDone(bench)
      expect(bench.project.jobs.countItems(jobId).done).toBe(6 - failed)
      expect((await bench.request('inference.get')).state).toBe('ready')
    })
  },
)
