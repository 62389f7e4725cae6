import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import { providersToTry, type ProviderReport } from '#main/packs/providers.ts'
import type { Provider, ProviderChoice } from '#shared/contract/providers.ts'

export type Feeds = Record<string, Tensor>

/** Runs one sample of the network that a provider is tried with. */
export type Probe = (session: InferenceSession) => Promise<void>

/** A provider is in use when it has at least this part of the operators' time. */
const SHARE_IN_USE = 0.5

export interface SessionSettings {
  /** 0 leaves the choice to ONNX Runtime: one thread a physical core. */
  readonly threads: number
}

function optionsFor(
  provider: Provider,
  settings: SessionSettings,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    // Errors arrive as exceptions; the log would only repeat them on stderr.
    logSeverityLevel: 4,
    // Idle threads that spin take the cores from decoding: without, an image takes a quarter less time
    // on two cores, and the bare model is faster too.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    ...(settings.threads > 0 ? { intraOpNumThreads: settings.threads } : {}),
  }
}

/** Opens the sessions of one provider. The only place that creates sessions. */
export class SessionFactory {
  readonly report: ProviderReport
  readonly #settings: SessionSettings
  #runMs = 0

  constructor(report: ProviderReport, settings: SessionSettings) {
    this.report = report
    this.#settings = settings
  }

  /**
   * @throws LexmaskError MODEL_UNREADABLE when the file is not a model that this runtime can load
   */
  async open(file: string): Promise<InferenceSession> {
    try {
      return await InferenceSession.create(file, optionsFor(this.report.used, this.#settings))
    } catch (error) {
      throw new LexmaskError(
        'MODEL_UNREADABLE',
        `${basename(file)} is not a model that can be loaded (${(error as Error).message}). ` +
          'It may be damaged: copy the pack again.',
        { file },
      )
    }
  }

  /** Run a session; the time goes into `takeRunMs`. */
  async run(session: InferenceSession, feeds: Feeds): Promise<Record<string, Tensor>> {
    const startedAt = performance.now()
    const outputs = await session.run(feeds)
    this.#runMs += performance.now() - startedAt
    return outputs
  }

  /** Milliseconds spent inside `session.run` since the last call. */
  takeRunMs(): number {
    const taken = this.#runMs
    this.#runMs = 0
    return taken
  }
}

interface Measured {
  /** Median of a few runs, in milliseconds. */
  readonly ms: number
  /** Part of the operators' time by ONNX Runtime's provider name. */
  readonly shares: ReadonlyMap<string, number>
}

/** ONNX Runtime's own names of the providers, as its profile writes them. */
const RUNTIME_NAMES: Record<Provider, string> = {
  cuda: 'CUDAExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  dml: 'DmlExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
  cpu: 'CPUExecutionProvider',
}

async function measure(
  file: string,
  probe: Probe,
  provider: Provider,
  settings: SessionSettings,
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'lexmask-profile-'))
  try {
    const session = await InferenceSession.create(file, {
      ...optionsFor(provider, settings),
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    })
    const times: number[] = []
    for (let run = 0; run < 4; run++) {
      const startedAt = performance.now()
      await probe(session)
      times.push(performance.now() - startedAt)
    }
    session.endProfiling()
    await session.release()
    // The first run compiles and allocates.
    const warm = times.slice(1).sort((a, b) => a - b)
    return { ms: warm[1], shares: await readShares(folder) }
  } finally {
    await rm(folder, { recursive: true, force: true })
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

/** ONNX Runtime's words without the places in its source that it names first. */
function reasonOf(error: unknown): string {
  const message = (error as Error).message.trim()
  if (/failed to load (shared )?library/i.test(message)) return 'its libraries are not installed'
  if (/backend not found/.test(message)) return 'not part of ONNX Runtime on this system'
  const told = message.split(/ was false\. |\[ONNXRuntimeError\] : \d+ : \w+ : /).at(-1) ?? message
  return told.split('\n')[0].trim()
}

/**
 * Find the provider that really runs a network: each one in turn loads the model and runs a sample
 * under ONNX Runtime's profiler, which says where every operator ran. A provider that loads but
 * leaves the work to the CPU, or that `auto` finds slower than the CPU, is refused with its reason.
 *
 * @param excluded providers that brought the process down before, with the reason
 * @param trying is told before a provider is touched, so that a crash can be laid at its door
 */
export async function chooseProvider(
  choice: ProviderChoice,
  file: string,
  probe: Probe,
  settings: SessionSettings,
  excluded: ReadonlyMap<Provider, string>,
  trying: (provider: Provider) => void,
): Promise<ProviderReport> {
  const refused: { provider: Provider; reason: string }[] = []
  let cpuMs: number | null = null
  for (const provider of providersToTry(choice, process.platform)) {
    if (provider === 'cpu') break
    const reason = excluded.get(provider)
    if (reason !== undefined) {
      refused.push({ provider, reason })
      continue
    }
    trying(provider)
    try {
      const measured = await measure(file, probe, provider, settings)
      const share = measured.shares.get(RUNTIME_NAMES[provider]) ?? 0
      if (share < SHARE_IN_USE) {
        const percent = Math.round((1 - share) * 100)
        refused.push({ provider, reason: `loads, but ${percent} % of the work stays on the CPU` })
        continue
      }
      if (choice === 'auto') {
        cpuMs ??= (await measure(file, probe, 'cpu', settings)).ms
        if (measured.ms > cpuMs) {
          const reason = `slower than the CPU here (${measured.ms.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms)`
          refused.push({ provider, reason })
          continue
        }
      }
      return { requested: choice, used: provider, share, refused }
    } catch (error) {
      refused.push({ provider, reason: reasonOf(error) })
    }
  }
  return { requested: choice, used: 'cpu', share: null, refused }
}
