import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { JobProgress } from '#shared/contract/events.ts'
import type { JobItemState } from '#shared/contract/records.ts'
import { JobRunner, type JobWork } from '#main/jobs/job-runner.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { openStreet, runDraft } from './storage-fixture.ts'

interface Bench {
  readonly project: ProjectDatabase
  readonly imageIds: readonly number[]
  readonly runner: JobRunner<number>
  readonly progress: JobProgress[]
  /** What was begun and ended, in order: "+3" and "-3" for the third image. */
  readonly log: string[]
  readonly queue: (images?: readonly number[]) => number
  readonly itemsOf: (jobId: number) => Record<JobItemState, number>
}

/** A project of some images, and a runner whose work is to note what it does. */
function openBench(images: number, work: Partial<JobWork<number>> = {}): Bench {
  const { project, imageIds } = openStreet(undefined, images)
  const progress: JobProgress[] = []
  const log: string[] = []
  const numberOf = (imageId: number): number => imageIds.indexOf(imageId) + 1
  const runner = new JobRunner<number>(
    project,
    {
      perform: async (item) => {
        log.push(`+${numberOf(item.imageId)}`)
        try {
          await (work.perform?.(item) ?? setTimeout(1))
        } finally {
          log.push(`-${numberOf(item.imageId)}`)
        }
        return item.imageId
      },
      commit: work.commit ?? (() => () => undefined),
      commitFailure: work.commitFailure ?? (() => () => undefined),
      endsJob: work.endsJob ?? (() => false),
      pausesWork: work.pausesWork ?? (() => false),
    },
    (event) => progress.push(event),
  )
  return {
    project,
    imageIds,
    runner,
    progress,
    log,
    queue: (wanted = imageIds) =>
      project.transaction(() => {
        const runId = project.runs.insert(runDraft())
        return project.jobs.create({ runId, kind: 'prelabel', createdMs: 1, imageIds: wanted })
      }),
    itemsOf: (jobId) => project.jobs.countItems(jobId),
  }
}

/** No image is through before `release`. */
function openHeldBench(images: number): { bench: Bench; release: () => void } {
  let release = (): void => undefined
  const held = new Promise<number>((resolve) => (release = () => resolve(0)))
  return { bench: openBench(images, { perform: () => held }), release }
}

const none = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 }

describe('a job', () => {
  it('takes every image once, in order, two at a time', async () => {
    const { runner, project, queue, log, itemsOf } = openBench(5)
    const jobId = queue()
    await runner.run()
    expect(log.filter((entry) => entry.startsWith('+'))).toEqual(['+1', '+2', '+3', '+4', '+5'])
    expect(log.slice(0, 3)).toEqual(['+1', '+2', '-1'])
    let inWork = 0
    for (const entry of log) {
      inWork += entry.startsWith('+') ? 1 : -1
      expect(inWork).toBeLessThanOrEqual(2)
    }
    expect(itemsOf(jobId)).toEqual({ ...none, done: 5 })
    expect(project.jobs.get(jobId)?.state).toBe('done')
  })

  it('tells its progress at the start and after every image', async () => {
    const { runner, queue, progress } = openBench(3)
    const jobId = queue()
    await runner.run()
    expect(progress.map(({ items, state }) => [items.done, state])).toEqual([
      [0, 'running'],
      [1, 'running'],
      [2, 'running'],
      [3, 'done'],
    ])
    expect(progress.every((event) => event.jobId === jobId)).toBe(true)
    expect(progress.at(-1)?.remainingMs).toBe(0)
  })

  it('that is not started twice joins the work that is going on', async () => {
    const { runner, queue, log } = openBench(3)
    queue()
    await Promise.all([runner.run(), runner.run()])
    expect(log.filter((entry) => entry.startsWith('+'))).toHaveLength(3)
  })

  it('that is queued in any moment of the end of another is worked off too', async () => {
    for (let turns = 0; turns < 16; turns++) {
      const bench = openBench(1)
      bench.queue()
      const first = bench.runner.run()
      const queued = new Promise<number>((resolve) => {
        bench.progress.push = (...events: JobProgress[]) => {
          let turn = Promise.resolve()
          for (let i = 0; i < turns; i++) turn = turn.then(() => undefined)
          void turn.then(() => {
            const jobId = bench.queue()
            void bench.runner.run()
            resolve(jobId)
          })
          bench.progress.push = Array.prototype.push
          return events.length
        }
      })
      const jobId = await queued
      await first
      await expect
        .poll(() => bench.itemsOf(jobId), { message: `after ${turns} turns` })
        .toEqual({ ...none, done: 1 })
    }
  })

  it('does not count the hours before it in its rate', async () => {
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 500))
    onTestFinished(() => clock.mockRestore())
    const { runner, queue, progress } = openBench(4)
    queue()
    await runner.run()
    const before = progress.at(-1)?.imagesPerSecond ?? 0
    expect(before).toBeGreaterThan(0)
    now += 3_600_000
    queue()
    await runner.run()
    // Five of the first job: its start and its images. The next is the start of the second.
    expect(progress.at(5)?.imagesPerSecond).toBeNull()
    expect(progress.at(-1)?.imagesPerSecond).toBeCloseTo(before, 5)
  })
})

describe('jobs of several runs', () => {
  it('do not overlap: each may need other models', async () => {
    const { runner, queue, imageIds, log, itemsOf } = openBench(6)
    const jobs = [
      queue(imageIds.slice(0, 3)),
      queue(imageIds.slice(3, 5)),
      queue(imageIds.slice(5)),
    ]
    await runner.run()
    const position = (entry: string): number => log.indexOf(entry)
    expect(Math.max(position('-1'), position('-2'), position('-3'))).toBeLessThan(position('+4'))
    expect(Math.max(position('-4'), position('-5'))).toBeLessThan(position('+6'))
    expect(jobs.map((job) => itemsOf(job).done)).toEqual([3, 2, 1])
  })
})

describe('an image that fails', () => {
  it('is told of by name, and the others go on', async () => {
    const failed: [number, string][] = []
    const bench = openBench(3, {
      perform: async ({ imageId }) => {
        await setTimeout(1)
        if (imageId === bench.imageIds[1]) throw new LexmaskError('IMAGE_EMPTY', 'It is empty.')
        return 0
      },
      commitFailure:
        ({ imageId }, { message }) =>
        () =>
          void failed.push([imageId, message]),
    })
    const jobId = bench.queue()
    await bench.runner.run()
    expect(bench.itemsOf(jobId)).toEqual({ ...none, done: 2, failed: 1 })
    expect(failed).toEqual([[bench.imageIds[1], 'It is empty.']])
    expect(bench.project.jobs.listItems(jobId, 'failed')).toEqual([
      { imageId: bench.imageIds[1], state: 'failed', error: 'It is empty.' },
    ])
  })

  it('while its result is stored leaves nothing of it behind', async () => {
    const bench = openBench(2, {
      commit: ({ imageId }) => {
        bench.project.images.update(imageId, { width: 4711 })
        if (imageId === bench.imageIds[0]) throw new LexmaskError('MASK_INVALID', 'A bad mask.')
        return () => undefined
      },
    })
    const jobId = bench.queue()
    await bench.runner.run()
    const widths = bench.imageIds.map((id) => bench.project.images.get(id)?.width)
    expect(widths).toEqual([8, 4711])
    expect(bench.itemsOf(jobId)).toEqual({ ...none, done: 1, failed: 1 })
  })

  it('for a cause that all would share ends its job and not the next one', async () => {
    const bench = openBench(6, {
      perform: async ({ imageId }) => {
        await setTimeout(1)
        if (imageId === bench.imageIds[1]) throw new LexmaskError('PACK_INVALID', 'Damaged pack.')
        return 0
      },
      endsJob: ({ code }) => code === 'PACK_INVALID',
    })
    const first = bench.queue(bench.imageIds.slice(0, 4))
    const second = bench.queue(bench.imageIds.slice(4))
    await bench.runner.run()
    expect(bench.project.jobs.get(first)).toMatchObject({ state: 'failed', error: 'Damaged pack.' })
    expect(bench.itemsOf(first).failed).toBe(0)
    expect(bench.itemsOf(first).cancelled).toBeGreaterThan(0)
    expect(bench.itemsOf(second)).toEqual({ ...none, done: 2 })
  })

  it('because its process was replaced is done again', async () => {
    let cancellations = 2
    const bench = openBench(3, {
      perform: async () => {
        await setTimeout(1)
        if (cancellations-- > 0) throw new LexmaskError('CANCELLED', 'The process was stopped.')
        return 0
      },
    })
    const jobId = bench.queue()
    await bench.runner.run()
    expect(bench.itemsOf(jobId)).toEqual({ ...none, done: 3 })
  })

  it('as the project goes away ends the work by its reason, once', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const bench = openBench(4, {
      perform: async ({ imageId }) => {
        await setTimeout(imageId === bench.imageIds[0] ? 1 : 20)
        bench.project.close()
        return 0
      },
    })
    bench.queue()
    await expect(bench.runner.run()).rejects.toThrow('not open')
    expect(bench.log).toEqual(['+1', '+2', '-1', '-2'])
    await setTimeout(50)
    expect(unhandled).toEqual([])
  })
})

describe('pausing', () => {
  it('lets the images in work end and leaves the others for the next start', async () => {
    const { bench, release } = openHeldBench(5)
    const jobId = bench.queue()
    const running = bench.runner.run()
    await expect.poll(() => bench.log).toEqual(['+1', '+2'])
    const pausing = bench.runner.pause()
    release()
    await pausing
    await running
    const items = bench.itemsOf(jobId)
    expect(items).toEqual({ ...none, done: 2, queued: 3 })
    await bench.runner.run()
    expect(bench.itemsOf(jobId)).toEqual(items)
  })

  it('before the start starts nothing', async () => {
    const bench = openBench(2)
    const jobId = bench.queue()
    await bench.runner.pause()
    await bench.runner.run()
    expect(bench.itemsOf(jobId)).toEqual({ ...none, queued: 2 })
  })
})

describe('cancelling', () => {
  it('keeps what is in work and takes nothing further', async () => {
    const { bench, release } = openHeldBench(5)
    const jobId = bench.queue()
    const running = bench.runner.run()
    await expect.poll(() => bench.log).toEqual(['+1', '+2'])
    bench.project.transaction(() => bench.project.jobs.cancel(jobId))
    release()
    await running
    expect(bench.project.jobs.get(jobId)?.state).toBe('cancelled')
    expect(bench.itemsOf(jobId)).toEqual({ ...none, done: 2, cancelled: 3 })
  })
})
