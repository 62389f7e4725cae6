import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** The colours of the corner pattern, far enough apart to survive JPEG. */
export const corner = {
  topLeft: [230, 30, 30],
  topRight: [30, 200, 30],
  bottomLeft: [30, 30, 230],
  bottomRight: [240, 240, 240],
  middle: [128, 128, 128],
} as const

/** The size of the corner pattern as a person sees it. Blocks of 16 pixels, as JPEG has them. */
export const upright = { width: 96, height: 64, block: 16 } as const

/** RGB bytes of the upright corner pattern: one coloured block a corner, grey elsewhere. */
export function cornerPattern(): Uint8Array {
  const { width, height, block } = upright
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isTop = y < block
      const isBottom = y >= height - block
      const isLeft = x < block
      const isRight = x >= width - block
      const colour =
        isTop && isLeft
          ? corner.topLeft
          : isTop && isRight
            ? corner.topRight
            : isBottom && isLeft
              ? corner.bottomLeft
              : isBottom && isRight
                ? corner.bottomRight
                : corner.middle
      rgb.set(colour, (y * width + x) * 3)
    }
  }
  return rgb
}

/**
 * Where the upright pixel (x, y) of a width x height picture is stored under an EXIF orientation.
 * From the tag's definition: "the 0th row is the visual ..., the 0th column the visual ...".
 */
function storedAt(
  orientation: number,
  x: number,
  y: number,
  width: number,
  height: number,
): [number, number] {
  switch (orientation) {
    case 1: // row 0 = top, column 0 = left
      return [x, y]
    case 2: // top, right
      return [width - 1 - x, y]
    case 3: // bottom, right
      return [width - 1 - x, height - 1 - y]
    case 4: // bottom, left
      return [x, height - 1 - y]
    case 5: // left, top
      return [y, x]
    case 6: // right, top
      return [y, width - 1 - x]
    case 7: // right, bottom
      return [height - 1 - y, width - 1 - x]
    case 8: // left, bottom
      return [height - 1 - y, x]
    default:
      throw new RangeError(`EXIF has no orientation ${orientation}`)
  }
}

/** A JPEG that shows the upright corner pattern once its orientation is applied. */
export async function rotatedJpeg(orientation: number): Promise<Buffer> {
  const { width, height } = upright
  const isTurned = orientation >= 5
  const stored = { width: isTurned ? height : width, height: isTurned ? width : height }
  const pattern = cornerPattern()
  const rgb = new Uint8Array(pattern.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = storedAt(orientation, x, y, width, height)
      const from = (y * width + x) * 3
      rgb.set(pattern.subarray(from, from + 3), (row * stored.width + column) * 3)
    }
  }
  return sharp(rgb, { raw: { ...stored, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer()
}

function chunk(type: string, body: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const framed = Buffer.alloc(typed.length + 8)
  framed.writeUInt32BE(body.length, 0)
  typed.copy(framed, 4)
  framed.writeUInt32BE(crc32(typed), typed.length + 4)
  return framed
}

const pngColourTypes = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const

/** A PNG written by hand, so that what is read does not come from the reader's own library. */
export function png(options: {
  width: number
  height: number
  bits: 1 | 2 | 4 | 8 | 16
  colour: keyof typeof pngColourTypes
  /** The rows as they are stored: samples packed, 16-bit ones big-endian, without filter bytes. */
  rows: readonly Uint8Array[]
  /** RGB triples. */
  palette?: Uint8Array
  /** Alpha of each palette entry. */
  paletteAlpha?: Uint8Array
}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(options.width, 0)
  header.writeUInt32BE(options.height, 4)
  header[8] = options.bits
  header[9] = pngColourTypes[options.colour]
  const scanlines = Buffer.concat(options.rows.flatMap((row) => [Buffer.of(0), row]))
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...(options.palette ? [chunk('PLTE', options.palette)] : []),
    ...(options.paletteAlpha ? [chunk('tRNS', options.paletteAlpha)] : []),
    chunk('IDAT', deflateSync(scanlines)),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** A few bytes that claim to be 30,000 x 30,000 pixels: 2.7 GB, were they unpacked. */
export const hugeHeaderPng = (): Buffer =>
  png({ width: 30_000, height: 30_000, bits: 8, colour: 'rgb', rows: [new Uint8Array(0)] })

/** Samples of 16 bits, 0 to 65,535 from left to right: black, a third, two thirds, white. */
export function grey16Png(): Buffer {
  const row = Buffer.alloc(8)
  for (const [i, sample] of [0, 0x5555, 0xaaaa, 0xffff].entries()) row.writeUInt16BE(sample, i * 2)
  return png({ width: 4, height: 2, bits: 16, colour: 'grey', rows: [row, row] })
}

/** Four pixels of a palette: opaque red, opaque green, half transparent black, invisible blue. */
export const paletteAlphaPng = (): Buffer =>
  png({
    width: 4,
    height: 1,
    bits: 8,
    colour: 'palette',
    rows: [Uint8Array.of(0, 1, 2, 3)],
    palette: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255),
    paletteAlpha: Uint8Array.of(255, 255, 128, 0),
  })

/** An uncompressed little-endian TIFF of one strip, written by hand for the same reason. */
export function tiff(options: {
  width: number
  height: number
  bits: number
  samples: 1 | 3
  format: 'unsigned' | 'float'
  /** The samples as they are stored, row by row. */
  pixels: Uint8Array
}): Buffer {
  const short = 3
  const long = 4
  const entries: [tag: number, type: number, value: number][] = [
    [256, long, options.width],
    [257, long, options.height],
    // Three values of 16 bits do not fit their entry, so they follow the directory.
    [258, short, options.bits],
    [259, short, 1],
    [262, short, options.samples === 3 ? 2 : 1],
    [273, long, 0],
    [277, short, options.samples],
    [278, long, options.height],
    [279, long, options.pixels.length],
    [339, short, options.format === 'float' ? 3 : 1],
  ]
  const directoryEnd = 8 + 2 + entries.length * 12 + 4
  const pixelsAt = directoryEnd + 12
  const head = Buffer.alloc(pixelsAt)
  head.write('II*\0', 'latin1')
  head.writeUInt32LE(8, 4)
  head.writeUInt16LE(entries.length, 8)
  for (const [i, [tag, type, value]] of entries.entries()) {
    const at = 10 + i * 12
    const isList = options.samples === 3 && (tag === 258 || tag === 339)
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(isList ? 3 : 1, at + 4)
    if (isList) {
      const listAt = directoryEnd + (tag === 258 ? 0 : 6)
      for (let sample = 0; sample < 3; sample++) head.writeUInt16LE(value, listAt + sample * 2)
      head.writeUInt32LE(listAt, at + 8)
    } else if (tag === 273) head.writeUInt32LE(pixelsAt, at + 8)
    else if (type === short) head.writeUInt16LE(value, at + 8)
    else head.writeUInt32LE(value, at + 8)
  }
  return Buffer.concat([head, options.pixels])
}

/** One pixel of 16 bits a channel: an eighth, a half and all of the range. */
export function rgb16Tiff(): Buffer {
  const pixel = Uint16Array.of(0x2000, 0x8000, 0xffff)
  return tiff({
    width: 1,
    height: 1,
    bits: 16,
    samples: 3,
    format: 'unsigned',
    pixels: bytesOf(pixel),
  })
}

export const grey16Tiff = (): Buffer =>
  tiff({
    width: 4,
    height: 1,
    bits: 16,
    samples: 1,
    format: 'unsigned',
    pixels: bytesOf(Uint16Array.of(0, 0x5555, 0xaaaa, 0xffff)),
  })

/** Heights in metres, say: there is no black and no white in them. */
export const floatTiff = (): Buffer =>
  tiff({
    width: 2,
    height: 2,
    bits: 32,
    samples: 1,
    format: 'float',
    pixels: bytesOf(Float32Array.of(-3, 0.25, 812.5, 1)),
  })

const bytesOf = (samples: Uint16Array | Float32Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)

const solid = (width: number, height: number, colour: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3])

/** The colour the CMYK JPEG is made of, in sRGB. */
export const cmykColour = [160, 120, 100] as const

/** The first and the second frame of the animated WebP. */
export const frameColours = [
  [250, 20, 20],
  [20, 20, 250],
] as const

/** A colour that Display P3 stores with other numbers than sRGB. */
export const wideGamutColour = [200, 50, 50] as const

async function solidJpeg(colour: readonly number[]): Promise<Buffer> {
  return sharp(solid(32, 32, colour), { raw: { width: 32, height: 32, channels: 3 } })
    .jpeg()
    .toBuffer()
}

/** Noise, so that the JPEG has something to lose at every byte. */
async function noiseJpeg(): Promise<Buffer> {
  const rgb = new Uint8Array(160 * 120 * 3)
  let state = 1
  for (let i = 0; i < rgb.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    rgb[i] = state >>> 24
  }
  return sharp(rgb, { raw: { width: 160, height: 120, channels: 3 } })
    .jpeg()
    .toBuffer()
}

async function animatedWebp(): Promise<Buffer> {
  const [first, second] = frameColours.map((colour) => solid(24, 16, colour))
  return sharp(Buffer.concat([first, second]), {
    raw: { width: 24, height: 32, channels: 3, pageHeight: 16 },
  })
    .webp({ lossless: true, delay: [100, 100], loop: 0 })
    .toBuffer()
}

/** Every odd image by its file name. */
export async function oddImages(): Promise<ReadonlyMap<string, Uint8Array>> {
  const photo = await noiseJpeg()
  const raw = { width: 8, height: 8, channels: 3 } as const
  const wide = sharp(solid(8, 8, wideGamutColour), { raw })
  const images = new Map<string, Uint8Array>([
    ['truncated.jpg', photo.subarray(0, Math.floor(photo.length / 2))],
    ['empty.jpg', new Uint8Array(0)],
    ['text.jpg', Buffer.from('This is a note, not a photo.\n')],
    ['page.png', Buffer.from('<!doctype html><title>404</title>')],
    ['drawing.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['bitmap.jpg', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])],
    ['huge-header.png', hugeHeaderPng()],
    ['truncated.png', paletteAlphaPng().subarray(0, 70)],
    [
      'cmyk.jpg',
      await sharp(solid(16, 16, cmykColour), { raw: { width: 16, height: 16, channels: 3 } })
        .toColourspace('cmyk')
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer(),
    ],
    ['grey16.png', grey16Png()],
    ['palette-alpha.png', paletteAlphaPng()],
    ['animated.webp', await animatedWebp()],
    ['display-p3.png', await wide.clone().withIccProfile('p3').png().toBuffer()],
    ['rgb16.tiff', rgb16Tiff()],
    ['grey16.tiff', grey16Tiff()],
    ['float.tiff', floatTiff()],
    ['truncated.tiff', rgb16Tiff().subarray(0, 40)],
    [
      'bilevel.png',
      png({ width: 4, height: 1, bits: 1, colour: 'grey', rows: [Uint8Array.of(0b01010000)] }),
    ],
    ['图片 (1).jpg', await solidJpeg([90, 140, 40])],
  ])
  for (let orientation = 1; orientation <= 8; orientation++) {
    images.set(`rotated-${orientation}.jpg`, await rotatedJpeg(orientation))
  }
  return images
}

/** Writes every odd image into `folder`, which is made when it is missing. */
export async function writeOddImages(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  await mkdir(folder, { recursive: true })
  const images = await oddImages()
  for (const [name, bytes] of images) await writeFile(join(folder, name), bytes)
  return images
}

/** A folder that contains itself, and a link that leads out of it. */
export async function writeOddLinks(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await symlink('.', join(folder, 'loop'))
  await symlink('..', join(folder, 'climbs-out'))
}
