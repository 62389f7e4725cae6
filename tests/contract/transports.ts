import type { Transport } from '#shared/contract/client.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import type { Handlers } from '#shared/contract/dispatch.ts'
import { createEventHub } from '#shared/contract/event-hub.ts'
import type { AppEvent } from '#shared/contract/events.ts'

/** The application's end of a channel. */
export interface Served {
  readonly transport: Transport
  readonly send: (event: AppEvent) => void
}

export interface ServeOptions {
  readonly reportInternal?: (error: unknown, command: string) => void
}

/** A kind of channel under test: each must pass the same suite. */
export interface TransportKind {
  readonly name: string
  readonly serve: (handlers: Handlers, options?: ServeOptions) => Served
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
    }
  },
}

export const transportKinds: readonly TransportKind[] = [memory, fakeIpc]
