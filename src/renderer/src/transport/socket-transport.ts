import type { Transport } from '#shared/contract/client.ts'
import type { Reply } from '#shared/contract/dispatch.ts'
import { createEventHub } from '#shared/contract/event-hub.ts'
import type { AppEvent } from '#shared/contract/events.ts'

export type ConnectionState = 'connecting' | 'open' | 'lost'

export interface SocketTransport extends Transport {
  /** Called at once, and whenever it changes. */
  readonly watchConnection: (listener: (state: ConnectionState) => void) => () => void
  readonly close: () => void
}

export interface SocketOptions {
  readonly url: string
  /** For tests; the browser's own otherwise. */
  readonly openSocket?: (url: string) => WebSocket
  readonly report: (error: unknown) => void
}

type Incoming = { readonly id: number; readonly reply: Reply } | { readonly event: AppEvent }

interface Pending {
  readonly message: string
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
  isSent: boolean
}

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 8000

/**
 * Requests and events over a WebSocket that is opened again, later each time, when it is lost.
 * A request that was sent on a lost connection fails, as nobody knows whether it was carried out;
 * one that waits for the connection is sent when it is there.
 */
export function createSocketTransport(options: SocketOptions): SocketTransport {
  const openSocket = options.openSocket ?? ((url) => new WebSocket(url))
  const hub = createEventHub<{ event: AppEvent; connection: ConnectionState }>(options.report)
  const pending = new Map<number, Pending>()
  let nextId = 1
  let failedAttempts = 0
  let state: ConnectionState = 'connecting'
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let socket = connect()

  function enter(next: ConnectionState): void {
    if (next === state) return
    state = next
    hub.emit('connection', state)
  }

  function connect(): WebSocket {
    const opened = openSocket(options.url)
    opened.onopen = () => {
      failedAttempts = 0
      for (const request of pending.values()) send(request)
      enter('open')
    }
    opened.onmessage = ({ data }) => receive(String(data))
    opened.onclose = () => {
      for (const [id, request] of pending) {
        if (!request.isSent) continue
        pending.delete(id)
        request.reject(new Error('The connection was lost'))
      }
      if (isClosed) return
      enter('lost')
      timer = setTimeout(() => (socket = connect()), delayMs(failedAttempts++))
    }
    return opened
  }

  function send(request: Pending): void {
    request.isSent = true
    socket.send(request.message)
  }

  function receive(text: string): void {
    const incoming = JSON.parse(text) as Incoming
    if ('event' in incoming) return hub.emit('event', incoming.event)
    pending.get(incoming.id)?.resolve(incoming.reply)
    pending.delete(incoming.id)
  }

  return {
    request: (name, input) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        const message = JSON.stringify({ id, name, input })
        const request = { message, resolve, reject, isSent: false }
        pending.set(id, request)
        if (state === 'open') send(request)
      }),
    subscribe: (listener) => hub.subscribe('event', listener),
    watchConnection(listener) {
      listener(state)
      return hub.subscribe('connection', listener)
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      socket.close()
    },
  }
}

/** How long to wait before the next attempt. */
export function delayMs(failedAttempts: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failedAttempts)
}

/** Where the page's own server listens. */
export function socketUrl({ protocol, host }: { protocol: string; host: string }): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`
}
