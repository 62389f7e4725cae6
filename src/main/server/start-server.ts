import websocket from '@fastify/websocket'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { PageFiles } from '#main/app/workspace/page-files.ts'
import { pageHeaders } from '#main/app/workspace/page-policy.ts'
import type { Workspace } from '#main/app/workspace/workspace.ts'
import { cookieIn, createToken, isOwnHost, isOwnOrigin, isSameSecret, ownNames } from './access.ts'
import { LEADING_ON_PAGE, NO_TOKEN_PAGE, NOT_BUILT_PAGE, WRONG_HOST_PAGE } from './pages.ts'
import { MESSAGE_LIMIT_BYTES, serveSocket } from './socket.ts'

export interface ServerOptions {
  readonly workspace: Pick<Workspace, 'handlers' | 'events' | 'answerAsset'>
  readonly page: PageFiles
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Gets what no user can act on, for the log. */
  readonly report: (error: unknown) => void
}

export interface Server {
  readonly port: number
  readonly token: string
  /** With the token: who has it may do all that a window can. */
  readonly url: string
  /** Ends all connections. */
  close(): Promise<void>
}

const HTML = 'text/html; charset=utf-8'
/** RFC 6455: this end is going away. */
const CLOSE_GOING_AWAY = 1001

/** @throws LexmaskError INVALID_INPUT when the port or the host cannot be had */
export async function startServer(options: ServerOptions): Promise<Server> {
  const token = createToken()
  const server = fastify({ bodyLimit: 1024, forceCloseConnections: true })
  await server.register(websocket, {
    options: { maxPayload: MESSAGE_LIMIT_BYTES, perMessageDeflate: false },
  })
  const { host, port: wantedPort } = options
  guard(server, { token, names: ownNames(host), isPort: () => portOf(server) })
  serve(server, options)
  try {
    await server.listen({ host, port: wantedPort })
  } catch (error) {
    throw listenFailure(host, wantedPort, error as NodeJS.ErrnoException)
  }
  const port = portOf(server)
  return {
    port,
    token,
    url: `http://${shownHost(host)}:${port}/?token=${token}`,
    close: async () => {
      for (const client of server.websocketServer.clients) {
        client.close(CLOSE_GOING_AWAY, 'Lexmask was ended.')
      }
      await server.close()
    },
  }
}

function portOf(server: FastifyInstance): number {
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Nothing is answered before the name, the token and, for a socket, the origin are right. */
function guard(
  server: FastifyInstance,
  access: { token: string; names: ReadonlySet<string>; isPort: () => number },
): void {
  // A value of its own: what a log of requests may hold does not open the door a second time.
  const session = createToken()
  server.addHook('onRequest', async (request, reply) => {
    const isOwn = isOwnHost(request.headers.host, access.names)
    reply.headers(pageHeaders(isOwn ? `ws://${request.host}` : null))
    if (!isOwn) return reply.code(421).type(HTML).send(WRONG_HOST_PAGE)
    // Other servers of this host get the same cookies: the name tells them apart.
    const cookie = `lexmask-${access.isPort()}`
    const { token } = request.query as { token?: unknown }
    const hasToken = typeof token === 'string' && isSameSecret(token, access.token)
    const known = cookieIn(request.headers.cookie, cookie)
    if (!hasToken && (known === null || !isSameSecret(known, session))) {
      return reply.code(401).type(HTML).header('cache-control', 'no-store').send(NO_TOKEN_PAGE)
    }
    if (request.ws) return refuseForeignSocket(request, reply, hasToken)
    if (!hasToken) return
    reply.header('set-cookie', `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict`)
    reply.header('cache-control', 'no-store')
    // The token goes out of the address bar, and is not in the history of the window's pages.
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      return reply.type(HTML).send(LEADING_ON_PAGE)
    }
    return reply.redirect('/', 303)
  })
}

/** A browser always says where a socket's page is from; a program with the token need not. */
function refuseForeignSocket(
  request: FastifyRequest,
  reply: FastifyReply,
  hasToken: boolean,
): FastifyReply | undefined {
  const { origin } = request.headers
  if (origin === undefined ? hasToken : isOwnOrigin(request.headers)) return undefined
  return reply.code(403).send({ message: 'This page is not of Lexmask.' })
}

function serve(server: FastifyInstance, { workspace, page, report }: ServerOptions): void {
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    // Such as a body, which nothing here takes: the fault of whoever sent it.
    if (error.statusCode !== undefined && error.statusCode < 500)
      return reply.code(error.statusCode).send({ message: error.message })
    report(error)
    return reply.code(500).send({ message: 'Something unexpected went wrong inside Lexmask.' })
  })
  server.get('/ws', { websocket: true }, (socket) => serveSocket(socket, { ...workspace, report }))
  server.get('/asset/*', async (request, reply) => {
    const wanted = new AbortController()
    // The person has scrolled past it.
    reply.raw.once('close', () => wanted.abort())
    const answer = await workspace.answerAsset({
      url: request.url,
      knownTag: request.headers['if-none-match'] ?? null,
      signal: wanted.signal,
    })
    return reply
      .code(answer.status)
      .headers(answer.headers)
      .send(
        answer.body && Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.length),
      )
  })
  server.get('/*', async (request, reply) => {
    const path = request.url.split('?')[0]
    const file = await page.get(path).catch((error: unknown) => {
      report(error)
      return null
    })
    if (file === null) {
      return path === '/'
        ? reply.code(503).type(HTML).send(NOT_BUILT_PAGE)
        : reply.code(404).send({ message: 'There is no such file.' })
    }
    return reply
      .type(file.mediaType)
      .header(
        'cache-control',
        file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-cache',
      )
      .send(file.bytes)
  })
}

/** What a browser on this machine can open, when all addresses are listened on. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

function listenFailure(host: string, port: number, error: NodeJS.ErrnoException): LexmaskError {
  const details = { host, port, cause: error.code }
  const say = (message: string): LexmaskError =>
    new LexmaskError('INVALID_INPUT', message, details, { cause: error })
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return say(
        `Port ${port} of ${host} is in use by another program. Choose another one with --port, or leave --port out for a free one.`,
      )
    case 'EACCES':
      return say(`Port ${port} is reserved for the system. Choose one from 1024 on with --port.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return say(
        `${host} is no address of this machine. Leave --host out, or give one of its addresses.`,
      )
    default:
      return say(`Lexmask cannot listen on ${host} port ${port} (${error.message}).`)
  }
}
