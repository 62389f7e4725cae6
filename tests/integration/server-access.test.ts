import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type WebSocket from 'ws'
import { MESSAGE_LIMIT_BYTES } from '#main/server/socket.ts'
import { startServer } from '#main/server/start-server.ts'
import { PageFiles } from '#main/app/workspace/page-files.ts'
import { ServedWindow } from '../support/served-window.ts'

let served: ServedWindow
beforeAll(async () => {
  served = await ServedWindow.start()
})
afterAll(() => served.stop())

async function openedSocket(headers: Record<string, string>, path?: string): Promise<WebSocket> {
  const opened = await served.openSocket(headers, path)
  if ('socket' in opened) return opened.socket
  throw new Error(`refused with ${opened.status}`)
}

async function ask(socket: WebSocket, request: object): Promise<unknown> {
  const answer = once(socket, 'message')
  socket.send(JSON.stringify(request))
  const [data] = (await answer) as [Buffer]
  return JSON.parse(data.toString()) as unknown
}

describe('the printed address', () => {
  it('opens the page, and takes the token out of the address bar', async () => {
    const first = await served.get(`/?token=${served.server.token}`)
    expect(first.status).toBe(303)
    expect(first.headers.location).toBe('/')
    expect(first.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(first.headers['set-cookie']?.[0]).not.toContain(served.server.token)

    const second = await served.get('/', await served.signIn())
    expect(second.status).toBe(200)
    expect(second.body.toString()).toBe('<p>the window</p>')
  })

  it('works from a link on another site, where the browser holds the cookie back at first', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    const page = await served.get(`/?token=${served.server.token}`, headers)
    expect(page.status).toBe(200)
    expect(page.headers['set-cookie']).toHaveLength(1)
    expect(page.body.toString()).toContain('http-equiv="refresh" content="0; url=/"')
  })

  it('has a token of 256 bits, and another one at each start', async () => {
    const other = await ServedWindow.start()
    expect(Buffer.from(served.server.token, 'base64url')).toHaveLength(32)
    expect(other.server.token).not.toBe(served.server.token)
    await other.stop()
  })
})

describe('without the token', () => {
  it.each(['/', '/index.html', '/asset/thumbnail/1', '/assets/index.js', '/nothing'])(
    '%s is refused',
    async (path) => {
      const answer = await served.get(path)
      expect(answer.status).toBe(401)
      expect(answer.body.toString()).not.toContain('the window')
      expect(answer.body.toString()).toContain('Open the address that')
    },
  )

  it.each(['/?token=', '/?token=wrong', '/?token=a&token=b'])('so is %s', async (path) => {
    expect((await served.get(path)).status).toBe(401)
  })

  it('the token is no cookie, and the cookie no token', async () => {
    const { cookie } = await served.signIn()
    const [name, session] = cookie.split('=')
    const asCookie = { cookie: `${name}=${served.server.token}` }
    expect((await served.get('/', asCookie)).status).toBe(401)
    expect((await served.get(`/?token=${session}`)).status).toBe(401)
  })

  it('a socket is refused', async () => {
    await expect(served.openSocket({ origin: served.origin })).resolves.toEqual({ status: 401 })
  })
})

describe('a foreign page', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'me@127.0.0.1',
  ])('whose name leads here (%j) is refused, token or not', async (host) => {
    const headers = { host, ...(await served.signIn()) }
    expect((await served.get(`/?token=${served.server.token}`, headers)).status).toBe(421)
    expect((await served.get('/', headers)).status).toBe(421)
  })

  it.each(['localhost', '127.0.0.1:9000', '[::1]:9000'])(
    'is not what a tunnel looks like: %s is served',
    async (host) => {
      const answer = await served.get('/', { host, ...(await served.signIn()) })
      expect(answer.status).toBe(200)
    },
  )

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'file://', 'lexmask://app'])(
    'of the origin %s gets no socket with the cookie of the person',
    async (origin) => {
      const headers = { origin, ...(await served.signIn()) }
      await expect(served.openSocket(headers)).resolves.toEqual({ status: 403 })
      const withToken = `/ws?token=${served.server.token}`
      await expect(served.openSocket(headers, withToken)).resolves.toEqual({ status: 403 })
    },
  )

  it('cannot leave its origin out', async () => {
    await expect(served.openSocket(await served.signIn())).resolves.toEqual({ status: 403 })
  })

  it('may neither frame nor embed what is served', async () => {
    const { headers } = await served.get('/', await served.signIn())
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; ")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
  })
})

describe('a socket', () => {
  it('of our own page answers by the id of the request', async () => {
    const socket = await openedSocket({ origin: served.origin, ...(await served.signIn()) })
    const answer = await ask(socket, { id: 7, name: 'workspace.get', input: {} })
    expect(answer).toMatchObject({ id: 7, reply: { ok: true, data: { project: null } } })
    socket.terminate()
  })

  it('of a program needs the token and no origin', async () => {
    const socket = await openedSocket({}, `/ws?token=${served.server.token}`)
    await expect(ask(socket, { id: 1, name: 'no.such', input: {} })).resolves.toMatchObject({
      reply: { ok: false, error: { code: 'UNKNOWN_COMMAND' } },
    })
    socket.terminate()
  })

  it.each([
    ['no JSON', '{'],
    ['no request', '[]'],
    ['something besides', '{"id":1,"name":"workspace.get","input":{},"more":1}'],
    ['bytes', Buffer.from([1, 2, 3])],
  ])('that sends %s is closed', async (_what, message) => {
    const socket = await openedSocket({}, `/ws?token=${served.server.token}`)
    const closed = once(socket, 'close')
    socket.send(message)
    expect((await closed)[0]).toBe(1002)
  })

  it('that sends more than a window ever needs is closed, and the others go on', async () => {
    const other = await openedSocket({}, `/ws?token=${served.server.token}`)
    const socket = await openedSocket({}, `/ws?token=${served.server.token}`)
    socket.on('error', () => undefined)
    const closed = once(socket, 'close')
    const input = 'x'.repeat(MESSAGE_LIMIT_BYTES)
    socket.send(JSON.stringify({ id: 1, name: 'images.add', input }))
    expect((await closed)[0]).toBe(1009)
    const answer = await ask(other, { id: 2, name: 'workspace.get', input: {} })
    expect(answer).toMatchObject({ id: 2, reply: { ok: true } })
    other.terminate()
  })

  it('that takes no events is let go, so that they do not fill the memory', async () => {
    const socket = await openedSocket({}, `/ws?token=${served.server.token}`)
    const closed = once(socket, 'close')
    socket.pause()
    const paths = ['x'.repeat(2 ** 20)]
    for (let i = 0; i < 120; i++) served.workspace.events.emit('files.dropped', { paths })
    socket.resume()
    expect((await closed)[0]).toBe(1006)
  })
})

describe('a request that no window makes', () => {
  it.each([
    ['a form', 'POST', '/', 'a=1', 'application/x-www-form-urlencoded', 404],
    ['a body that is too long', 'POST', '/ws', 'x'.repeat(5000), 'application/json', 413],
    ['JSON that is none', 'PUT', '/', '{x}', 'application/json', 400],
    ['a deletion', 'DELETE', '/asset/thumbnail/1', '', 'text/plain', 404],
  ])('such as %s is refused, and no fault of the server', async (...given) => {
    const [, method, path, body, type, status] = given
    const headers = { ...(await served.signIn()), 'content-type': type }
    // What the server reports as a fault of its own fails the test.
    const answer = await served.get(path, headers, { method, body })
    expect(answer.status).toBe(status)
    expect((await served.get('/', await served.signIn())).status).toBe(200)
  })

  it('such as 10,000 at once is answered, each by its id', async () => {
    const socket = await openedSocket({}, `/ws?token=${served.server.token}`)
    const names = ['workspace.get', 'images.list', 'no.such', '__proto__']
    const codes = new Map<number, string>()
    const all = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        const { id, reply } = JSON.parse(data.toString()) as {
          id: number
          reply: { ok: boolean; error?: { code: string } }
        }
        codes.set(id, reply.error?.code ?? 'ok')
        if (codes.size === 10_000) resolve()
      }),
    )
    for (let id = 0; id < 10_000; id++)
      socket.send(JSON.stringify({ id, name: names[id % 4], input: {} }))
    await all
    const told = ['ok', 'NO_PROJECT', 'UNKNOWN_COMMAND', 'UNKNOWN_COMMAND']
    for (const [id, code] of codes) expect(code).toBe(told[id % 4])
    socket.terminate()
  })
})

describe('a port', () => {
  it('that another program has is named', async () => {
    const { port } = served.server
    await expect(
      startServer({
        workspace: served.workspace,
        page: new PageFiles(served.folder),
        host: '127.0.0.1',
        port,
        report: () => undefined,
      }),
    ).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use by another program.`)
  })
})
