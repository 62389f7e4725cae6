import { errorOfFailure, LexmaskError } from '#shared/contract/errors.ts'
import type { Provider, ProviderRefusal, ProviderReport } from '#shared/contract/providers.ts'
import type {
  LoadedNetworks,
  WorkerCallName,
  WorkerCalls,
  WorkerMessage,
  WorkerRequest,
  WorkerSettings,
} from './protocol.ts'
import type { LaunchWorker, WorkerProcess } from './worker-process.ts'

type Reply = Exclude<WorkerMessage, { readonly kind: 'trying' | 'provider' }>

export type HostState =
  | { readonly state: 'stopped' | 'starting' }
  | { readonly state: 'ready'; readonly networks: LoadedNetworks }
  | { readonly state: 'failed'; readonly reason: string }

/** This many ends in a row, with no answer between them, and the host starts no more. */
const FAILURES_IN_A_ROW = 3
/** A request that a process ended over this often, the last time alone, is at fault itself. */
const ENDS_OF_ONE_REQUEST = 2
const RESTART_DELAY_MS = 200
/** Of the request that comes first in every process; the others count from 1. */
const LOAD_ID = 0

interface Waiting<Output> {
  readonly resolve: (output: Output) => void
  readonly reject: (error: Error) => void
}

interface Pending extends Waiting<never> {
  readonly request: WorkerRequest
  /** Whether the present process has it. */
  isSent: boolean
  /** Processes that ended while they had it. */
  ends: number
}

/**
 * Owns the inference process: starts it with the first request, starts it again after a crash with
 * the requests that were open, and gives up after three ends in a row.
 */
export class InferenceHost {
  readonly #launch: LaunchWorker
  readonly #settings: Omit<WorkerSettings, 'excludedProviders'>
  readonly #listeners = new Set<(state: HostState) => void>()
  /** Open requests in the order of their arrival. */
  readonly #pending = new Map<number, Pending>()
  readonly #excluded: ProviderRefusal[] = []
  #state: HostState = { state: 'stopped' }
  #process: WorkerProcess | null = null
  #waitingForLoad: Waiting<LoadedNetworks>[] = []
  #trying: Provider | null = null
  #failures = 0
  #restartTimer: NodeJS.Timeout | undefined
  #nextId = LOAD_ID + 1

  constructor(launch: LaunchWorker, settings: Omit<WorkerSettings, 'excludedProviders'>) {
    this.#launch = launch
    this.#settings = settings
  }

  get state(): HostState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  onState(listener: (state: HostState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Load the models now, unless they are; otherwise the first request does.
   *
   * @throws LexmaskError why the models cannot be loaded, or INFERENCE_FAILED
   */
  load(): Promise<LoadedNetworks> {
    const { state } = this
    if (state.state === 'ready') return Promise.resolve(state.networks)
    return new Promise((resolve, reject) => {
      this.#waitingForLoad.push({ resolve, reject })
      this.#ensureStarted()
    })
  }

  /**
   * @throws LexmaskError what the worker failed with, why the models cannot be loaded, or
   * INFERENCE_FAILED when the worker ended over this request or cannot be kept running
   */
  call<Name extends Exclude<WorkerCallName, 'load'>>(
    name: Name,
    input: WorkerCalls[Name]['input'],
  ): Promise<WorkerCalls[Name]['output']> {
    return new Promise((resolve, reject) => {
      const request = { id: this.#nextId++, call: name, input } as WorkerRequest
      this.#pending.set(request.id, { request, resolve, reject, isSent: false, ends: 0 })
      this.#ensureStarted()
      this.#dispatch()
    })
  }

  /** After `failed`: forget the failures, so that the next request starts a process again. */
  retry(): void {
    this.#failures = 0
    if (this.#state.state === 'failed') this.#enter({ state: 'stopped' })
  }

  /**
   * End the process; open requests fail with CANCELLED, at once. Resolves when the process is gone: what
   * is loaded after that has the graphics memory to itself. Never throws.
   */
  async stop(): Promise<void> {
    const ended = this.#endProcess()
    this.#enter({ state: 'stopped' })
    this.#rejectAll(new LexmaskError('CANCELLED', 'The inference process was stopped.'))
    await ended
  }

  #ensureStarted(): void {
    const { state } = this
    if (state.state === 'failed') {
      this.#rejectAll(new LexmaskError('INFERENCE_FAILED', state.reason))
    } else if (state.state === 'stopped') {
      this.#start()
    }
  }

  #start(): void {
    this.#enter({ state: 'starting' })
    this.#trying = null
    let started: WorkerProcess
    try {
      started = this.#launch()
    } catch (error) {
      this.#afterEnd((error as Error).message)
      return
    }
    this.#process = started
    started.onMessage((message) => {
      if (this.#process === started) this.#receive(message)
    })
    started.onExit((how) => {
      if (this.#process === started) this.#afterEnd(how)
    })
    const excludedProviders = [...this.#excluded]
    started.send({ id: LOAD_ID, call: 'load', input: { ...this.#settings, excludedProviders } })
  }

  /**
   * Send what waits. Requests that a process ended over go one at a time before all others: several
   * may have been in work then, and only one is at fault.
   */
  #dispatch(): void {
    if (this.#state.state !== 'ready') return
    const open = Array.from(this.#pending.values())
    const suspect = open.find(({ ends }) => ends > 0)
    for (const pending of suspect ? [suspect] : open) {
      if (pending.isSent) continue
      pending.isSent = true
      this.#process?.send(pending.request)
    }
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === 'trying') this.#trying = message.provider
    else if (message.kind === 'provider') this.#afterFallback(message.report)
    else if (message.id === LOAD_ID) this.#afterLoad(message)
    else this.#afterAnswer(message)
  }

  #afterLoad(message: Reply): void {
    this.#trying = null
    if (message.kind === 'failure') {
      // A pack that cannot be loaded will not load better the next time: no restart.
      void this.#endProcess()
      this.#enter({ state: 'stopped' })
      this.#rejectAll(errorOfFailure(message.failure))
      return
    }
    const networks = message.output as LoadedNetworks
    this.#enter({ state: 'ready', networks })
    const waiting = this.#waitingForLoad
    this.#waitingForLoad = []
    for (const { resolve } of waiting) resolve(networks)
    this.#dispatch()
  }

  #afterFallback(provider: ProviderReport): void {
    const { state } = this
    if (state.state !== 'ready') return
    this.#enter({ state: 'ready', networks: { ...state.networks, provider } })
  }

  #afterAnswer(message: Reply): void {
    const pending = this.#pending.get(message.id)
    if (!pending) return
    this.#pending.delete(message.id)
    this.#failures = 0
    if (message.kind === 'answer') pending.resolve(message.output as never)
    else pending.reject(errorOfFailure(message.failure))
    this.#dispatch()
  }

  #afterEnd(how: string): void {
    this.#process = null
    const suspect = this.#trying ?? this.#providerInUse()
    if (suspect && !this.#excluded.some(({ provider }) => provider === suspect)) {
      // No failure in the row: the next process does without the provider, and so gets further.
      this.#excluded.push({ provider: suspect, code: 'crashed', detail: how })
    } else {
      this.#failures++
    }
    this.#blame(how)
    if (this.#failures >= FAILURES_IN_A_ROW) {
      const reason =
        `The inference process ended ${this.#failures} times in a row (last: ${how}). ` +
        'What was done is saved. Check the memory and the model pack, then try again.'
      this.#enter({ state: 'failed', reason })
      this.#rejectAll(new LexmaskError('INFERENCE_FAILED', reason, { how }))
    } else if (this.#pending.size + this.#waitingForLoad.length > 0) {
      this.#enter({ state: 'starting' })
      const delayMs = RESTART_DELAY_MS * Math.max(0, this.#failures - 1)
      this.#restartTimer = setTimeout(() => this.#start(), delayMs)
    } else {
      this.#enter({ state: 'stopped' })
    }
  }

  /** A driver may end the process over any image; the CPU then shows whether it was the image. */
  #providerInUse(): Provider | null {
    const { state } = this
    if (state.state !== 'ready') return null
    const { used } = state.networks.provider
    return used === 'cpu' ? null : used
  }

  #blame(how: string): void {
    const inWork = Array.from(this.#pending.values()).filter(({ isSent }) => isSent)
    for (const pending of inWork) {
      pending.isSent = false
      pending.ends++
    }
    const [only] = inWork
    if (inWork.length !== 1 || only.ends < ENDS_OF_ONE_REQUEST) return
    this.#pending.delete(only.request.id)
    only.reject(
      new LexmaskError(
        'INFERENCE_FAILED',
        `The inference process ended twice over this request (${how}).`,
        { how },
      ),
    )
  }

  async #endProcess(): Promise<void> {
    clearTimeout(this.#restartTimer)
    const running = this.#process
    // First, so that its end is nobody's failure.
    this.#process = null
    await running?.kill()
  }

  #rejectAll(error: Error): void {
    const open = [...this.#waitingForLoad, ...this.#pending.values()]
    this.#waitingForLoad = []
    this.#pending.clear()
    for (const { reject } of open) reject(error)
  }

  #enter(state: HostState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}
