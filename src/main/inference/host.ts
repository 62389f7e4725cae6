import { errorOfFailure, LexmaskError } from '#shared/contract/errors.ts'
import type { Provider } from '#main/packs/providers.ts'
import type {
  LoadedNetworks,
  WorkerCallName,
  WorkerCalls,
  WorkerMessage,
  WorkerRequest,
  WorkerSettings,
} from './protocol.ts'
import type { LaunchWorker, WorkerProcess } from './worker-process.ts'

export type HostState =
  | { readonly state: 'stopped' | 'starting' }
  | { readonly state: 'ready'; readonly networks: LoadedNetworks }
  | { readonly state: 'failed'; readonly reason: string }

/** This many ends in a row, with no answer between them, and the host starts no more. */
const FAILURES_IN_A_ROW = 3
/** A request that was being served when the process ended this often is at fault itself. */
const ENDS_OF_ONE_REQUEST = 2
const RESTART_DELAY_MS = 200

interface Pending {
  readonly request: WorkerRequest
  readonly resolve: (output: never) => void
  readonly reject: (error: Error) => void
  ends: number
}

/**
 * Owns the inference process: starts it with the first request, starts it again after a crash with
 * the requests that were open, and gives up after three ends in a row.
 */
export class InferenceHost {
  readonly #launch: LaunchWorker
  readonly #listeners = new Set<(state: HostState) => void>()
  /** Open requests in the order of their arrival, which is the order in which they are served. */
  readonly #pending = new Map<number, Pending>()
  readonly #excluded = new Map<Provider, string>()
  #settings: Omit<WorkerSettings, 'excludedProviders'>
  #state: HostState = { state: 'stopped' }
  #process: WorkerProcess | null = null
  #loading: Promise<LoadedNetworks> | null = null
  #trying: Provider | null = null
  #failures = 0
  #restartTimer: NodeJS.Timeout | undefined
  #nextId = 1

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

  /** Load the models now, unless they are; otherwise the first request does. */
  async load(): Promise<LoadedNetworks> {
    if (this.#state.state === 'failed') {
      throw new LexmaskError('INFERENCE_FAILED', this.#state.reason, {})
    }
    this.#loading ??= this.#start()
    return this.#loading
  }

  /**
   * @throws LexmaskError what the worker failed with, or INFERENCE_FAILED when it ended over this
   * request or cannot be kept running
   */
  async call<Name extends Exclude<WorkerCallName, 'load'>>(
    name: Name,
    input: WorkerCalls[Name]['input'],
  ): Promise<WorkerCalls[Name]['output']> {
    await this.load()
    return this.#send(name, input)
  }

  /** After `failed`: forget the failures, so that the next request starts a process again. */
  retry(): void {
    this.#failures = 0
    if (this.#state.state === 'failed') this.#enter({ state: 'stopped' })
  }

  /** End the process. Open requests fail with CANCELLED. */
  stop(): void {
    clearTimeout(this.#restartTimer)
    const running = this.#process
    this.#process = null
    this.#loading = null
    running?.kill()
    this.#rejectAll(new LexmaskError('CANCELLED', 'The inference process was stopped.', {}))
    this.#enter({ state: 'stopped' })
  }

  async #start(): Promise<LoadedNetworks> {
    this.#enter({ state: 'starting' })
    const running = this.#launch()
    this.#process = running
    this.#trying = null
    running.onMessage((message) => {
      if (this.#process === running) this.#receive(message)
    })
    running.onExit((how) => {
      if (this.#process === running) this.#afterExit(how)
    })
    const excludedProviders = Array.from(this.#excluded, ([provider, reason]) => {
      return { provider, reason }
    })
    try {
      const networks = await this.#send('load', { ...this.#settings, excludedProviders })
      this.#enter({ state: 'ready', networks })
      return networks
    } catch (error) {
      // A pack that cannot be loaded will not load better the next time: no restart.
      if (this.#process === running) {
        this.#process = null
        this.#loading = null
        running.kill()
        this.#enter({ state: 'stopped' })
      }
      throw error
    }
  }

  #send<Name extends WorkerCallName>(
    call: Name,
    input: WorkerCalls[Name]['input'],
  ): Promise<WorkerCalls[Name]['output']> {
    return new Promise((resolve, reject) => {
      const request = { id: this.#nextId++, call, input } as WorkerRequest
      this.#pending.set(request.id, { request, resolve, reject, ends: 0 })
      // Between a crash and the restart there is no process; the restart sends what is open.
      this.#process?.send(request)
    })
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === 'trying') {
      this.#trying = message.provider
      return
    }
    const pending = this.#pending.get(message.id)
    if (!pending) return
    this.#pending.delete(message.id)
    if (pending.request.call === 'load') this.#trying = null
    else this.#failures = 0
    if (message.kind === 'answer') pending.resolve(message.output as never)
    else pending.reject(errorOfFailure(message.failure))
  }

  #afterExit(how: string): void {
    this.#process = null
    this.#failures++
    if (this.#trying) {
      this.#excluded.set(this.#trying, `brought the inference process down (${how})`)
    }
    this.#blameOldest(how)
    if (this.#failures >= FAILURES_IN_A_ROW) {
      const reason =
        `The inference process ended ${this.#failures} times in a row (last: ${how}). ` +
        'What was done is saved. Check the memory and the model pack, then try again.'
      this.#loading = null
      this.#enter({ state: 'failed', reason })
      this.#rejectAll(new LexmaskError('INFERENCE_FAILED', reason, { how }))
      return
    }
    if (this.#pending.size === 0) {
      this.#loading = null
      this.#enter({ state: 'stopped' })
      return
    }
    this.#enter({ state: 'starting' })
    this.#restartTimer = setTimeout(() => this.#restart(), RESTART_DELAY_MS * (this.#failures - 1))
  }

  /** Requests are served in order, so the oldest is the one that was being served. */
  #blameOldest(how: string): void {
    const [oldest] = this.#pending.values()
    if (!oldest || oldest.request.call === 'load') return
    oldest.ends++
    if (oldest.ends < ENDS_OF_ONE_REQUEST) return
    this.#pending.delete(oldest.request.id)
    oldest.reject(
      new LexmaskError(
        'INFERENCE_FAILED',
        `The inference process ended twice over this request (${how}).`,
        { how },
      ),
    )
  }

  #restart(): void {
    const open = Array.from(this.#pending.values())
    const loads = open.filter(({ request }) => request.call === 'load')
    for (const { request } of loads) this.#pending.delete(request.id)
    this.#loading = this.#start()
    this.#loading.then(
      (networks) => {
        for (const load of loads) load.resolve(networks as never)
        // Those that arrived while no process was there are among them.
        for (const { request } of this.#pending.values()) this.#process?.send(request)
      },
      (error: Error) => {
        for (const load of loads) load.reject(error)
        this.#rejectAll(error)
      },
    )
  }

  #rejectAll(error: Error): void {
    const open = Array.from(this.#pending.values())
    this.#pending.clear()
    for (const pending of open) pending.reject(error)
  }

  #enter(state: HostState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}
