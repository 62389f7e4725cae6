import type { AnswerAsset } from '#main/app/pictures/assets.ts'
import type { PageFiles } from '#main/app/workspace/page-files.ts'
import { pageHeaders } from '#main/app/workspace/page-policy.ts'

export const SCHEME = 'lexmask'
/** Of everything that the window shows: page and pictures. */
export const PAGE_ORIGIN = `${SCHEME}://app`
export const PAGE_URL = `${PAGE_ORIGIN}/`

export interface PageSources {
  readonly page: PageFiles
  readonly answerAsset: AnswerAsset
}

/** Serves the page's files and pictures by id; nothing else has an address. */
export async function answerPage(
  request: Pick<Request, 'url' | 'method' | 'headers' | 'signal'>,
  { page, answerAsset }: PageSources,
): Promise<Response> {
  const { origin, pathname, search } = originalParts(request.url)
  const headers = { ...pageHeaders(null) }
  const refuse = (status: number): Response => new Response(null, { status, headers })
  if (origin !== PAGE_ORIGIN) return refuse(404)
  if (request.method !== 'GET') return refuse(405)
  if (pathname.startsWith('/asset/')) {
    const answer = await answerAsset({
      url: pathname + search,
      knownTag: request.headers.get('if-none-match'),
      signal: request.signal,
    })
    return new Response(bodyOf(answer.body), {
      status: answer.status,
      headers: { ...headers, ...answer.headers },
    })
  }
  const file = await page.get(pathname)
  if (file === null) return refuse(404)
  return new Response(bodyOf(file.bytes), {
    headers: { ...headers, 'content-type': file.mediaType, 'cache-control': 'no-cache' },
  })
}

/** Not `URL.origin`, which is "null" for schemes that Node does not know. */
function originalParts(url: string): { origin: string; pathname: string; search: string } {
  const { protocol: scheme, host, pathname, search } = new URL(url)
  return { origin: `${scheme}//${host}`, pathname, search }
}

/** The types of a body know no buffers that are shared between threads; these never are. */
function bodyOf(bytes: Uint8Array | null): Uint8Array<ArrayBuffer> | null {
  return bytes as Uint8Array<ArrayBuffer> | null
}
