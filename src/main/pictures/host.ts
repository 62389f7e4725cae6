import { basename } from 'node:path'
import { nodeLauncher, type LaunchedProcess } from '#main/processes/launch-node.ts'
import { errorOfFailure, LexmaskError } from '#shared/contract/errors.ts'
import type {
  LaunchPictures,
  PictureCallName,
  PictureCalls,
  PictureMessage,
  PictureRequest,
} from './protocol.ts'
import { nextRequest, type WaitingRequest } from './request-order.ts'

/** Requests that the process has at a time: each decodes on a thread of its own. */
const AT_A_TIME = 2
/** This many ends in a row, with no answer between them, and open requests fail. */
const FAILURES_IN_A_ROW = 3
/** A request that a process ended over this often, the last time alone, is at fault itself. */
const ENDS_OF_ONE_REQUEST = 2
/** After giving up, no process is started for a while: a grid would start three for every image. */
const REST_MS = 10_000

interface Pending extends WaitingRequest {
  readonly input: PictureCalls[PictureCallName]['input']
  readonly resolve: (output: never) => void
  readonly reject: (error: Error) => void
  /** Whether the present process has it. */
  isSent: boolean
  ends: number
}

export interface CallOptions {
  /** Takes the request back; one that is in work already ends unheard. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Owns the picture process: starts it with the first request, gives it a few requests at a time, and
 * starts it again after a crash with those that were open.
 */
export class PictureHost {
  readonly #launch: LaunchPictures
  readonly #now: () => number
  readonly #pending = new Map<number, Pending>()
  /** Sent, and taken back since: their answers still free a place. */
  readonly #unheard = new Set<number>()
  #process: LaunchedProcess<PictureRequest, PictureMessage> | null = null
  #isReady = false
  #failures = 0
  #givenUp: { readonly untilMs: number; readonly reason: string } | null = null
  #nextId = 1

  /** @param now milliseconds of a monotonic clock */
  constructor(launch: LaunchPictures, now: () => number = () => performance.now()) {
    this.#launch = launch
    this.#now = now
  }

  /** undefined while no process runs. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /**
   * @throws LexmaskError what the process failed with; CANCELLED; IMAGE_UNREADABLE when the process
   *   ended over this request; PICTURES_FAILED when it cannot be kept running
   */
  call<Name extends PictureCallName>(
    call: Name,
    input: PictureCalls[Name]['input'],
    { signal }: CallOptions = {},
  ): Promise<PictureCalls[Name]['output']> {
    return new Promise<PictureCalls[Name]['output']>((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelled())
        return
      }
      const id = this.#nextId++
      const takeBack = (): void => this.#takeBack(id)
      signal?.addEventListener('abort', takeBack, { once: true })
      const settled =
        <Value>(settle: (value: Value) => void) =>
        (value: Value): void => {
          signal?.removeEventListener('abort', takeBack)
          settle(value)
        }
      this.#pending.set(id, {
        id,
        call,
        input,
        resolve: settled(resolve),
        reject: settled(reject),
        isSent: false,
        ends: 0,
      })
      this.#dispatch()
    })
  }

  /**
   * End the process; open requests fail with CANCELLED, at once, and a later one starts it again.
   * Resolves when it is gone. Never throws.
   */
  async stop(): Promise<void> {
    const running = this.#process
    // First, so that its end is nobody's failure.
    this.#process = null
    this.#unheard.clear()
    const ended = running?.kill()
    this.#rejectAll(cancelled())
    await ended
  }

  #dispatch(): void {
    if (this.#pending.size === 0 || !this.#ensureStarted() || !this.#isReady) return
    for (;;) {
      const open = Array.from(this.#pending.values())
      const inWork = open.filter(({ isSent }) => isSent).length + this.#unheard.size
      // After a crash alone and before all others: several were in work, and only one is at fault.
      const suspect = open.find(({ ends }) => ends > 0)
      const next = suspect ?? nextRequest(open.filter(({ isSent }) => !isSent))
      if (!next || next.isSent || inWork >= (suspect ? 1 : AT_A_TIME)) return
      next.isSent = true
      const { id, call, input } = next
      this.#process?.send({ id, call, input } as PictureRequest)
    }
  }

  /** False when no process can be had: then nothing is open any more. */
  #ensureStarted(): boolean {
    if (this.#process) return true
    if (this.#givenUp && this.#now() < this.#givenUp.untilMs) {
      this.#rejectAll(new LexmaskError('PICTURES_FAILED', this.#givenUp.reason))
      return false
    }
    this.#givenUp = null
    try {
      const started = this.#launch()
      this.#process = started
      this.#isReady = false
      started.onMessage((message) => {
        if (this.#process === started) this.#receive(message)
      })
      started.onExit((how) => {
        if (this.#process === started) this.#afterEnd(how)
      })
      return true
    } catch (error) {
      this.#giveUp((error as Error).message)
      return false
    }
  }

  #receive(message: PictureMessage): void {
    if (message.kind === 'ready') {
      this.#isReady = true
      this.#dispatch()
      return
    }
    this.#failures = 0
    this.#unheard.delete(message.id)
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.kind === 'answer') pending?.resolve(message.output as never)
    else pending?.reject(errorOfFailure(message.failure))
    this.#dispatch()
  }

  #takeBack(id: number): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#pending.delete(id)
    if (pending.isSent) this.#unheard.add(id)
    pending.reject(cancelled())
    this.#dispatch()
  }

  #afterEnd(how: string): void {
    this.#process = null
    this.#unheard.clear()
    this.#failures++
    this.#blame(how)
    if (this.#failures >= FAILURES_IN_A_ROW) this.#giveUp(how)
    else this.#dispatch()
  }

  #blame(how: string): void {
    const inWork = Array.from(this.#pending.values()).filter(({ isSent }) => isSent)
    for (const pending of inWork) {
      pending.isSent = false
      pending.ends++
    }
    const [only] = inWork
    if (inWork.length !== 1 || only.ends < ENDS_OF_ONE_REQUEST) return
    this.#pending.delete(only.id)
    // That it is this image's fault is known now, and the process itself is sound.
    this.#failures = 0
    const { path } = only.input
    only.reject(
      new LexmaskError(
        'IMAGE_UNREADABLE',
        `“${basename(path)}” brought the picture process down twice (${how}). Open it in an image ` +
          'program and save it again as PNG or JPEG.',
        { path, how },
      ),
    )
  }

  #giveUp(how: string): void {
    const reason =
      `Pictures cannot be made: their process ended ${Math.max(1, this.#failures)} times in a row ` +
      `(last: ${how}). Close other programs if memory is short, then try again.`
    this.#failures = 0
    this.#givenUp = { untilMs: this.#now() + REST_MS, reason }
    this.#rejectAll(new LexmaskError('PICTURES_FAILED', reason, { how }))
  }

  #rejectAll(error: Error): void {
    const open = Array.from(this.#pending.values())
    this.#pending.clear()
    for (const { reject } of open) reject(error)
  }
}

/** A launcher that forks the picture process's bundle with this process's own Node. */
export function pictureLauncher(picturesFile: string): LaunchPictures {
  return nodeLauncher(picturesFile)
}

function cancelled(): LexmaskError {
  return new LexmaskError('CANCELLED', 'The picture is not wanted any more.')
}
