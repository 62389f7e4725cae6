import { describe, expect, it } from 'vitest'
import { resizeBilinear, toModelInput, type RgbImage } from '#main/vision/resize.ts'

/** A small generator, so that a failing case can be repeated from its seed. */
function seededBytes(count: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(count)
  let state = seed >>> 0
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

const noise = (width: number, height: number, seed: number): RgbImage => ({
  width,
  height,
  rgb: seededBytes(width * height * 3, seed),
})

/**
 * The definition by brute force: every source pixel, weighted by the tent around the sample point
 * that is held inside the image.
 */
function sample(
  image: RgbImage,
  size: { width: number; height: number },
  x: number,
  y: number,
  channel: number,
): number {
  const clamp = (value: number, top: number) => Math.min(Math.max(value, 0), top)
  const atX = clamp(((x + 0.5) * image.width) / size.width - 0.5, image.width - 1)
  const atY = clamp(((y + 0.5) * image.height) / size.height - 0.5, image.height - 1)
  let sum = 0
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < image.width; column++) {
      const share = Math.max(0, 1 - Math.abs(column - atX)) * Math.max(0, 1 - Math.abs(row - atY))
      sum += share * image.rgb[(row * image.width + column) * 3 + channel]
    }
  }
  return sum
}

const cases = [
  { from: [9, 7], to: [5, 4] },
  { from: [9, 7], to: [9, 7] },
  { from: [5, 3], to: [13, 11] },
  { from: [1, 1], to: [4, 3] },
  { from: [8, 6], to: [1, 1] },
  { from: [2, 9], to: [7, 2] },
] as const

describe.each(cases)('resizing $from to $to', ({ from, to }) => {
  const image = noise(from[0], from[1], 7)
  const size = { width: to[0], height: to[1] }

  it('agrees with the brute-force definition', () => {
    const resized = resizeBilinear(image, size)
    const planes = toModelInput(image, size, {
      channelOrder: 'BGR',
      mean: [103.53, 116.28, 123.675],
      std: [57.375, 57.12, 58.395],
    })
    const mean = [123.675, 116.28, 103.53]
    const std = [58.395, 57.12, 57.375]
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        for (let channel = 0; channel < 3; channel++) {
          const expected = sample(image, size, x, y, channel)
          const pixel = resized.rgb[(y * size.width + x) * 3 + channel]
          expect(Math.abs(pixel - expected)).toBeLessThanOrEqual(0.5 + 1e-9)
          const plane = planes[((2 - channel) * size.height + y) * size.width + x]
          expect(plane).toBeCloseTo((expected - mean[channel]) / std[channel], 5)
        }
      }
    }
  })
})

it('leaves an image of the same size as it is, byte for byte', () => {
  const image = noise(31, 17, 3)
  expect(resizeBilinear(image, image).rgb).toEqual(image.rgb)
})

it('gives known answers: 4 columns to 2 take the mean of each pair, 2 to 4 the quarters', () => {
  const grey = (values: number[]): RgbImage => ({
    width: values.length,
    height: 1,
    rgb: Uint8Array.from(values.flatMap((value) => [value, value, value])),
  })
  const reds = (image: RgbImage) => [...image.rgb].filter((_, i) => i % 3 === 0)
  expect(reds(resizeBilinear(grey([0, 10, 20, 40]), { width: 2, height: 1 }))).toEqual([5, 30])
  expect(reds(resizeBilinear(grey([0, 100]), { width: 4, height: 1 }))).toEqual([0, 25, 75, 100])
})

it('puts the planes in the order asked for', () => {
  const image: RgbImage = { width: 1, height: 1, rgb: Uint8Array.of(10, 20, 30) }
  const as = (channelOrder: 'RGB' | 'BGR') => [
    ...toModelInput(image, image, { channelOrder, mean: [1, 2, 3], std: [1, 2, 4] }),
  ]
  expect(as('RGB')).toEqual([9, 9, 6.75])
  expect(as('BGR')).toEqual([29, 9, 1.75])
})

it('rounds to bytes before mean and std when asked to', () => {
  const image: RgbImage = { width: 2, height: 1, rgb: Uint8Array.of(0, 0, 0, 1, 2, 3) }
  const input = (rounding: 'none' | 'uint8') => [
    ...toModelInput(
      image,
      { width: 1, height: 1 },
      { channelOrder: 'RGB', mean: [0, 0, 0], std: [1, 1, 1], rounding },
    ),
  ]
  expect(input('none')).toEqual([0.5, 1, 1.5])
  expect(input('uint8')).toEqual([1, 1, 2])
})

it('refuses what it cannot do', () => {
  const image = noise(4, 4, 1)
  const options = { channelOrder: 'RGB', mean: [0, 0, 0], std: [1, 1, 1] } as const
  expect(() => resizeBilinear(image, { width: 0, height: 4 })).toThrow(RangeError)
  expect(() => resizeBilinear(image, { width: 2.5, height: 4 })).toThrow(RangeError)
  expect(() => toModelInput({ ...image, width: 5 }, { width: 2, height: 2 }, options)).toThrow(
    /bytes of RGB/,
  )
  expect(() => toModelInput(image, image, { ...options, std: [1, 0, 1] })).toThrow(/std/)
})
