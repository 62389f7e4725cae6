import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSocketTransport, delayMs, socketUrl } from '#renderer/transport/socket-transport.ts'
import type { ConnectionState } from '#renderer/transport/socket-transport.ts'

/** The server's end of each connection that was opened. */
class FakeSocket {
  readonly sent: { id: number; name: string; input: unknown }[] = []
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeSocket['sent'][number])
  }

  answer(id: number, data: unknown): void {
    this.onmessage?.({ data: JSON.stringify({ id, reply: { ok: true, data } }) })
  }

  close(): void {
    this.onclose?.()
  }
}

function open() {
  const sockets: FakeSocket[] = []
  const states: ConnectionState[] = []
  const transport = createSocketTransport({
    url: 'ws://here/ws',
    openSocket: () => {
      sockets.push(new FakeSocket())
      return sockets.at(-1) as unknown as WebSocket
    },
    report: (error) => {
      throw error
    },
  })
  transport.watchConnection((state) => states.push(state))
  return { sockets, states, transport }
}

describe('the WebSocket transport', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('sends what was asked before the connection was there', async () => {
    const { sockets, transport } = open()
    const reply = transport.request('workspace.get', {})
    expect(sockets[0].sent).toEqual([])
    sockets[0].onopen?.()
    sockets[0].answer(sockets[0].sent[0].id, 'state')
    await expect(reply).resolves.toEqual({ ok: true, data: 'state' })
  })

  it('gives every answer to its own question', async () => {
    const { sockets, transport } = open()
    sockets[0].onopen?.()
    const first = transport.request('a', {})
    const second = transport.request('b', {})
    sockets[0].answer(sockets[0].sent[1].id, 2)
    sockets[0].answer(sockets[0].sent[0].id, 1)
    expect(await first).toMatchObject({ data: 1 })
    expect(await second).toMatchObject({ data: 2 })
  })

  it('fails what was sent on a lost connection, and never sends it twice', async () => {
    const { sockets, transport, states } = open()
    sockets[0].onopen?.()
    const lost = transport.request('images.remove', { imageIds: [1] })
    const failed = expect(lost).rejects.toThrow('connection')
    sockets[0].close()
    await failed
    const waiting = transport.request('workspace.get', {})
    await vi.advanceTimersByTimeAsync(500)
    sockets[1].onopen?.()
    expect(sockets[1].sent.map(({ name }) => name)).toEqual(['workspace.get'])
    sockets[1].answer(sockets[1].sent[0].id, 'again')
    expect(await waiting).toMatchObject({ data: 'again' })
    expect(states).toEqual(['connecting', 'open', 'lost', 'open'])
  })

  it('waits longer after each attempt that fails, up to a bound', async () => {
    const { sockets } = open()
    sockets[0].close()
    for (let i = 0; i < 4; i++) {
      await vi.advanceTimersByTimeAsync(delayMs(i) - 1)
      expect(sockets).toHaveLength(i + 1)
      await vi.advanceTimersByTimeAsync(1)
      expect(sockets).toHaveLength(i + 2)
      sockets.at(-1)?.close()
    }
    expect(delayMs(30)).toBe(8000)
  })

  it('does not come back after it was closed', async () => {
    const { sockets, transport } = open()
    sockets[0].onopen?.()
    transport.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sockets).toHaveLength(1)
  })

  it('goes to the server of the page', () => {
    expect(socketUrl({ protocol: 'http:', host: '127.0.0.1:4000' })).toBe('ws://127.0.0.1:4000/ws')
    expect(socketUrl({ protocol: 'https:', host: 'x' })).toBe('wss://x/ws')
  })
})
