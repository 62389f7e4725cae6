import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import type { ImageSource } from '#main/vision/image-source.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { MAX_MASK_PIXELS, MAX_MASK_SIDE } from '#shared/geometry/size.ts'

// A batch sees every image once: what libvips would keep is never asked for again.
sharp.cache(false)
// The other cores belong to the network, which runs on one image while the next is decoded.
sharp.concurrency(1)

/** More than the largest mask, uncompressed, at 16 bits; a longer file is a film or an archive. */
const MAX_FILE_BYTES = 2 ** 31 - 1

/**
 * What shows through transparent pixels: middle grey, which makes an edge with neither a black nor
 * a white object.
 */
const BACKDROP = { r: 128, g: 128, b: 128 }

/** A part of an image, in its pixels. */
export interface ImageWindow {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface OpenedImage extends ImageSource {
  /** At full size; it has to lie inside the image. */
  window(part: ImageWindow): Promise<RgbImage>
  /** Lower-case hex of the file's bytes; computed when it is asked for. */
  readonly sha256: string
}

export interface DecodeOptions {
  /** A larger image is refused by its header, before memory is taken for its pixels. */
  readonly maxPixels?: number
}

/**
 * An image file as a person sees it: EXIF orientation applied, any colour profile and CMYK turned
 * into sRGB, grey into RGB, 16 bits scaled to 8, transparency laid on middle grey, the first frame
 * of an animation and the first page of a TIFF.
 *
 * The file is read once; hash and pixels are of the same bytes. Only its header is decoded here:
 * `pixels` and `resized` fail with IMAGE_TRUNCATED or IMAGE_UNREADABLE for damage further on.
 *
 * @throws LexmaskError
 *   IMAGE_MISSING no such file;
 *   IMAGE_EMPTY no bytes in it;
 *   IMAGE_NOT_AN_IMAGE its bytes are something else, whatever its name says;
 *   IMAGE_TRUNCATED the end is missing: the lower part would be grey, and labels of it wrong;
 *   IMAGE_TOO_LARGE beyond `maxPixels`, or beyond any mask;
 *   IMAGE_UNREADABLE not readable, damaged, or of a kind that is not supported
 */
export async function openImage(
  path: string,
  { maxPixels = MAX_MASK_PIXELS }: DecodeOptions = {},
): Promise<OpenedImage> {
  const file = { path, name: basename(path) }
  const bytes = await readBytes(file)
  refuseUnlessSupported(file, bytes)
  const decoding = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw error instanceof LexmaskError ? error : decodeFailure(file, bytes, error)
    })
  const size = await decoding(async () => {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata()
    refuseSize(file, header, maxPixels)
    refuseSamples(file, header.depth)
    return header.autoOrient
  })
  const upright = (): Sharp =>
    sharp(bytes, {
      limitInputPixels: maxPixels,
      // A level lower ('truncated') a TIFF without its end comes back black instead of failing; a
      // level higher ('warning') photos that every viewer shows whole fail for a stray byte.
      failOn: 'error',
    }).autoOrient()
  return {
    width: size.width,
    height: size.height,
    get sha256() {
      return createHash('sha256').update(bytes).digest('hex')
    },
    pixels: () => decoding(() => toRgb(upright())),
    window: ({ x, y, width, height }) =>
      decoding(() => toRgb(upright().extract({ left: x, top: y, width, height }))),
    resized: ({ width, height }) =>
      // `linear` is a triangle filter as wide as the reduction, and a JPEG is decoded at half, a
      // quarter or an eighth of its size where that is still larger than what is asked for.
      decoding(() => toRgb(upright().resize(width, height, { fit: 'fill', kernel: 'linear' }))),
  }
}

async function toRgb(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image
    .flatten({ background: BACKDROP })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`)
  const rgb = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { width: info.width, height: info.height, rgb }
}

interface NamedFile {
  readonly path: string
  readonly name: string
}

async function readBytes({ path, name }: NamedFile): Promise<Buffer> {
  try {
    const { size, isFile } = await stat(path).then((it) => ({ size: it.size, isFile: it.isFile() }))
    // Asked before reading: a pipe or a device would never end.
    if (!isFile) {
      throw new LexmaskError(
        'IMAGE_UNREADABLE',
        `“${name}” is not a file. Remove it from the project.`,
        { path },
      )
    }
    if (size > MAX_FILE_BYTES) {
      throw new LexmaskError(
        'IMAGE_TOO_LARGE',
        `“${name}” has ${size} bytes; image files of up to ${MAX_FILE_BYTES} bytes are read. ` +
          'Save it compressed, or cut it into tiles.',
        { path, bytes: size, maxBytes: MAX_FILE_BYTES },
      )
    }
    const bytes = await readFile(path)
    if (bytes.length > 0) return bytes
  } catch (error) {
    throw error instanceof LexmaskError ? error : readFailure({ path, name }, error)
  }
  throw new LexmaskError(
    'IMAGE_EMPTY',
    `“${name}” is empty: the file has no bytes. Copy it again from where it came from.`,
    { path },
  )
}

function readFailure({ path, name }: NamedFile, error: unknown): LexmaskError {
  const cause = (error as NodeJS.ErrnoException).code ?? String(error)
  if (cause === 'ENOENT' || cause === 'ENOTDIR') {
    return new LexmaskError(
      'IMAGE_MISSING',
      `“${name}” is not there any more. If it was moved, relink its folder; if it was deleted, ` +
        'remove it from the project.',
      { path },
      { cause: error },
    )
  }
  const advice =
    cause === 'EACCES' || cause === 'EPERM'
      ? 'You are not allowed to read it; change its permissions.'
      : 'Its disk or network drive did not answer; check it and try again.'
  return new LexmaskError(
    'IMAGE_UNREADABLE',
    `“${name}” could not be read. ${advice}`,
    { path, cause },
    { cause: error },
  )
}

type Signature = readonly [offset: number, bytes: string]

/** First bytes as latin-1. Alternatives of a kind; all signatures of an alternative must fit. */
const SUPPORTED: readonly (readonly Signature[])[] = [
  [[0, '\xff\xd8\xff']],
  [[0, '\x89PNG\r\n\x1a\n']],
  [
    [0, 'RIFF'],
    [8, 'WEBP'],
  ],
  [[0, 'GIF87a']],
  [[0, 'GIF89a']],
  [[0, 'II*\0']],
  [[0, 'MM\0*']],
  [[0, 'II+\0']],
  [[0, 'MM\0+']],
  [[4, 'ftypavif']],
  [[4, 'ftypavis']],
  // The general brand of the container; which codec is inside, the decoder finds out.
  [[4, 'ftypmif1']],
]

const OTHER_IMAGES: readonly (readonly [title: string, signature: readonly Signature[]])[] = [
  [
    'a BMP image',
    [
      [0, 'BM'],
      [6, '\0\0\0\0'],
    ],
  ],
  ['a HEIC photo', [[4, 'ftyphe']]],
  ['a JPEG 2000 image', [[0, '\0\0\0\x0cjP  ']]],
  ['a JPEG XL image', [[0, '\0\0\0\x0cJXL ']]],
  ['a JPEG XL image', [[0, '\xff\x0a']]],
  ['a Photoshop document', [[0, '8BPS']]],
  ['a DICOM image', [[128, 'DICM']]],
  ['an OpenEXR image', [[0, '\x76\x2f\x31\x01']]],
]

/**
 * By the first bytes and not by the name: what libvips would also open (drawings, PDF, its own
 * format) is no photo, and the less of it strangers' files can reach the better.
 */
function refuseUnlessSupported({ path, name }: NamedFile, bytes: Buffer): void {
  const head = bytes.toString('latin1', 0, 256)
  const fits = (signature: readonly Signature[]) =>
    signature.every(([offset, expected]) => head.startsWith(expected, offset))
  if (SUPPORTED.some(fits)) return
  const other = OTHER_IMAGES.find(([, signature]) => fits(signature))
  const title = other?.[0] ?? (/<svg[\s>]/i.test(head) ? 'an SVG drawing' : null)
  if (title !== null) {
    throw new LexmaskError(
      'IMAGE_UNREADABLE',
      `“${name}” is ${title}, which Lexmask does not read. Save it as PNG or JPEG.`,
      { path },
    )
  }
  throw new LexmaskError(
    'IMAGE_NOT_AN_IMAGE',
    `“${name}” is not an image, although its name says so. Remove it from the project, or replace ` +
      'it by the photo it should be (JPEG, PNG, WebP, TIFF, GIF or AVIF).',
    { path },
  )
}

function refuseSize(
  { path, name }: NamedFile,
  { width, height }: { width: number; height: number },
  maxPixels: number,
): void {
  const isTooMany = width * height > maxPixels
  if (!isTooMany && width <= MAX_MASK_SIDE && height <= MAX_MASK_SIDE) return
  const limit = isTooMany
    ? `the limit is ${(maxPixels / 1e6).toFixed(0)} million pixels`
    : `the limit is ${MAX_MASK_SIDE} pixels a side`
  throw new LexmaskError(
    'IMAGE_TOO_LARGE',
    `“${name}” says it has ${width} × ${height} pixels; ${limit}. Scale it down or cut it into tiles.`,
    { path, width, height, maxPixels },
  )
}

/** Depths have no common black and white beyond 16 bits: heights, temperatures, radiances. */
function refuseSamples({ path, name }: NamedFile, depth: string): void {
  if (depth === 'uchar' || depth === 'ushort') return
  throw new LexmaskError(
    'IMAGE_UNREADABLE',
    `“${name}” stores measurements (${depth}) instead of colours, so it has no black and no white. ` +
      'Save it with 8 or 16 bits a channel.',
    { path, depth },
  )
}

function decodeFailure({ path, name }: NamedFile, bytes: Buffer, error: unknown): LexmaskError {
  const cause = error instanceof Error ? error.message : String(error)
  return isCutOff(bytes, cause)
    ? new LexmaskError(
        'IMAGE_TRUNCATED',
        `“${name}” is cut off: the end of the file is missing. Copy or download it again.`,
        { path, bytes: bytes.length, cause },
        { cause: error },
      )
    : new LexmaskError(
        'IMAGE_UNREADABLE',
        `“${name}” is damaged or of a kind that Lexmask does not read. Open it in an image program ` +
          'and save it again as PNG or JPEG.',
        { path, cause },
        { cause: error },
      )
}

/** Asked of a file that could not be decoded; the decoders' own words tell it only for some formats. */
function isCutOff(bytes: Buffer, cause: string): boolean {
  if (/premature end|unexpected end|truncated|end of file|got \d+ bytes, expected/i.test(cause))
    return true
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return isBoxCutOff(bytes)
  switch (bytes.toString('latin1', 0, 4)) {
    case '\x89PNG':
      return !bytes.subarray(-32).includes('IEND', 0, 'latin1')
    case 'RIFF':
      return bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length
    case 'II*\0':
      return isTiffCutOff(bytes, (offset, size) => bytes.readUIntLE(offset, size))
    case 'MM\0*':
      return isTiffCutOff(bytes, (offset, size) => bytes.readUIntBE(offset, size))
    default:
      return false
  }
}

/** Bytes of one value of a TIFF's field types 1 to 13. */
const TIFF_TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

/**
 * A TIFF names the place of its directory, and the directory, of 12 bytes an entry, the places of
 * all values longer than 4 bytes; both often lie behind the pixels.
 */
function isTiffCutOff(bytes: Buffer, read: (offset: number, size: number) => number): boolean {
  if (bytes.length < 8) return true
  const directory = read(4, 4)
  if (directory + 2 > bytes.length) return true
  const end = directory + 2 + read(directory, 2) * 12
  if (end > bytes.length) return true
  for (let at = directory + 2; at < end; at += 12) {
    const length = (TIFF_TYPE_BYTES[read(at + 2, 2)] ?? 0) * read(at + 4, 4)
    if (length > 4 && read(at + 8, 4) + length > bytes.length) return true
  }
  return false
}

/** AVIF is a row of boxes, each beginning with its length; 0 means to the end of the file. */
function isBoxCutOff(bytes: Buffer): boolean {
  let at = 0
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32BE(at)
    // 1 says that the true length, of 64 bits, follows, which no photo needs; 2 to 7 are damage.
    if (length < 8) return false
    at += length
  }
  return at !== bytes.length
}
