import { describe, expect, it } from 'vitest'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle } from '#shared/geometry/rle.ts'
import { maskedCrop, meanPixel } from '#main/vision/masked-crop.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { property, type SeededRandom } from '../../support/random.ts'

const FILL = [9, 8, 7] as const

function noise(random: SeededRandom, width: number, height: number): RgbImage {
  const rgb = Uint8Array.from({ length: width * height * 3 }, () => random.integer(0, 255))
  return { width, height, rgb }
}

describe('a masked crop', () => {
  it('is the tight box of the mask, filled outside it', () => {
    // 4 x 3, the mask an L in columns 1 and 2.
    const bitmap = Uint8Array.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0])
    const rgb = Uint8Array.from({ length: 36 }, (_, i) => 100 + i)
    const crop = maskedCrop(
      { width: 4, height: 3, rgb },
      rleFromBitmap(bitmap, { width: 4, height: 3 }),
      FILL,
    )
    const pixel = (x: number, y: number): number[] => [0, 1, 2].map((c) => rgb[(y * 4 + x) * 3 + c])
    expect(crop).toEqual({
      width: 2,
      height: 2,
      rgb: Uint8Array.from([...pixel(1, 1), ...FILL, ...pixel(1, 2), ...pixel(2, 2)]),
    })
  })

  it('of an empty mask is none', () => {
    const image = { width: 4, height: 3, rgb: new Uint8Array(36) }
    expect(maskedCrop(image, emptyRle(image), FILL)).toBeNull()
  })

  it('agrees with a look at every pixel', () => {
    property(
      (random) => {
        const size = { width: random.integer(1, 12), height: random.integer(1, 12) }
        const image = noise(random, size.width, size.height)
        const bitmap = Uint8Array.from({ length: size.width * size.height }, () =>
          random.integer(0, 3) === 0 ? 1 : 0,
        )
        const mask = rleFromBitmap(bitmap, size)
        const crop = maskedCrop(image, mask, FILL)
        const set = Array.from(rleToBitmap(mask).entries()).flatMap(([at, isSet]) =>
          isSet ? [[at % size.width, Math.floor(at / size.width)]] : [],
        )
        if (set.length === 0) {
          expect(crop).toBeNull()
          return
        }
        const left = Math.min(...set.map(([x]) => x))
        const right = Math.max(...set.map(([x]) => x))
        const top = Math.min(...set.map(([, y]) => y))
        const bottom = Math.max(...set.map(([, y]) => y))
        const expected: number[] = []
        for (let y = top; y <= bottom; y++) {
          for (let x = left; x <= right; x++) {
            const at = y * size.width + x
            expected.push(...(bitmap[at] ? image.rgb.subarray(at * 3, at * 3 + 3) : FILL))
          }
        }
        expect(crop).toEqual({
          width: right - left + 1,
          height: bottom - top + 1,
          rgb: Uint8Array.from(expected),
        })
      },
      { cases: 60 },
    )
  })
})

describe('the mean pixel', () => {
  const mean = [0.48145466, 0.4578275, 0.40821073] as const

  it('is CLIP’s mean in bytes, red first whatever the order of the planes', () => {
    expect(meanPixel({ mean, channels: 'RGB' })).toEqual([123, 117, 104])
    expect(meanPixel({ mean: [mean[2], mean[1], mean[0]], channels: 'BGR' })).toEqual([
      123, 117, 104,
    ])
  })
})
