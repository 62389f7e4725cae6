import { describe, expect, it } from 'vitest'
import { fastestWay, type MeasureProgress } from '#shared/contract/measurement.ts'
import { measurePack } from '#main/app/doctor/measure-pack.ts'
import { Measuring } from '#main/app/doctor/measuring.ts'
import type { WorkerMessage, WorkerRequest, WorkerSettings } from '#main/inference/protocol.ts'
import type { WorkerProcess } from '#main/inference/worker-process.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import type { Provider } from '#shared/contract/providers.ts'
import { regionOf } from './app-fixture.ts'

const pack = {
  kind: 'mask-rcnn',
  name: 'rcnn',
  folder: '/nowhere',
  description: { name: 'rcnn', precisions: { int8: 'small', fp32: 'exact' }, files: {} },
} as unknown as MaskRcnnPack

const sure = [0, 1, 2, 3].map((at) => regionOf([['bus', 0.9]], { at }))
const doubtful = sure.map((_, at) => regionOf([['bus', 0.6]], { at }))

interface Way {
  readonly ms: number
  readonly found?: typeof sure
  /** Ends the process over an image. */
  readonly isDeadly?: boolean
}

/** Processes that are as fast as they are told, by provider and precision; another provider is absent. */
function workers(ways: Readonly<Record<string, Way>>) {
  const starts: string[] = []
  const running = new Set<object>()
  const launch = (): WorkerProcess => {
    let tell: (message: WorkerMessage) => void = () => undefined
    let exit: (how: string) => void = () => undefined
    let way: Way = { ms: 0 }
    const load = (id: number, { provider, precision, excludedProviders }: WorkerSettings): void => {
      const isExcluded = excludedProviders.some((one) => one.provider === provider)
      const named = ways[`${provider} ${precision}`] as Way | undefined
      const used = named && !isExcluded ? (provider as Provider) : 'cpu'
      way = ways[`${used} ${precision}`]
      if (!isExcluded) starts.push(`${provider} ${precision}`)
      const absent = { provider: provider as Provider, code: 'absent', detail: '' } as const
      const refused = isExcluded ? excludedProviders : used === provider ? [] : [absent]
      const report = { requested: provider, used, isMeasured: false, share: null, refused }
      const output = { packs: [], provider: { ...report, sessions: [] }, detectorClasses: [] }
      tell({ kind: 'answer', id, output: { ...output, clip: null } })
    }
    const analyse = (id: number): void => {
      if (way.isDeadly) return exit('signal SIGSEGV')
      tell({ kind: 'answer', id, output: { candidates: way.found ?? sure, runMs: way.ms } })
    }
    const self = {
      pid: undefined,
      send: ({ id, call, input }: WorkerRequest) => {
        setImmediate(() => (call === 'load' ? load(id, input) : analyse(id)))
      },
      onMessage: (listener: typeof tell) => void (tell = listener),
      onExit: (listener: typeof exit) => void (exit = listener),
      kill: () => {
        running.delete(self)
        return Promise.resolve()
      },
    }
    running.add(self)
    return self
  }
  return { launch, starts, running }
}

const order = { pack, images: ['a.jpg', 'b.jpg'], threads: 0, maxPixels: 1e8 }
const GPU: Provider = process.platform === 'darwin' ? 'coreml' : 'cuda'

describe('the measurement of a pack', () => {
  const measure = (launch: () => WorkerProcess, progress: MeasureProgress[] = []) =>
    measurePack({
      ...{ ...order, launch, signal: new AbortController().signal },
      onProgress: (told) => progress.push(told),
    })

  it('times every way, the most exact on the CPU first, each in a process of its own', async () => {
    const { launch, starts, running } = workers({
      'cpu fp32': { ms: 100 },
      'cpu int8': { ms: 60, found: doubtful },
      [`${GPU} fp32`]: { ms: 20 },
      [`${GPU} int8`]: { ms: 5, found: doubtful },
    })
    const progress: MeasureProgress[] = []
    const measured = await measure(launch, progress)
    expect(starts.slice(0, 4)).toEqual(['cpu fp32', 'cpu int8', `${GPU} fp32`, `${GPU} int8`])
    expect(running.size).toBe(0)
    expect(measured.reference).toEqual({ provider: 'cpu', precision: 'fp32' })
    expect(measured.ways.slice(0, 3).map(({ medianMs, runs }) => [medianMs, runs])).toEqual([
      [100, 7],
      [60, 7],
      [20, 7],
    ])
    // Scores of int8 are 0.3 off: faster, and not the same.
    expect(fastestWay(measured, { provider: 'auto', precision: null })).toEqual({
      provider: GPU,
      precision: 'fp32',
    })
    expect(progress[0]).toMatchObject({ done: 0, remainingMs: null, state: 'running' })
    expect(progress.at(-1)?.done).toBe(progress.length - 1)
    expect(progress.at(-1)?.remainingMs).toBeGreaterThanOrEqual(0)
  })

  it('tries a provider that is not there once, and tells it for every precision', async () => {
    const { launch, starts } = workers({ 'cpu fp32': { ms: 10 }, 'cpu int8': { ms: 5 } })
    const { ways } = await measure(launch)
    expect(starts.filter((start) => start.startsWith(GPU))).toEqual([`${GPU} fp32`])
    expect(ways.filter(({ provider }) => provider === GPU)).toMatchObject([
      { medianMs: null, refusal: { code: 'absent' } },
      { medianMs: null, refusal: { code: 'absent' } },
    ])
  })

  it('survives a driver that takes the process down over a photo', async () => {
    const { launch } = workers({
      'cpu fp32': { ms: 10 },
      'cpu int8': { ms: 5 },
      [`${GPU} fp32`]: { ms: 1, isDeadly: true },
    })
    const { ways } = await measure(launch)
    expect(ways.find(({ provider }) => provider === GPU)).toMatchObject({
      medianMs: null,
      refusal: { provider: GPU, code: 'crashed' },
    })
  })

  it('says so when the photos show nothing to compare by', async () => {
    const { launch } = workers({ 'cpu fp32': { ms: 10, found: [] }, 'cpu int8': { ms: 5 } })
    await expect(measure(launch)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('people, animals or cars') as string,
    })
  })
})

describe('measuring in a window', () => {
  it('goes on once at a time, is kept, and then told as done', async () => {
    const { launch } = workers({ 'cpu fp32': { ms: 10 }, 'cpu int8': { ms: 5 } })
    const told: string[] = []
    const measuring = new Measuring(
      ({ state }) => told.push(state),
      () => Promise.resolve(void told.push('kept')),
    )
    expect(measuring.begin({ ...order, launch })).toMatchObject({ state: 'running', pack: 'rcnn' })
    expect(() => measuring.begin({ ...order, launch })).toThrow(/already/)
    await expect.poll(() => told.at(-1)).toBe('done')
    expect(told.slice(-2)).toEqual(['kept', 'done'])
    expect(await measuring.cancel()).toBe(false)
  })

  it('is cancelled with nothing kept and no process left', async () => {
    const { launch, running } = workers({ 'cpu fp32': { ms: 10 }, 'cpu int8': { ms: 5 } })
    const told: string[] = []
    const measuring = new Measuring(
      ({ state }) => told.push(state),
      () => Promise.resolve(void told.push('kept')),
    )
    measuring.begin({ ...order, launch })
    expect(await measuring.cancel()).toBe(true)
    expect(told.at(-1)).toBe('cancelled')
    expect(told).not.toContain('kept')
    expect(running.size).toBe(0)
  })
})
