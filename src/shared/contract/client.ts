import type { CommandName, CommandOutput, CommandRequest, Snapshot } from './commands.ts'
import type { Reply } from './dispatch.ts'
import { errorOfFailure, LexmaskError } from './errors.ts'
import { createEventHub } from './event-hub.ts'
import type { Unsubscribe } from './event-hub.ts'
import type { AppEvent, AppEvents, RecordsChanged } from './events.ts'

/** What a channel to the application must be able to do: memory, Electron's IPC, a WebSocket. */
export interface Transport {
  /** Rejects only when the channel itself fails. */
  readonly request: (name: string, input: unknown) => Promise<Reply>
  readonly subscribe: (listener: (event: AppEvent) => void) => Unsubscribe
}

/** A request as it was made, of whatever command. */
export interface AnyRequest {
  /** Of this client, and of one request alone. */
  readonly id: number
  readonly name: CommandName
  readonly input: unknown
}

/** The application's events, and those of the client's own bookkeeping. */
export interface ClientEvents extends AppEvents {
  /** The state as a whole; later `records.changed` go on from here. */
  readonly 'snapshot.received': Snapshot
  /** Something was asked of the application. */
  readonly 'request.started': AnyRequest
  /** It was answered; told before who asked knows. */
  readonly 'request.ended': AnyRequest & { readonly error: LexmaskError | null }
  /** Events were missed and the state could not be asked for; the next event tries again. */
  readonly 'snapshot.failed': LexmaskError
}

/** The input may be left out where every part of it may. */
type RequestArguments<Name extends CommandName> =
  Record<string, never> extends CommandRequest<Name>
    ? [input?: CommandRequest<Name>]
    : [input: CommandRequest<Name>]

export interface Client {
  /** @throws LexmaskError with the code of the application, or TRANSPORT_FAILED */
  readonly request: <Name extends CommandName>(
    name: Name,
    ...input: RequestArguments<Name>
  ) => Promise<CommandOutput<Name>>
  /** The same request once more. @throws as `request` */
  readonly repeat: (request: AnyRequest) => Promise<void>
  readonly subscribe: <Name extends keyof ClientEvents>(
    name: Name,
    listener: (data: ClientEvents[Name]) => void,
  ) => Unsubscribe
  /**
   * Asks for the state, at the start or after another project was opened. Resolves once its
   * `snapshot.received` was delivered. Does not ask again while an answer is awaited.
   */
  readonly synchronise: () => Promise<void>
  readonly close: () => void
}

export interface ClientOptions {
  /** The images that are on show when a snapshot is asked for. */
  readonly shownImageIds: () => readonly number[]
  /** Gets what a listener threw. */
  readonly report: (error: unknown) => void
}

/**
 * Requests with types, and events without gaps: `records.changed` is delivered in the order of its
 * revisions. When one is missing, the client asks once for a snapshot, keeps what arrives meanwhile,
 * and delivers of it what is newer than the snapshot.
 */
export function createClient(transport: Transport, options: ClientOptions): Client {
  const hub = createEventHub<ClientEvents>(options.report)
  /** The revision up to which listeners know everything; null before the first snapshot. */
  let knownRevision: number | null = null
  let waiting: RecordsChanged[] = []
  let asking: Promise<void> | null = null

  let requests = 0

  const send = async (name: CommandName, input: unknown): Promise<unknown> => {
    const reply = await transport.request(name, input).catch((cause: unknown) => {
      throw new LexmaskError(
        'TRANSPORT_FAILED',
        'The connection to Lexmask failed. Check that it is still running, then try again.',
        { command: name },
        { cause },
      )
    })
    if (!reply.ok) throw errorOfFailure(reply.error)
    return reply.data
  }

  const ask = async (name: CommandName, input: unknown): Promise<unknown> => {
    const made: AnyRequest = { id: ++requests, name, input }
    hub.emit('request.started', made)
    try {
      const data = await send(name, input)
      hub.emit('request.ended', { ...made, error: null })
      return data
    } catch (error) {
      hub.emit('request.ended', { ...made, error: error as LexmaskError })
      throw error
    }
  }

  const request = <Name extends CommandName>(
    name: Name,
    ...input: RequestArguments<Name>
  ): Promise<CommandOutput<Name>> => ask(name, input[0] ?? {}) as Promise<CommandOutput<Name>>

  const askForSnapshot = async (): Promise<void> => {
    const snapshot = await request('project.snapshot', { imageIds: [...options.shownImageIds()] })
    knownRevision = snapshot.revision
    hub.emit('snapshot.received', snapshot)
  }

  const synchronise = (): Promise<void> => {
    asking ??= askForSnapshot().then(
      () => {
        asking = null
        const arrived = waiting.sort((a, b) => a.revision - b.revision)
        waiting = []
        for (const change of arrived) receive(change)
      },
      (error: unknown) => {
        asking = null
        // The next event is a gap again, and asks again.
        waiting = []
        throw error
      },
    )
    return asking
  }

  const receive = (change: RecordsChanged): void => {
    if (asking !== null) {
      waiting.push(change)
    } else if (knownRevision === null || change.revision > knownRevision + 1) {
      // Not kept: it was committed before the snapshot is made, which therefore holds it.
      synchronise().catch((error: unknown) => hub.emit('snapshot.failed', error as LexmaskError))
    } else if (change.revision === knownRevision + 1) {
      knownRevision = change.revision
      hub.emit('records.changed', change)
    }
    // Older revisions are part of the last snapshot.
  }

  const unsubscribe = transport.subscribe((event) => {
    if (event.name === 'records.changed') receive(event.data)
    else hub.emit(event.name, event.data)
  })

  const repeat = async ({ name, input }: AnyRequest): Promise<void> => void (await ask(name, input))

  return { request, repeat, subscribe: hub.subscribe, synchronise, close: unsubscribe }
}
