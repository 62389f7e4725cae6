import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { providersToTry } from '#main/packs/providers.ts'
import type { Provider, ProviderChoice, ProviderRefusal } from '#shared/contract/providers.ts'
import { refusalOf } from './provider-refusal.ts'
import { optionsFor, type ProviderDecision, type SessionSettings } from './sessions.ts'

/** Runs one sample of the network that a provider is tried with: a corner of a photo, or all of one. */
export type Probe = (session: InferenceSession, size: 'small' | 'full') => Promise<void>

export interface ProviderTrial {
  readonly choice: ProviderChoice
  /** What `auto` takes when this machine was measured; null when it was not. */
  readonly measured: Provider | null
  readonly file: string
  readonly probe: Probe
  readonly settings: SessionSettings
  /** Brought the process down before. */
  readonly excluded: readonly ProviderRefusal[]
  /** Told before a provider is touched, so that a crash can be laid at its door. */
  readonly trying: (provider: Provider) => void
}

/** A provider is in use when it has at least this part of the operators' time. */
const SHARE_IN_USE = 0.5
/**
 * A corner that takes so long, and so many times the CPU's time, is of a GPU that the processor plays:
 * a photo would take minutes to refuse it by.
 */
const HOPELESS_MS = 250
const HOPELESS_TIMES = 8

/** ONNX Runtime's own names of the providers, as its profile writes them. */
const RUNTIME_NAMES: Record<Provider, string> = {
  cuda: 'CUDAExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  dml: 'DmlExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
  cpu: 'CPUExecutionProvider',
}

/**
 * Find the provider that really runs a network: each one in turn loads the model and runs a sample
 * under ONNX Runtime's profiler, which says where every operator ran. A provider that loads but
 * leaves the work to the CPU, or that `auto` finds slower than the CPU, is refused with its reason.
 */
export async function chooseProvider(trial: ProviderTrial): Promise<ProviderDecision> {
  const { choice, measured, excluded } = trial
  const refused: ProviderRefusal[] = []
  const isMeasured = choice === 'auto' && measured !== null
  for (const provider of providersToTry(choice, process.platform, measured)) {
    if (provider === 'cpu') break
    const known = excluded.find((refusal) => refusal.provider === provider)
    if (known) {
      refused.push(known)
      continue
    }
    trial.trying(provider)
    let tried: Trial | null = null
    try {
      tried = await Trial.open(provider, trial)
      await tried.run('small')
      const smallMs = await tried.run('small')
      if (choice === 'auto' && !isMeasured) {
        const slower = await slowerThanCpu(tried, smallMs, trial)
        if (slower !== null) {
          refused.push({ provider, code: 'slower', detail: slower })
          continue
        }
      }
      const share = (await tried.shares()).get(RUNTIME_NAMES[provider]) ?? 0
      if (share < SHARE_IN_USE) {
        const detail = `${Math.round((1 - share) * 100)} %`
        refused.push({ provider, code: 'left-to-cpu', detail })
        continue
      }
      return { requested: choice, used: provider, isMeasured, share, refused }
    } catch (error) {
      refused.push(refusalOf(provider, error))
    } finally {
      await tried?.close()
    }
  }
  return { requested: choice, used: 'cpu', isMeasured, share: null, refused }
}

/** @returns both times in words when the CPU is faster; null when it is not */
async function slowerThanCpu(
  tried: Trial,
  smallMs: number,
  trial: ProviderTrial,
): Promise<string | null> {
  const cpu = await Trial.open('cpu', trial)
  try {
    await cpu.run('small')
    const cpuSmallMs = await cpu.run('small')
    if (smallMs > HOPELESS_MS && smallMs > HOPELESS_TIMES * cpuSmallMs) {
      return inWords(smallMs, cpuSmallMs)
    }
    const ms = await tried.median()
    const cpuMs = await cpu.median()
    return ms > cpuMs ? inWords(ms, cpuMs) : null
  } finally {
    await cpu.close()
  }
}

const inWords = (ms: number, cpuMs: number): string =>
  `${ms.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms`

/** A session under the profiler. */
class Trial {
  readonly #session: InferenceSession
  readonly #probe: Probe
  readonly #folder: string
  #isOpen = true

  private constructor(session: InferenceSession, probe: Probe, folder: string) {
    this.#session = session
    this.#probe = probe
    this.#folder = folder
  }

  static async open(provider: Provider, { file, probe, settings }: ProviderTrial): Promise<Trial> {
    const folder = await mkdtemp(join(tmpdir(), 'lexmask-profile-'))
    try {
      const session = await InferenceSession.create(file, {
        ...optionsFor(provider, settings),
        enableProfiling: true,
        profileFilePrefix: join(folder, 'profile'),
      })
      return new Trial(session, probe, folder)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  async run(size: 'small' | 'full'): Promise<number> {
    const startedAt = performance.now()
    await this.#probe(this.#session, size)
    return performance.now() - startedAt
  }

  /** Of three runs after the first, which compiles and allocates. */
  async median(): Promise<number> {
    await this.run('full')
    const times = [await this.run('full'), await this.run('full'), await this.run('full')]
    return times.sort((a, b) => a - b)[1]
  }

  /** Part of the operators' time by ONNX Runtime's provider name; it runs no more after it. */
  async shares(): Promise<ReadonlyMap<string, number>> {
    await this.#end()
    return readShares(this.#folder)
  }

  async close(): Promise<void> {
    await this.#end()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #end(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#session.endProfiling()
    await this.#session.release()
  }
}

async function readShares(folder: string): Promise<Map<string, number>> {
  const shares = new Map<string, number>()
  let total = 0
  for (const file of await readdir(folder)) {
    const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
      dur: number
      args?: { provider?: string }
    }[]
    for (const event of events) {
      const provider = event.args?.provider
      if (!provider) continue
      shares.set(provider, (shares.get(provider) ?? 0) + event.dur)
      total += event.dur
    }
  }
  for (const [provider, duration] of shares) shares.set(provider, duration / Math.max(total, 1))
  return shares
}
