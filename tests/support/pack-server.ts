import { createHash } from 'node:crypto'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsIdentity } from './tls-certificate.ts'

/** What a request asks for. */
export interface Asked {
  readonly path: string
  readonly content: Buffer
  /** First byte that is asked for; null without a range. */
  readonly from: number | null
  /** How many requests there were for this path before. */
  readonly earlier: number
  readonly request: IncomingMessage
}

export type Answer = (asked: Asked, response: ServerResponse) => void | Promise<void>

export const etagOf = (content: Buffer): string =>
  `"${createHash('sha256').update(content).digest('hex')}"`

/** As a host of files answers that has nothing to hide. */
export const honest: Answer = ({ content, from, request }, response) => {
  const etag = etagOf(content)
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
  const headers = { etag, 'accept-ranges': 'bytes' }
  if (from === null || !isSame) {
    response.writeHead(200, { ...headers, 'content-length': content.length }).end(content)
    return
  }
  response
    .writeHead(206, {
      ...headers,
      'content-length': content.length - from,
      'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
    })
    .end(content.subarray(from))
}

/** A real HTTP or HTTPS server on this machine that has files, and answers as a test wants it to. */
export class PackServer {
  readonly #server: http.Server
  readonly #scheme: 'http' | 'https'
  readonly files = new Map<string, Buffer>()
  answer: Answer = honest
  /** "GET /file" or "GET /file 1000-", in order. */
  readonly log: string[] = []

  private constructor(identity: TlsIdentity | null) {
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#serve(request, response)
    }
    this.#scheme = identity ? 'https' : 'http'
    this.#server = identity ? https.createServer(identity, serve) : http.createServer(serve)
  }

  /** @param identity null: without TLS */
  static async start(identity: TlsIdentity | null = null): Promise<PackServer> {
    const server = new PackServer(identity)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.origin).pathname
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    const entry = `GET ${path}`
    const earlier = this.log.filter((line) => line.split(' ')[1] === path).length
    this.log.push(range ? `${entry} ${range[1]}-` : entry)
    const content = this.files.get(path)
    if (content === undefined) {
      response.writeHead(404).end('not here')
      return
    }
    // What the other side closes is a part of the test.
    response.on('error', () => undefined)
    const from = range ? Number(range[1]) : null
    await this.answer({ path, content, from, earlier, request }, response)
  }
}
