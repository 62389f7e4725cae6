import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { openImage } from '#main/imaging/decode-image.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'
import { hasShared, readShared, sharedPath } from '../support/coco-mini.ts'
import {
  cmykColour,
  corner,
  cornerPattern,
  frameColours,
  png,
  tiff,
  upright,
  wideGamutColour,
  writeOddImages,
} from '../support/odd-images.ts'

let folder: string
const inFolder = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-decode-'))
  await writeOddImages(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function decodeImage(path: string, options?: { maxPixels?: number }): Promise<RgbImage> {
  return (await openImage(path, options)).pixels()
}

const pixel = ({ rgb, width }: RgbImage, x: number, y: number) => [
  ...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
]

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])))

async function refusal(path: string, maxPixels?: number): Promise<LexmaskError> {
  const thrown: unknown = await decodeImage(
    path,
    maxPixels === undefined ? {} : { maxPixels },
  ).then(
    () => 'it was decoded',
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(LexmaskError)
  return thrown as LexmaskError
}

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows a photo of EXIF orientation %i upright', async (tag) => {
    const image = await decodeImage(inFolder(`rotated-${tag}.jpg`))
    expect([image.width, image.height]).toEqual([upright.width, upright.height])
    const right = upright.width - 8
    const bottom = upright.height - 8
    expect(distance(pixel(image, 8, 8), corner.topLeft)).toBeLessThanOrEqual(6)
    expect(distance(pixel(image, right, 8), corner.topRight)).toBeLessThanOrEqual(6)
    expect(distance(pixel(image, 8, bottom), corner.bottomLeft)).toBeLessThanOrEqual(6)
    expect(distance(pixel(image, right, bottom), corner.bottomRight)).toBeLessThanOrEqual(6)
    const pattern = cornerPattern()
    const total = image.rgb.reduce((sum, value, i) => sum + Math.abs(value - pattern[i]), 0)
    expect(total / pattern.length).toBeLessThan(2)
  })
})

describe('pixels', () => {
  it('turns CMYK into sRGB', async () => {
    const image = await decodeImage(inFolder('cmyk.jpg'))
    expect([image.width, image.height, image.rgb.length]).toEqual([16, 16, 16 * 16 * 3])
    // Printing inks hold fewer colours: the way there and back costs a few steps.
    expect(distance(pixel(image, 7, 7), cmykColour)).toBeLessThanOrEqual(12)
  })

  it.each(['grey16.png', 'grey16.tiff'])(
    'scales the 16 bits of %s to 8 and grey to RGB',
    async (name) => {
      const image = await decodeImage(inFolder(name))
      const samples = [0, 1, 2, 3].map((x) => pixel(image, x, 0))
      expect(samples).toEqual([0, 85, 170, 255].map((value) => [value, value, value]))
    },
  )

  it('scales the 16 bits of a colour TIFF', async () => {
    expect([...(await decodeImage(inFolder('rgb16.tiff'))).rgb]).toEqual([0x20, 0x80, 0xff])
  })

  it('reads black and white of one bit', async () => {
    const { rgb } = await decodeImage(inFolder('bilevel.png'))
    expect([...rgb].filter((_, i) => i % 3 === 0)).toEqual([0, 255, 0, 255])
  })

  it('lays a transparent palette on middle grey', async () => {
    const image = await decodeImage(inFolder('palette-alpha.png'))
    expect(pixel(image, 0, 0)).toEqual([255, 0, 0])
    expect(pixel(image, 1, 0)).toEqual([0, 255, 0])
    expect(distance(pixel(image, 2, 0), [64, 64, 64])).toBeLessThanOrEqual(1)
    expect(pixel(image, 3, 0)).toEqual([128, 128, 128])
  })

  it('lays transparency of 16 bits on the same grey', async () => {
    const row = Buffer.alloc(8)
    for (const [i, sample] of [0xffff, 0xffff, 0xffff, 0].entries())
      row.writeUInt16BE(sample, i * 2)
    await writeFile(
      inFolder('grey-alpha-16.png'),
      png({ width: 2, height: 1, bits: 16, colour: 'greyAlpha', rows: [row] }),
    )
    expect([...(await decodeImage(inFolder('grey-alpha-16.png'))).rgb]).toEqual([
      255, 255, 255, 128, 128, 128,
    ])
  })

  it('takes the first frame of an animation', async () => {
    const image = await decodeImage(inFolder('animated.webp'))
    expect([image.width, image.height]).toEqual([24, 16])
    expect(pixel(image, 12, 15)).toEqual([...frameColours[0]])
  })

  it('applies a colour profile', async () => {
    const stored = await sharp(inFolder('display-p3.png'), { ignoreIcc: true }).raw().toBuffer()
    expect(distance(stored.subarray(0, 3), wideGamutColour)).toBeGreaterThan(10)
    const image = await decodeImage(inFolder('display-p3.png'))
    expect(distance(pixel(image, 4, 4), wideGamutColour)).toBeLessThanOrEqual(2)
  })

  it('reads a file of any name, and hashes the bytes that it decoded', async () => {
    const path = inFolder('图片 (1).jpg')
    const source = await openImage(path)
    const image = await source.pixels()
    expect(distance(pixel(image, 16, 16), [90, 140, 40])).toBeLessThanOrEqual(3)
    expect(source.sha256).toBe(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    )
  })
})

describe('another size', () => {
  /**
   * Each output pixel is the mean of the photo under a triangle as wide as two output pixels; past
   * the border the photo goes on with its last pixels.
   */
  function underTriangle(image: RgbImage, width: number, height: number): Float64Array {
    const weights = (from: number, to: number) =>
      Array.from({ length: to }, (_, i) => {
        const middle = ((i + 0.5) * from) / to - 0.5
        const shares = new Array<number>(from).fill(0)
        for (let j = -from; j < 2 * from; j++) {
          const share = Math.max(0, 1 - (Math.abs(j - middle) * to) / from)
          shares[Math.min(Math.max(j, 0), from - 1)] += (share * to) / from
        }
        return shares
      })
    const columns = weights(image.width, width)
    const rows = weights(image.height, height)
    const out = new Float64Array(width * height * 3)
    for (let i = 0; i < out.length; i++) {
      const channel = i % 3
      const x = Math.floor(i / 3) % width
      const y = Math.floor(i / 3 / width)
      for (let row = 0; row < image.height; row++) {
        for (let column = 0; column < image.width; column++) {
          const share = rows[y][row] * columns[x][column]
          out[i] += share * image.rgb[(row * image.width + column) * 3 + channel]
        }
      }
    }
    return out
  }

  it('is the photo under a triangle filter', async () => {
    const noise = Uint8Array.from(
      { length: 45 * 30 * 3 },
      (_, i) => Math.imul(i, 2654435761) >>> 24,
    )
    const path = inFolder('noise.png')
    await sharp(noise, { raw: { width: 45, height: 30, channels: 3 } })
      .png()
      .toFile(path)
    const source = await openImage(path)
    const resized = await source.resized({ width: 30, height: 20 })
    expect([resized.width, resized.height, resized.rgb.length]).toEqual([30, 20, 1800])
    expect(distance(resized.rgb, underTriangle(await source.pixels(), 30, 20))).toBeLessThanOrEqual(
      3,
    )
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is upright for EXIF orientation %i', async (tag) => {
    const source = await openImage(inFolder(`rotated-${tag}.jpg`))
    expect([source.width, source.height]).toEqual([upright.width, upright.height])
    const half = await source.resized({ width: 48, height: 32 })
    expect(distance(pixel(half, 3, 3), corner.topLeft)).toBeLessThanOrEqual(8)
    expect(distance(pixel(half, 44, 3), corner.topRight)).toBeLessThanOrEqual(8)
    expect(distance(pixel(half, 3, 28), corner.bottomLeft)).toBeLessThanOrEqual(8)
  })

  it('is refused of a photo that is cut off, though its header is whole', async () => {
    const source = await openImage(inFolder('truncated.jpg'))
    expect([source.width, source.height]).toEqual([160, 120])
    await expect(source.resized({ width: 20, height: 15 })).rejects.toMatchObject({
      code: 'IMAGE_TRUNCATED',
    })
  })
})

describe('real photos', () => {
  it.skipIf(!hasShared)(
    'of coco-mini have the sizes that COCO says (needs ../shared)',
    async () => {
      const { images } = readShared<{
        images: { file_name: string; width: number; height: number }[]
      }>('data', 'coco-mini', 'instances.json')
      for (const { file_name, width, height } of images) {
        const image = await decodeImage(sharedPath('data', 'coco-mini', 'images', file_name))
        expect([file_name, image.width, image.height]).toEqual([file_name, width, height])
      }
      expect(images).toHaveLength(79)
    },
  )
})

describe('refusals', () => {
  it.each([
    ['truncated.jpg', 'IMAGE_TRUNCATED', /cut off/],
    ['truncated.png', 'IMAGE_TRUNCATED', /cut off/],
    ['truncated.tiff', 'IMAGE_TRUNCATED', /cut off/],
    ['empty.jpg', 'IMAGE_EMPTY', /no bytes/],
    ['text.jpg', 'IMAGE_NOT_AN_IMAGE', /not an image/],
    ['page.png', 'IMAGE_NOT_AN_IMAGE', /not an image/],
    ['drawing.png', 'IMAGE_UNREADABLE', /SVG drawing/],
    ['bitmap.jpg', 'IMAGE_UNREADABLE', /BMP/],
    ['float.tiff', 'IMAGE_UNREADABLE', /8 or 16 bits/],
    ['nowhere.jpg', 'IMAGE_MISSING', /not there/],
    ['text.jpg/inside.jpg', 'IMAGE_MISSING', /not there/],
    ['.', 'IMAGE_UNREADABLE', /not a file/],
  ])('says of %s: %s', async (name, code, sentence) => {
    const error = await refusal(inFolder(name))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(sentence)
    expect(error.message).not.toMatch(/vips|buffer|errno/i)
    expect(error.details.path).toBe(inFolder(name))
  })

  it('refuses a bomb by its header, with the limit, and takes no memory for it', async () => {
    const before = process.memoryUsage.rss()
    const error = await refusal(inFolder('huge-header.png'))
    expect(error.code).toBe('IMAGE_TOO_LARGE')
    expect(error.message).toContain('30000 × 30000')
    expect(error.message).toContain('268 million pixels')
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6)
  })

  it('holds the limit it is given, to the pixel', async () => {
    const pixels = upright.width * upright.height
    const path = inFolder('rotated-6.jpg')
    expect((await refusal(path, pixels - 1)).code).toBe('IMAGE_TOO_LARGE')
    expect((await decodeImage(path, { maxPixels: pixels })).width).toBe(upright.width)
  })

  it('refuses a side that no mask can have', async () => {
    const row = new Uint8Array(8193)
    const bytes = png({ width: 65_537, height: 1, bits: 1, colour: 'grey', rows: [row] })
    await writeFile(inFolder('ribbon.png'), bytes)
    const error = await refusal(inFolder('ribbon.png'))
    expect(error.code).toBe('IMAGE_TOO_LARGE')
    expect(error.message).toContain('65535 pixels a side')
  })

  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)(
    'reads %s whole, and never shows a part of it as if it were all',
    async (format) => {
      const raw = { width: 64, height: 64, channels: 3 } as const
      const noise = Uint8Array.from(
        { length: 64 * 64 * 3 },
        (_, i) => Math.imul(i, 2654435761) >>> 24,
      )
      const bytes = await sharp(noise, { raw }).toFormat(format).toBuffer()
      const path = inFolder(`whole.${format}`)
      await writeFile(path, bytes)
      const whole = await decodeImage(path)
      expect([whole.width, whole.height]).toEqual([64, 64])

      let refused = 0
      for (const share of [0.99, 0.95, 0.8, 0.5, 0.1]) {
        await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * share)))
        const result = await decodeImage(path).catch((error: unknown) => error)
        if (result instanceof LexmaskError) {
          expect(result.code, `${format} at ${share}`).toBe('IMAGE_TRUNCATED')
          refused++
        } else {
          // What was cut off a TIFF may be a note about its resolution.
          expect((result as RgbImage).rgb).toEqual(whole.rgb)
        }
      }
      expect(refused).toBeGreaterThanOrEqual(2)
    },
  )

  it('refuses a TIFF that ends in the middle of its pixels', async () => {
    const pixels = new Uint8Array(100 * 100).fill(77)
    const bytes = tiff({ width: 100, height: 100, bits: 8, samples: 1, format: 'unsigned', pixels })
    await writeFile(inFolder('half.tiff'), bytes.subarray(0, bytes.length - 5000))
    expect((await refusal(inFolder('half.tiff'))).code).toBe('IMAGE_TRUNCATED')
  })

  it.skipIf(process.platform === 'win32')(
    'says so when the file may not be read (needs POSIX permissions)',
    async () => {
      const path = inFolder('rotated-1.jpg')
      await chmod(dirname(path), 0o755)
      await chmod(path, 0)
      const error = await asOrdinaryUser(() => refusal(path))
      await chmod(path, 0o644)
      expect(error.code).toBe('IMAGE_UNREADABLE')
      expect(error.message).toContain('permissions')
    },
  )
})

it('keeps memory flat over many images', async () => {
  const side = 1024
  const path = inFolder('large.jpg')
  await sharp({ create: { width: side, height: side, channels: 3, background: '#345' } })
    .jpeg()
    .toFile(path)
  const decode = async (times: number) => {
    for (let i = 0; i < times; i++) await decodeImage(path)
    return process.memoryUsage.rss()
  }
  const warm = await decode(40)
  const after = await decode(200)
  // 200 images are 629 MB of pixels.
  expect(after - warm).toBeLessThan(150e6)
})
