import { basename } from 'node:path'
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import type {
  Provider,
  ProviderRefusal,
  ProviderReport,
  SessionReport,
  SessionRole,
} from '#shared/contract/providers.ts'
import { refusalOf } from './provider-refusal.ts'

export type Feeds = Record<string, Tensor>

export interface SessionSettings {
  /** 0 leaves the choice to ONNX Runtime: one thread a physical core. */
  readonly threads: number
}

/** How sessions of a provider are opened. */
export function optionsFor(
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

/** What `chooseProvider` found, before any session is open. */
export type ProviderDecision = Pick<ProviderReport, 'requested' | 'used' | 'share' | 'refused'> &
  Partial<Pick<ProviderReport, 'isMeasured'>>

interface Opened {
  readonly file: string
  readonly role: SessionRole
  provider: Provider
  refusal: ProviderRefusal | null
  /** Takes over from a session that its provider cannot run. */
  onCpu: InferenceSession | null
}

/**
 * Opens the sessions of one provider, and is the only place that does. A graph that the provider cannot
 * open or run goes to the CPU by itself, and the report says so.
 */
export class SessionFactory {
  readonly #decision: ProviderDecision
  readonly #settings: SessionSettings
  readonly #opened = new Map<InferenceSession, Opened>()
  #runMs = 0
  /** Told when a graph has left its provider in the middle of the work. */
  onFallback: (report: ProviderReport) => void = () => undefined

  constructor(decision: ProviderDecision, settings: SessionSettings) {
    this.#decision = decision
    this.#settings = settings
  }

  get report(): ProviderReport {
    const sessions = Array.from(this.#opened.values(), ({ file, role, provider, refusal }) => {
      return { role, file: basename(file), provider, refusal } satisfies SessionReport
    })
    return { isMeasured: false, ...this.#decision, sessions }
  }

  /**
   * @throws LexmaskError MODEL_UNREADABLE when the file is not a model that this runtime can load
   */
  async open(file: string, role: SessionRole): Promise<InferenceSession> {
    const { used } = this.#decision
    if (used === 'cpu') return this.#keep(await this.#openOn('cpu', file), file, role, 'cpu', null)
    try {
      return this.#keep(await this.#create(used, file), file, role, used, null)
    } catch (error) {
      const session = await this.#openOn('cpu', file)
      return this.#keep(session, file, role, 'cpu', refusalOf(used, error))
    }
  }

  /** Run a session; the time goes into `takeRunMs`. */
  async run(session: InferenceSession, feeds: Feeds): Promise<Record<string, Tensor>> {
    const startedAt = performance.now()
    const opened = this.#opened.get(session)
    try {
      return await (opened?.onCpu ?? session).run(feeds)
    } catch (error) {
      if (!opened || opened.provider === 'cpu') throw error
      return await this.#runOnCpu(opened, feeds, error)
    } finally {
      this.#runMs += performance.now() - startedAt
    }
  }

  /** Milliseconds spent inside `session.run` since the last call. */
  takeRunMs(): number {
    const taken = this.#runMs
    this.#runMs = 0
    return taken
  }

  /** Where the CPU fails as well, it is the input that is at fault and not the provider. */
  async #runOnCpu(opened: Opened, feeds: Feeds, why: unknown): Promise<Record<string, Tensor>> {
    const session = await this.#openOn('cpu', opened.file)
    const outputs = await session.run(feeds)
    opened.refusal = refusalOf(opened.provider, why)
    opened.provider = 'cpu'
    opened.onCpu = session
    this.onFallback(this.report)
    return outputs
  }

  #create(provider: Provider, file: string): Promise<InferenceSession> {
    return InferenceSession.create(file, optionsFor(provider, this.#settings))
  }

  async #openOn(provider: Provider, file: string): Promise<InferenceSession> {
    try {
      return await this.#create(provider, file)
    } catch (error) {
      throw new LexmaskError(
        'MODEL_UNREADABLE',
        `${basename(file)} is not a model that can be loaded (${(error as Error).message}). ` +
          'It may be damaged: copy the pack again.',
        { file },
      )
    }
  }

  #keep(
    session: InferenceSession,
    file: string,
    role: SessionRole,
    provider: Provider,
    refusal: ProviderRefusal | null,
  ): InferenceSession {
    this.#opened.set(session, { file, role, provider, refusal, onCpu: null })
    return session
  }
}
