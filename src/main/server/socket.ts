import type { WebSocket } from '@fastify/websocket'
import { z } from 'zod'
import { dispatch, type Handlers } from '#shared/contract/dispatch.ts'
import type { EventHub } from '#shared/contract/event-hub.ts'
import { APP_EVENT_NAMES, type AppEvent, type AppEvents } from '#shared/contract/events.ts'

/** What a window may send at once: a mask of a large image is some hundred KB. */
export const MESSAGE_LIMIT_BYTES = 16 * 2 ** 20
/** From here on no more requests are read from a window that does not take its answers. */
const FULL_BYTES = 8 * 2 ** 20
/** A window that takes no events at all is let go: it connects again and asks for the state. */
const LOST_BYTES = 64 * 2 ** 20
const PING_MS = 30_000

const requestSchema = z.strictObject({
  id: z.number(),
  name: z.string().max(200),
  input: z.unknown(),
})

/** RFC 6455: what the other side sent cannot be understood. */
const CLOSE_PROTOCOL_ERROR = 1002

export interface SocketOptions {
  readonly handlers: Handlers
  readonly events: EventHub<AppEvents>
  readonly report: (error: unknown) => void
}

/** One window on a WebSocket: `{id, name, input}` comes in; `{id, reply}` and `{event}` go out. */
export function serveSocket(socket: WebSocket, { handlers, events, report }: SocketOptions): void {
  let isHeard = true
  const send = (message: object): void => {
    if (socket.readyState !== socket.OPEN) return
    socket.send(JSON.stringify(message), () => {
      if (socket.isPaused && socket.bufferedAmount < FULL_BYTES) socket.resume()
    })
  }
  const tell = (event: AppEvent): void => {
    if (socket.bufferedAmount > LOST_BYTES) socket.terminate()
    else send({ event })
  }
  const leave = APP_EVENT_NAMES.map((name) =>
    events.subscribe(name, (data) => tell({ name, data } as AppEvent)),
  )
  const pinging = setInterval(() => {
    if (!isHeard) socket.terminate()
    isHeard = false
    socket.ping()
  }, PING_MS)
  socket.on('pong', () => (isHeard = true))
  // Such as a message over the limit: the socket closes itself, and says why to the other side.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    clearInterval(pinging)
    for (const unsubscribe of leave) unsubscribe()
  })
  socket.on('message', (data, isBinary) => {
    isHeard = true
    const request = isBinary ? null : parseRequest(data as Buffer)
    if (request === null) {
      socket.close(CLOSE_PROTOCOL_ERROR, 'Expected {id, name, input} as JSON.')
      return
    }
    const { id, name, input } = request
    void dispatch(handlers, name, input, report).then((reply) => {
      send({ id, reply })
      if (socket.bufferedAmount > FULL_BYTES) socket.pause()
    })
  })
}

function parseRequest(data: Buffer): z.infer<typeof requestSchema> | null {
  try {
    return requestSchema.parse(JSON.parse(data.toString('utf8')))
  } catch {
    return null
  }
}
