import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { detectorRegionsSchema } from '#shared/contract/recipes.ts'
import { InferenceHost } from '#main/inference/host.ts'
import type { WorkerSettings } from '#main/inference/protocol.ts'
import { forkLauncher, type LaunchWorker } from '#main/inference/worker-process.ts'
import { causeIn } from '#main/processes/launch-node.ts'
import type { ProviderChoice } from '#shared/contract/providers.ts'
import { isAlive } from '../support/command-line.ts'
import type { FakeEvent, FakeStart } from '../support/fake-inference-worker.ts'

const FAKE_WORKER = fileURLToPath(new URL('../support/fake-inference-worker.ts', import.meta.url))

interface Bench {
  readonly host: InferenceHost
  /** States that the host went through. */
  readonly states: string[]
  readonly analyse: (path: string) => Promise<unknown>
  readonly events: () => FakeEvent[]
  readonly starts: () => number
}

interface BenchOptions {
  readonly plan?: readonly FakeStart[]
  readonly provider?: ProviderChoice
  readonly launch?: LaunchWorker
}

/** A host over processes that die on command. The last line of the plan goes on. */
function openBench({ plan = ['load'], provider = 'cpu', launch }: BenchOptions = {}): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'lexmask-host-'))
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan))
  writeFileSync(join(folder, 'journal.jsonl'), '')
  const settings = { detector: { folder }, provider } as WorkerSettings
  const host = new InferenceHost(launch ?? forkLauncher(FAKE_WORKER), settings)
  const states: string[] = []
  host.onState(({ state }) => states.push(state))
  onTestFinished(async () => {
    await host.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const parameters = detectorRegionsSchema.parse({})
  const events = (): FakeEvent[] =>
    readFileSync(join(folder, 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FakeEvent)
  return {
    host,
    states,
    analyse: (path) => host.call('analyse', { path, recipe: { recipe: 'detector', parameters } }),
    events,
    starts: () => events().filter(({ event }) => event === 'start').length,
  }
}

const answerFor = (path: string): unknown => expect.objectContaining({ path })
const failure = (code: string, message = ''): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string })

describe('starting', () => {
  it('happens with the first request and not before', async () => {
    const { host, states, analyse, starts } = openBench()
    expect(host.state).toEqual({ state: 'stopped' })
    expect(host.pid).toBeUndefined()
    expect(await analyse('photo')).toEqual(answerFor('photo'))
    expect(host.pid).toBeTypeOf('number')
    expect(states).toEqual(['starting', 'ready'])
    expect(starts()).toBe(1)
  })

  it('happens once for requests that come together', async () => {
    const { host, analyse, starts } = openBench()
    const [networks, again, photo] = await Promise.all([host.load(), host.load(), analyse('photo')])
    expect(again).toBe(networks)
    expect(photo).toEqual(answerFor('photo'))
    expect(await host.load()).toBe(networks)
    expect(starts()).toBe(1)
  })

  it('is tried again after a crash in it, for the requests that wait', async () => {
    const { analyse, states, starts } = openBench({ plan: ['die', 'load'] })
    expect(await analyse('photo')).toEqual(answerFor('photo'))
    expect(states).toEqual(['starting', 'starting', 'starting', 'ready'])
    expect(starts()).toBe(2)
  })

  it('is not tried again when the pack is refused: every request is told why', async () => {
    const { host, analyse, starts } = openBench({ plan: ['refuse'] })
    const found = await Promise.allSettled([host.load(), analyse('a'), analyse('b')])
    for (const one of found) {
      expect(one).toEqual({ status: 'rejected', reason: failure('PACK_INVALID', 'damaged') })
    }
    await setTimeout(300)
    expect(starts()).toBe(1)
    expect(host.state).toEqual({ state: 'stopped' })
    expect(host.pid).toBeUndefined()
  })

  it('fails by its reason when no process can be made at all', async () => {
    const node = process.execPath
    const host = openBench().host
    process.execPath = '/nonexistent/node'
    try {
      await expect(host.load()).rejects.toEqual(failure('INFERENCE_FAILED', 'ENOENT'))
    } finally {
      process.execPath = node
    }
  })

  it('fails by its reason when the launcher itself throws', async () => {
    const launch = (): never => {
      throw new Error('too many processes')
    }
    const { host } = openBench({ launch })
    await expect(host.load()).rejects.toEqual(failure('INFERENCE_FAILED', 'too many processes'))
    expect(host.state.state).toBe('failed')
  })
})

describe('a crash', () => {
  it('is survived by the request over which it happened once', async () => {
    const { analyse, starts } = openBench()
    expect(await analyse('poison once')).toEqual(answerFor('poison once'))
    expect(starts()).toBe(2)
  })

  it('is survived by all requests that were open, each answered once and in order', async () => {
    const { analyse, events } = openBench()
    const order: string[] = []
    const paths = ['slow a', 'poison once b', 'c', 'd']
    await Promise.all(paths.map((path) => analyse(path).then(() => order.push(path))))
    expect(order).toEqual(paths)
    const { pid } = events().findLast(({ event }) => event === 'start') ?? { pid: 0 }
    const served = events().filter((one) => one.pid === pid && one.event === 'analyse')
    expect(served.map(({ path }) => path)).toEqual(paths)
  })

  it('of the process in the middle of a request is survived by that request', async () => {
    const { host, analyse, states, events } = openBench()
    await host.load()
    const pending = analyse('endless once')
    await expect.poll(() => events().some(({ event }) => event === 'analyse')).toBe(true)
    process.kill(host.pid ?? 0, 'SIGKILL')
    expect(await pending).toEqual(answerFor('endless once'))
    expect(states).toEqual(['starting', 'ready', 'starting', 'starting', 'ready'])
  })

  it('of an idle process is noticed, and the next request starts another', async () => {
    const { host, analyse, states } = openBench()
    await host.load()
    process.kill(host.pid ?? 0, 'SIGKILL')
    while (host.state.state !== 'stopped') await setTimeout(10)
    expect(host.pid).toBeUndefined()
    expect(await analyse('photo')).toEqual(answerFor('photo'))
    expect(states).toEqual(['starting', 'ready', 'stopped', 'starting', 'ready'])
  })

  it('in the start after a crash sends no request twice', async () => {
    const { analyse, events } = openBench({ plan: ['load', 'die', 'load'] })
    expect(await analyse('poison once')).toEqual(answerFor('poison once'))
    const { pid } = events().findLast(({ event }) => event === 'start') ?? { pid: 0 }
    await setTimeout(100)
    expect(events().filter((one) => one.pid === pid && one.event === 'analyse')).toHaveLength(1)
  })
})

describe('a request that brings the process down twice', () => {
  it('fails alone, and the next one works', async () => {
    const { analyse, starts } = openBench()
    await expect(analyse('poison')).rejects.toEqual(
      failure('INFERENCE_FAILED', 'ended twice over this request (exit code 3: Error: poisoned)'),
    )
    expect(starts()).toBe(2)
    expect(await analyse('photo')).toEqual(answerFor('photo'))
    expect(starts()).toBe(3)
  })

  it('is told apart from one that was in work beside it', async () => {
    // The second is decoded while the first has the model, and its decoding brings the process down.
    const { host, analyse } = openBench()
    const found = await Promise.allSettled([analyse('slow photo'), analyse('poison'), analyse('b')])
    expect(found).toEqual([
      { status: 'fulfilled', value: answerFor('slow photo') },
      { status: 'rejected', reason: failure('INFERENCE_FAILED', 'poisoned') },
      { status: 'fulfilled', value: answerFor('b') },
    ])
    expect(host.state.state).toBe('ready')
  })

  it('is not one that failed by a fault of its file', async () => {
    const { analyse, starts } = openBench()
    await expect(analyse('unreadable')).rejects.toEqual(failure('IMAGE_UNREADABLE'))
    expect(await analyse('photo')).toEqual(answerFor('photo'))
    expect(starts()).toBe(1)
  })
})

describe('three ends in a row', () => {
  it('stop the restarts, and every open request is told the reason', async () => {
    const { host, analyse, starts } = openBench({ plan: ['die'] })
    const found = await Promise.allSettled([analyse('a'), analyse('b')])
    const reason = 'ended 3 times in a row (last: exit code 3: Error: no memory for the models)'
    for (const one of found) {
      expect(one).toEqual({ status: 'rejected', reason: failure('INFERENCE_FAILED', reason) })
    }
    expect(host.state).toEqual({
      state: 'failed',
      reason: expect.stringContaining(reason) as string,
    })
    await expect(analyse('c')).rejects.toEqual(failure('INFERENCE_FAILED', reason))
    await expect(host.load()).rejects.toEqual(failure('INFERENCE_FAILED', reason))
    expect(starts()).toBe(3)
  })

  it('are forgotten when the user tries again', async () => {
    const { host, analyse, starts, states } = openBench({ plan: ['die', 'die', 'die', 'load'] })
    await expect(analyse('a')).rejects.toEqual(failure('INFERENCE_FAILED'))
    host.retry()
    expect(host.state).toEqual({ state: 'stopped' })
    expect(await analyse('a')).toEqual(answerFor('a'))
    expect(starts()).toBe(4)
    expect(states.slice(-4)).toEqual(['failed', 'stopped', 'starting', 'ready'])
  })

  it('are not in a row when an answer came between', async () => {
    const { host, analyse } = openBench()
    for (const path of ['poison once 1', 'poison once 2', 'poison once 3', 'poison once 4']) {
      expect(await analyse(path)).toEqual(answerFor(path))
    }
    expect(host.state.state).toBe('ready')
  })
})

describe('a provider that brings the process down', () => {
  it('is left out of the next start, and the report says why', async () => {
    const { host, starts } = openBench({
      plan: [{ deadlyProviders: ['webgpu'] }],
      provider: 'webgpu',
    })
    const { provider } = await host.load()
    expect(provider).toMatchObject({
      requested: 'webgpu',
      used: 'cpu',
      share: null,
      refused: [
        { provider: 'webgpu', code: 'crashed', detail: 'exit code 3: webgpu driver crashed' },
      ],
    })
    expect(starts()).toBe(2)
  })

  it('does not use up the starts of the others: after three of them the CPU still runs', async () => {
    const { host, analyse } = openBench({
      plan: [{ deadlyProviders: ['cuda', 'dml', 'webgpu'] }],
      provider: 'auto',
    })
    const { provider } = await host.load()
    expect(provider.used).toBe('cpu')
    expect(provider.refused.map((one) => one.provider)).toEqual(['cuda', 'dml', 'webgpu'])
    expect(await analyse('photo')).toEqual(answerFor('photo'))
  })

  it('over an image is left out as well, and the image is done without it', async () => {
    const { host, analyse, states } = openBench({
      plan: [{ deadlyInWork: ['webgpu'] }],
      provider: 'webgpu',
    })
    expect(await analyse('photo')).toEqual(answerFor('photo'))
    const { provider } = await host.load()
    expect(provider).toMatchObject({
      used: 'cpu',
      refused: [{ provider: 'webgpu', code: 'crashed', detail: 'exit code 3: webgpu device lost' }],
    })
    expect(states).toEqual(['starting', 'ready', 'starting', 'starting', 'ready'])
  })

  it('is not to blame for an image that ends the process without it as well', async () => {
    const { analyse } = openBench({ plan: [{ deadlyInWork: ['webgpu'] }], provider: 'webgpu' })
    await expect(analyse('poison')).rejects.toEqual(failure('INFERENCE_FAILED', 'twice'))
    expect(await analyse('photo')).toEqual(answerFor('photo'))
  })

  it('is still left out after a later crash', async () => {
    const { host, analyse } = openBench({
      plan: [{ deadlyProviders: ['webgpu'] }],
      provider: 'webgpu',
    })
    await analyse('poison once')
    const { provider } = await host.load()
    expect(provider.refused).toHaveLength(1)
  })
})

describe('stopping', () => {
  it('ends the process and cancels what is open', async () => {
    const { host, analyse } = openBench()
    await host.load()
    const { pid } = host
    const pending = analyse('endless once')
    const stopped = host.stop()
    await expect(pending).rejects.toEqual(failure('CANCELLED'))
    expect(host.state).toEqual({ state: 'stopped' })
    await stopped
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('also ends a restart, and does not reach the requests that come after it', async () => {
    const { host, analyse, starts } = openBench({ plan: ['die', 'load'] })
    const cancelled = analyse('a')
    while (starts() < 1) await setTimeout(10)
    void host.stop()
    const answered = analyse('b')
    await expect(cancelled).rejects.toEqual(failure('CANCELLED'))
    expect(await answered).toEqual(answerFor('b'))
  })
})

describe('why a process ended', () => {
  it.each<[string, string | null]>([
    ['', null],
    ['\u001b[1;31mwarning\u001b[m\n\n', 'warning'],
    [
      'file:///app/worker.js:3\nthrow new TypeError()\n^\n\nTypeError: x is not a function\n    at f (worker.js:3:1)\n\nNode.js v24.21.0\n',
      'TypeError: x is not a function',
    ],
    [
      '<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed\n----- Native stack trace -----\n 1: 0xb8 node::OnFatalError\n',
      'FATAL ERROR: Reached heap limit Allocation failed',
    ],
    [
      "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n",
      'what():  std::bad_alloc',
    ],
  ])('is read from its last words %j', (stderr, cause) => {
    expect(causeIn(stderr)).toBe(cause)
  })
})
