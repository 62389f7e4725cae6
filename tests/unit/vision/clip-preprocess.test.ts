import { describe, expect, it } from 'vitest'
import type { Box } from '#shared/geometry/box.ts'
import {
  cropToTower,
  regionOfBox,
  squareRegion,
  type ClipPreprocess,
  type CropMode,
} from '#main/vision/clip-preprocess.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { property, SeededRandom } from '../../support/random.ts'

function noise(random: SeededRandom, width: number, height: number): RgbImage {
  const rgb = Uint8Array.from({ length: width * height * 3 }, () => random.integer(0, 255))
  return { width, height, rgb }
}

function painted(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => readonly [number, number, number],
): RgbImage {
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.set(colourAt(x, y), (y * width + x) * 3)
  }
  return { width, height, rgb }
}

/** Planes of plain bytes: neither mean nor std. */
const bytes = (size: number, more: Partial<ClipPreprocess> = {}): ClipPreprocess => ({
  size,
  shortSide: size,
  mode: 'square',
  resample: 'bicubic',
  mean: [0, 0, 0],
  std: [1 / 255, 1 / 255, 1 / 255],
  channels: 'RGB',
  ...more,
})

const pixelOf = (planes: Float32Array, size: number, x: number, y: number): number[] =>
  [0, 1, 2].map((channel) => Math.round(planes[(channel * size + y) * size + x]))

/** Keys' cubic written as a piecewise polynomial with the parameter a, as in his paper of 1981. */
function keys(x: number): number {
  const a = -0.5
  const s = Math.abs(x)
  if (s <= 1) return (a + 2) * s ** 3 - (a + 3) * s ** 2 + 1
  if (s < 2) return a * s ** 3 - 5 * a * s ** 2 + 8 * a * s - 4 * a
  return 0
}

/** One output sample by the definition: every source pixel, both axes at once, no rounding between. */
function bruteForce(
  image: RgbImage,
  [x1, y1, x2, y2]: Box,
  [fullWidth, fullHeight]: readonly [number, number],
  [x, y]: readonly [number, number],
  channel: number,
): number {
  const scaleX = (x2 - x1) / fullWidth
  const scaleY = (y2 - y1) / fullHeight
  const weight = (position: number, out: number, scale: number): number =>
    keys((position + 0.5 - (out + 0.5) * scale) / Math.max(1, scale))
  let sum = 0
  let total = 0
  for (let sy = 0; sy < y2 - y1; sy++) {
    for (let sx = 0; sx < x2 - x1; sx++) {
      const w = weight(sx, x, scaleX) * weight(sy, y, scaleY)
      sum += w * image.rgb[((y1 + sy) * image.width + x1 + sx) * 3 + channel]
      total += w
    }
  }
  return Math.min(255, Math.max(0, sum / total))
}

describe('regionOfBox', () => {
  it('takes every pixel that the box touches, inside the image', () => {
    const image = { width: 10, height: 8 }
    expect(regionOfBox([1.2, 2.9, 4.1, 5], image)).toEqual({ x1: 1, y1: 2, x2: 5, y2: 5 })
    expect(regionOfBox([-3, -0.5, 99, 99], image)).toEqual({ x1: 0, y1: 0, x2: 10, y2: 8 })
    expect(regionOfBox([3.2, 3.2, 3.4, 3.4], image)).toEqual({ x1: 3, y1: 3, x2: 4, y2: 4 })
  })

  it.each<[string, Box]>([
    ['outside', [20, 0, 30, 5]],
    ['empty', [5, 5, 5, 5]],
    ['turned over', [6, 6, 2, 2]],
    ['not a number', [NaN, 0, 5, 5]],
  ])('refuses a box that is %s', (_what, box) => {
    expect(() => regionOfBox(box, { width: 10, height: 8 })).toThrow(/has no pixel in an image/)
  })
})

describe('squareRegion', () => {
  const image = { width: 100, height: 60 }
  it.each([
    ['grows about the centre', [40, 20, 60, 30], [40, 15, 60, 35]],
    ['is shifted in from the left and top', [0, 0, 5, 21], [0, 0, 21, 21]],
    ['is shifted in from the right and bottom', [95, 40, 100, 60], [80, 40, 100, 60]],
    ['takes the whole height where the image is too low', [0, 10, 90, 50], [0, 0, 90, 60]],
    ['leaves a square alone', [7, 7, 19, 19], [7, 7, 19, 19]],
  ])('%s', (_what, [x1, y1, x2, y2], expected) => {
    const region = squareRegion({ x1, y1, x2, y2 }, image)
    expect([region.x1, region.y1, region.x2, region.y2]).toEqual(expected)
  })

  it('always holds the box and lies in the image', () => {
    property(
      (random) => {
        const image = { width: random.integer(1, 50), height: random.integer(1, 50) }
        const x1 = random.integer(0, image.width - 1)
        const y1 = random.integer(0, image.height - 1)
        const region = {
          x1,
          y1,
          x2: random.integer(x1 + 1, image.width),
          y2: random.integer(y1 + 1, image.height),
        }
        const square = squareRegion(region, image)
        expect(square.x1).toBeGreaterThanOrEqual(0)
        expect(square.y1).toBeGreaterThanOrEqual(0)
        expect(square.x2).toBeLessThanOrEqual(image.width)
        expect(square.y2).toBeLessThanOrEqual(image.height)
        expect(square.x1).toBeLessThanOrEqual(region.x1)
        expect(square.y1).toBeLessThanOrEqual(region.y1)
        expect(square.x2).toBeGreaterThanOrEqual(region.x2)
        expect(square.y2).toBeGreaterThanOrEqual(region.y2)
      },
      { cases: 2000 },
    )
  })
})

describe('cropToTower', () => {
  it.each<CropMode>(['stretch', 'center', 'square'])(
    'leaves an image of one colour as it is (%s)',
    (mode) => {
      const image = painted(37, 23, () => [200, 30, 7])
      for (const size of [5, 16, 64]) {
        const planes = cropToTower(image, [2.5, 3, 30, 20.1], mode, bytes(size))
        for (let i = 0; i < size * size; i++) {
          expect(pixelOf(planes, size, i % size, Math.floor(i / size))).toEqual([200, 30, 7])
        }
      }
    },
  )

  it.each<CropMode>(['stretch', 'center', 'square'])(
    'leaves a crop of its own size as it is (%s)',
    (mode) => {
      const image = noise(new SeededRandom(7), 40, 30)
      const planes = cropToTower(image, [5, 6, 21, 22], mode, bytes(16))
      for (let y = 0; y < 16; y++) {
        for (let x = 0; x < 16; x++) {
          const at = ((6 + y) * 40 + 5 + x) * 3
          expect(pixelOf(planes, 16, x, y)).toEqual([...image.rgb.subarray(at, at + 3)])
        }
      }
    },
  )

  it('normalises with mean and std in the order of the planes', () => {
    const image = painted(8, 8, () => [255, 0, 51])
    const preprocess = bytes(4, { mean: [0.5, 0.25, 0.1], std: [0.5, 0.25, 0.2] })
    const rgb = cropToTower(image, [0, 0, 8, 8], 'stretch', preprocess)
    expect([rgb[0], rgb[16], rgb[32]].map((value) => +value.toFixed(6))).toEqual([1, -1, 0.5])
    const bgr = cropToTower(image, [0, 0, 8, 8], 'stretch', { ...preprocess, channels: 'BGR' })
    expect([bgr[0], bgr[16], bgr[32]].map((value) => +value.toFixed(6))).toEqual([-0.6, -1, 4.5])
  })

  it('halves a step edge as Pillow does', () => {
    // 0 | 255 between the columns 3 and 4 of 8, halved: the kernel of a = -0.5, twice as wide.
    const image = painted(8, 8, (x) => (x < 4 ? [0, 0, 0] : [255, 255, 255]))
    const planes = cropToTower(image, [0, 0, 8, 8], 'stretch', bytes(4))
    // By hand, out 1: centre 3, taps at -3.5 … 3.5 halves: the share of the white columns 4 … 6.
    const taps = [-1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75].map(keys)
    const white = taps[4] + taps[5] + taps[6]
    const all = [-1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75].reduce((a, t) => a + keys(t), 0)
    const expected = Math.round((255 * white) / all)
    expect(pixelOf(planes, 4, 1, 0)[0]).toBe(expected)
    expect(pixelOf(planes, 4, 2, 0)[0]).toBe(255 - expected)
    expect(pixelOf(planes, 4, 0, 0)[0]).toBe(0)
  })

  it('is what the definition gives, within the rounding between its two passes', () => {
    property(
      (random) => {
        const image = noise(random, random.integer(3, 24), random.integer(3, 24))
        const x1 = random.integer(0, image.width - 2)
        const y1 = random.integer(0, image.height - 2)
        const x2 = random.integer(x1 + 1, image.width)
        const y2 = random.integer(y1 + 1, image.height)
        const size = random.integer(2, 12)
        const isCenter = random.next() < 0.5
        const [width, height] = [x2 - x1, y2 - y1]
        const short = Math.min(width, height)
        const full: [number, number] = isCenter
          ? [Math.floor((size * width) / short), Math.floor((size * height) / short)]
          : [size, size]
        const planes = cropToTower(
          image,
          [x1, y1, x2, y2],
          isCenter ? 'center' : 'stretch',
          bytes(size),
        )
        const left = Math.floor((full[0] - size) / 2)
        const top = Math.floor((full[1] - size) / 2)
        for (let channel = 0; channel < 3; channel++) {
          for (let y = 0; y < size; y++) {
            for (let x = 0; x < size; x++) {
              const expected = bruteForce(
                image,
                [x1, y1, x2, y2],
                full,
                [x + left, y + top],
                channel,
              )
              const actual = planes[(channel * size + y) * size + x]
              // A clipped overshoot of the first pass is lost to the second: allow for it on noise.
              expect(Math.abs(actual - expected)).toBeLessThan(40)
            }
          }
        }
      },
      { cases: 60 },
    )
  })

  it('is what the definition gives to one level where nothing overshoots', () => {
    property(
      (random) => {
        const [fx, fy] = [random.between(0.05, 0.3), random.between(0.05, 0.3)]
        const image = painted(random.integer(8, 40), random.integer(8, 40), (x, y) => {
          const wave = 128 + 60 * Math.sin(fx * x + 1) + 60 * Math.cos(fy * y)
          return [wave, 255 - wave, 128]
        })
        const size = random.integer(4, 20)
        const box: Box = [0, 0, image.width, image.height]
        const planes = cropToTower(image, box, 'stretch', bytes(size))
        for (let channel = 0; channel < 3; channel++) {
          for (let i = 0; i < size * size; i++) {
            const at = [i % size, Math.floor(i / size)] as const
            const expected = bruteForce(image, box, [size, size], at, channel)
            expect(Math.abs(planes[channel * size * size + i] - expected)).toBeLessThanOrEqual(1.1)
          }
        }
      },
      { cases: 40 },
    )
  })

  it('cuts the centre out of a resize to a longer short side', () => {
    const image = painted(8, 8, (x, y) => [x * 30, y * 30, 0])
    const planes = cropToTower(image, [0, 0, 8, 8], 'center', bytes(4, { shortSide: 8 }))
    expect(pixelOf(planes, 4, 0, 0)).toEqual([60, 60, 0])
    expect(pixelOf(planes, 4, 3, 3)).toEqual([150, 150, 0])
  })

  it('averages with a triangle where the pack says bilinear', () => {
    const image = painted(4, 4, (x) => [x * 80, 0, 0])
    const planes = cropToTower(image, [0, 0, 4, 4], 'stretch', bytes(2, { resample: 'bilinear' }))
    // Weights 3/8 3/8 1/8 over the columns 0, 80, 160 (the fourth tap lies outside), scaled to 1.
    expect(pixelOf(planes, 2, 0, 0)[0]).toBe(Math.round((80 * 3 + 160) / 7))
  })
})
