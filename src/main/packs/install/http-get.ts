import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { LexmaskError } from '#shared/contract/errors.ts'
import { AnswerBody } from './answer-body.ts'

/** The environment variables that name a proxy, by the custom of command line tools. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Longest silence of the server, before and within its answer. */
  readonly silenceMs: number
  /** null: no proxy */
  readonly proxy: ProxyEnvironment | null
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: AnswerBody
  /** After redirects. */
  readonly url: string
  /** What hosts of large files publish of a file in their redirect; else of the answer itself. */
  readonly publishedEtag: string | null
  readonly publishedBytes: number | null
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MAX_REDIRECTS = 5

/** A failure that another attempt can mend. */
export class PassingFailure extends Error {
  /** Asked for by the server; null when it did not say. */
  readonly retryAfterMs: number | null

  constructor(message: string, retryAfterMs: number | null = null) {
    super(message)
    this.name = 'PassingFailure'
    this.retryAfterMs = retryAfterMs
  }
}

/** @param cause why, as the end of a sentence */
export function downloadFailed(url: string, cause: string, isRefused = false): LexmaskError {
  const { host, pathname } = new URL(url)
  const file = pathname.split('/').at(-1) ?? pathname
  return new LexmaskError(
    'DOWNLOAD_FAILED',
    `${file} could not be downloaded from ${host}: ${cause}. ` +
      (isRefused
        ? 'Nothing was installed. Choose another mirror, or report it if there is none set.'
        : 'What was downloaded is kept: try again to go on from there.'),
    { file, host, cause },
  )
}

/**
 * One GET, with its redirects: https everywhere, plain http only on this machine, and never from https
 * to http.
 *
 * @throws LexmaskError DOWNLOAD_FAILED for a redirect that is not followed, CANCELLED
 * @throws PassingFailure when the server cannot be reached or says nothing
 */
export async function httpGet(url: string, options: GetOptions): Promise<HttpAnswer> {
  let at = assertAllowed(new URL(url), null)
  let publishedEtag: string | null = null
  let publishedBytes: number | null = null
  for (let redirects = 0; ; redirects++) {
    const { message: answer, body } = await getOnce(at, options)
    const status = answer.statusCode ?? 0
    publishedEtag ??= headerOf(answer, 'x-linked-etag')
    publishedBytes ??= numberOf(headerOf(answer, 'x-linked-size'))
    const { location } = answer.headers
    if (!REDIRECTS.has(status) || location === undefined) {
      publishedEtag ??= answer.headers.etag ?? null
      const { headers } = answer
      return { status, headers, body, url: at.href, publishedEtag, publishedBytes }
    }
    body.destroy()
    if (redirects === MAX_REDIRECTS) {
      throw downloadFailed(url, `it was redirected more than ${MAX_REDIRECTS} times`, true)
    }
    if (!URL.canParse(location, at.href)) {
      throw downloadFailed(url, 'it was redirected to what is no address', true)
    }
    at = assertAllowed(new URL(location, at), at)
  }
}

const headerOf = ({ headers }: IncomingMessage, name: string): string | null => {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

/** A whole number of a header; null for anything else. */
export const numberOf = (text: string | null | undefined): number | null =>
  typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null

export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)

function assertAllowed(url: URL, from: URL | null): URL {
  const isPlain = url.protocol === 'http:' && isLoopbackHost(url.hostname)
  const isDowngrade = from?.protocol === 'https:' && url.protocol !== 'https:'
  // A redirect to this machine is for what this machine has asked itself.
  const isInward = from !== null && isLoopbackHost(url.hostname) && !isLoopbackHost(from.hostname)
  if (!isDowngrade && !isInward && (url.protocol === 'https:' || isPlain)) return url
  const what = from === null ? 'its address is' : 'it was redirected to an address that is'
  const why = isInward ? 'of this machine' : 'not encrypted (https)'
  throw downloadFailed((from ?? url).href, `${what} ${why}`, true)
}

interface OpenAnswer {
  readonly message: IncomingMessage
  readonly body: AnswerBody
}

function getOnce(url: URL, options: GetOptions): Promise<OpenAnswer> {
  const { headers, signal, silenceMs } = options
  const isSecure = url.protocol === 'https:'
  const Agent = isSecure ? https.Agent : http.Agent
  // This machine is never reached through a proxy. An agent of its own: connections are not kept.
  const proxyEnv = isLoopbackHost(url.hostname) ? undefined : (options.proxy ?? undefined)
  const agent = new Agent({ keepAlive: false, proxyEnv })
  return new Promise((resolve, reject) => {
    const request = (isSecure ? https : http).request(url, {
      agent,
      signal,
      // A compressed answer has neither the length nor the ranges of the file.
      headers: { 'accept-encoding': 'identity', 'user-agent': 'lexmask', ...headers },
      timeout: silenceMs,
    })
    request.on('timeout', () => request.destroy(new PassingFailure('the server does not answer')))
    request.on('response', (message) => {
      const silence = (): Error => new PassingFailure('the server fell silent')
      resolve({ message, body: new AnswerBody(message, silenceMs, silence) })
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        signal.aborted || error instanceof PassingFailure
          ? error
          : new PassingFailure(`it cannot be reached (${error.code ?? error.message})`),
      ),
    )
    request.end()
  })
}
