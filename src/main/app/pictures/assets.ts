import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { SnapOrder } from '#main/pictures/protocol.ts'
import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'

/** A picture for the canvas, and the upright size of the image that it is a copy of. */
interface Copy {
  readonly bytes: Uint8Array
  readonly imageSize: Size
}

/** The images of the open project; each throws LexmaskError when it has no such image. */
export interface PicturedImages {
  readonly fileOf: (imageId: number) => string
  readonly isSizeKnown: (imageId: number) => boolean
  readonly noteSize: (imageId: number, size: Size) => void
}

/** What looks at image files: a process of its own. */
export interface PictureSource {
  thumbnail(
    imageFile: string,
    side: number,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Uint8Array>
  displayCopy(
    imageFile: string,
    maxSide: number,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Copy>
  snapMask(order: SnapOrder): Promise<Rle>
  fingerprint?(imageFile: string): Promise<string>
  stop(): Promise<void>
}

/** A picture that a window asks for: by the id of an image, never by a path. */
export interface AssetOrder {
  readonly kind: 'thumbnail' | 'picture'
  readonly imageId: number
  /** Of the longer side at most, in pixels. */
  readonly side: number
}

/** A picture, or why there is none, as every shell answers it. */
export interface AssetAnswer {
  readonly status: 200 | 204 | 304 | 404 | 500
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
}

export interface AssetRequest {
  /** As the window asked, with the query. */
  readonly url: string
  /** The header If-None-Match. */
  readonly knownTag: string | null
  readonly signal: AbortSignal
}

/** Answers `/asset/…`. Never throws. */
export type AnswerAsset = (request: AssetRequest) => Promise<AssetAnswer>

const DEFAULT_SIDE = { thumbnail: 256, picture: 4096 } as const
const SIDE_LIMIT = 16_384
/** Nothing but digits can be an id: what is no id never meets a file system. */
const ASSET_PATH = /^\/asset\/(thumbnail|picture)\/([1-9]\d{0,14})$/

/** What a URL asks for; null when it is not the URL of an asset. */
export function parseAssetUrl(url: string): AssetOrder | null {
  const [path, query = ''] = url.split('?', 2)
  const match = ASSET_PATH.exec(path)
  if (!match) return null
  const kind = match[1] as AssetOrder['kind']
  const given = new URLSearchParams(query).get('side')
  const side = given === null ? DEFAULT_SIDE[kind] : Number(given)
  if (!Number.isInteger(side) || side < 1 || side > SIDE_LIMIT) return null
  return { kind, imageId: Number(match[2]), side }
}

/**
 * @param report gets what no user can act on
 */
export function createAssets(
  pictures: PictureSource,
  images: PicturedImages,
  report: (error: unknown) => void,
): AnswerAsset {
  const copyOf = async (
    file: string,
    { imageId, side }: AssetOrder,
    signal: AbortSignal,
  ): Promise<Uint8Array> => {
    const { bytes, imageSize } = await pictures.displayCopy(file, side, { signal })
    try {
      images.noteSize(imageId, imageSize)
    } catch (error) {
      // A disk that is full is told to who edits; the picture can be seen all the same.
      report(error)
    }
    return bytes
  }
  return async ({ url, knownTag, signal }) => {
    try {
      const order = parseAssetUrl(url)
      if (order === null) throw new LexmaskError('NOT_FOUND', 'There is no such picture.')
      const file = images.fileOf(order.imageId)
      const tag = await tagOf(file, order)
      // Asked for again each time and answered from this tag: an id and a time of change can be
      // those of another image once another project is open.
      const headers = { 'cache-control': 'private, no-cache', ...(tag && { etag: tag }) }
      // A window may have the picture from another project; this one has to see the image once.
      const isMeasured = order.kind === 'thumbnail' || images.isSizeKnown(order.imageId)
      if (tag !== null && tag === knownTag && isMeasured)
        return { status: 304, headers, body: null }
      const bytes =
        order.kind === 'thumbnail'
          ? await pictures.thumbnail(file, order.side, { signal })
          : await copyOf(file, order, signal)
      return {
        status: 200,
        headers: { ...headers, 'content-type': mediaTypeOf(bytes) },
        body: bytes,
      }
    } catch (error) {
      return failedAnswer(error, report)
    }
  }
}

/** The file as it lies there now, and what is asked of it; null when it cannot be looked at. */
async function tagOf(file: string, { kind, side }: AssetOrder): Promise<string | null> {
  const found = await stat(file).catch(() => null)
  if (found === null) return null
  const identity = JSON.stringify([file, found.size, found.mtimeMs, kind, side])
  return `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
}

function failedAnswer(error: unknown, report: (error: unknown) => void): AssetAnswer {
  const failure = failureOfError(error)
  // A window that closes its project, or itself, may still be loading pictures: no fault of theirs.
  if (failure.code === 'CANCELLED' || failure.code === 'NO_PROJECT')
    return { status: 204, headers: { 'cache-control': 'no-store' }, body: null }
  if (failure.code === 'INTERNAL') report(error)
  return {
    status: failure.code === 'INTERNAL' ? 500 : 404,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: Buffer.from(JSON.stringify(failure)),
  }
}

/** By content: whatever a file calls itself, a window is only ever given pictures. */
export function mediaTypeOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (head.startsWith('\x89PNG')) return 'image/png'
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp'
  if (head.startsWith('GIF8')) return 'image/gif'
  throw new LexmaskError(
    'IMAGE_UNREADABLE',
    'This picture cannot be shown. Save it again as PNG or JPEG.',
  )
}
