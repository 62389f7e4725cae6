import type { Transport } from '#shared/contract/client.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import type { Handlers } from '#shared/contract/dispatch.ts'
import { createEventHub, type EventHub } from '#shared/contract/event-hub.ts'
import type { AppEvent, AppEvents } from '#shared/contract/events.ts'
import { PageFiles } from '#main/app/workspace/page-files.ts'
import { startServer, type Server } from '#main/server/start-server.ts'
import { createSocketTransport } from '../../src/renderer/src/transport/socket-transport.ts'

/** The application's end of a channel. */
export interface Served {
  readonly transport: Transport
  readonly send: (event: AppEvent) => void
  /** Resolves after a few messages each way. */
  readonly settled: () => Promise<void>
}

export interface ServeOptions {
  readonly reportInternal?: (error: unknown, command: string) => void
}

/** A kind of channel under test: each must pass the same suite. */
export interface TransportKind {
  readonly name: string
  readonly serve: (handlers: Handlers, options?: ServeOptions) => Served
}

async function someTurns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
}

function failTest(error: unknown): never {
  throw error
}

/** Caller and application in one process, nothing between them. */
const memory: TransportKind = {
  name: 'memory',
  serve: (handlers, { reportInternal } = {}) => {
    const hub = createEventHub<{ event: AppEvent }>(failTest)
    return {
      transport: {
        request: (name, input) => dispatch(handlers, name, input, reportInternal),
        subscribe: (listener) => hub.subscribe('event', listener),
      },
      send: (event) => hub.emit('event', event),
      settled: someTurns,
    }
  },
}

/** What Electron's IPC does to values: everything is a structured clone, and arrives a turn later. */
const fakeIpc: TransportKind = {
  name: 'fake IPC',
  serve: (handlers, { reportInternal } = {}) => {
    const hub = createEventHub<{ event: AppEvent }>(failTest)
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    return {
      transport: {
        async request(name, input) {
          const sent: unknown = structuredClone(input)
          await turn()
          const reply = structuredClone(await dispatch(handlers, name, sent, reportInternal))
          await turn()
          return reply
        },
        subscribe: (listener) => hub.subscribe('event', listener),
      },
      send(event) {
        const sent = structuredClone(event)
        setImmediate(() => hub.emit('event', sent))
      },
      settled: someTurns,
    }
  },
}

/** What the one server of this suite serves to the next connection. */
interface Application extends ServeOptions {
  readonly handlers: Handlers
  readonly events: EventHub<AppEvents>
}
let served: Application | null = null
let server: Promise<Server> | null = null

const application = (): Application => served ?? failTest(new Error('Nothing is served.'))

function serverOfSuite(): Promise<Server> {
  server ??= startServer({
    workspace: {
      get handlers() {
        return application().handlers
      },
      get events() {
        return application().events
      },
      answerAsset: () => failTest(new Error('No picture was expected.')),
    },
    page: new PageFiles('/nowhere'),
    host: '127.0.0.1',
    port: 0,
    report: (...told: unknown[]) => application().reportInternal?.(told[0], told[1] as string),
  })
  return server
}

/** A real WebSocket: the product's server at one end, the window's own transport at the other. */
const webSocket: TransportKind = {
  name: 'a WebSocket',
  serve: (handlers, options = {}) => {
    const events = createEventHub<AppEvents>(failTest)
    served = { handlers, events, ...options }
    const transport = serverOfSuite().then(({ port, token }) =>
      createSocketTransport({
        url: `ws://127.0.0.1:${port}/ws?token=${token}`,
        report: failTest,
      }),
    )
    const request: Transport['request'] = async (name, input) =>
      (await transport).request(name, input)
    // An answer comes after all that was sent before it.
    const roundTrip = (): Promise<unknown> => request('no.such', {})
    const connected = roundTrip()
    return {
      transport: {
        request,
        subscribe: (listener) => {
          let leave = (): void => undefined
          let hasLeft = false
          void transport.then(({ subscribe }) => {
            if (!hasLeft) leave = subscribe(listener)
          })
          return () => {
            hasLeft = true
            leave()
          }
        },
      },
      send: (event) => void connected.then(() => events.emit(event.name, event.data as never)),
      settled: async () => {
        await connected
        for (let i = 0; i < 4; i++) await roundTrip()
      },
    }
  },
}

export const transportKinds: readonly TransportKind[] = [memory, fakeIpc, webSocket]

/** Ends what the suite has started. */
export async function closeServer(): Promise<void> {
  await (await server)?.close()
}
