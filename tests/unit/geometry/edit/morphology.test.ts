import { describe, expect, it } from 'vitest'
import { growMask, shrinkMask } from '#shared/geometry/edit/morphology.ts'
import { MAX_SMOOTH_RADIUS, smoothMask } from '#shared/geometry/edit/smooth.ts'
import { rleArea, rleIntersection } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle, rleComplement } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { bitmapFromRows, bitmapOf, oddBitmap } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'
import { property } from '../../../support/random.ts'
import type { SeededRandom } from '../../../support/random.ts'
import { grown, shrunk, smoothed } from '../../../support/raster-model.ts'

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)
const mask = (...rows: string[]) => encode(bitmapFromRows(...rows))

function randomRadius(random: SeededRandom): number {
  return random.pick([0, 1, 2, 3, Math.SQRT2, random.between(0, 6)])
}

describe('a grown mask', () => {
  it('takes in what is within the radius', () => {
    expect(growMask(mask('.....', '.....', '..#..', '.....', '.....'), 1)).toEqual(
      mask('.....', '..#..', '.###.', '..#..', '.....'),
    )
    expect(growMask(mask('.....', '.....', '..#..', '.....', '.....'), 2)).toEqual(
      mask('..#..', '.###.', '#####', '.###.', '..#..'),
    )
  })

  it('is that of every pixel asked for itself', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const radius = randomRadius(random)
        expect(growMask(encode(bitmap), radius)).toEqual(encode(grown(bitmap, radius)))
      },
      { cases: 800 },
    )
  })

  it('covers the image at last', () => {
    const size = { height: 3, width: 5 }
    const whole = rleComplement(emptyRle(size))
    expect(growMask(mask('#....', '.....', '.....'), 60_000)).toEqual(whole)
    expect(growMask(emptyRle(size), 5)).toEqual(emptyRle(size))
  })
})

describe('a shrunk mask', () => {
  it('loses what is near an edge, but not at the border of the photo', () => {
    expect(shrinkMask(mask('####.', '####.', '####.', '.....'), 1)).toEqual(
      mask('###..', '###..', '.....', '.....'),
    )
  })

  it('is that of every pixel asked for itself', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const radius = randomRadius(random)
        expect(shrinkMask(encode(bitmap), radius)).toEqual(encode(shrunk(bitmap, radius)))
      },
      { cases: 800 },
    )
  })
})

describe('a smoothed mask', () => {
  it('loses spurs and cracks and keeps straight edges', () => {
    const clean = bitmapOf({ height: 20, width: 20 }, (x) => x < 10)
    const rough = bitmapOf(clean, (x, y) => (y === 6 ? x < 12 : y === 13 ? x < 8 : x < 10))
    expect(smoothMask(encode(rough), 3)).toEqual(encode(clean))
    expect(smoothMask(encode(clean), 5)).toEqual(encode(clean))
  })

  it('is that of every pixel asked for itself', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const radius = randomRadius(random)
        expect(smoothMask(encode(bitmap), radius)).toEqual(encode(smoothed(bitmap, radius)))
      },
      { cases: 600 },
    )
  })

  it('makes no part of the mask vanish, however thin', () => {
    const thin = mask('........', '.######.', '........', '........', '......#.')
    expect(rleArea(rleIntersection(smoothMask(thin, 3), thin))).toBeGreaterThan(0)
    expect(smoothMask(mask('...', '.#.', '...'), 2)).toEqual(mask('...', '.#.', '...'))
  })
})

describe('a radius', () => {
  it('has to be one', () => {
    const one = mask('...', '.#.', '...')
    const refused: unknown = expect.objectContaining({ code: 'RADIUS_INVALID' })
    for (const radius of [-1, NaN, Infinity]) {
      for (const change of [growMask, shrinkMask, smoothMask]) {
        expect(() => change(one, radius)).toThrow(refused)
        expect(() => change(emptyRle(one), radius)).toThrow(refused)
      }
    }
    expect(() => smoothMask(one, MAX_SMOOTH_RADIUS + 1)).toThrow(refused)
  })
})

describe('a mask of 10 megapixels in a photo of 108', () => {
  it('is grown, shrunk and smoothed in its own box', () => {
    const counts: number[] = []
    const [height, width] = [9000, 12_000]
    let end = 0
    for (let x = 4000; x < 7500; x++) {
      const half = Math.round(1500 * Math.sqrt(1 - ((x - 5750) / 1750) ** 2) + 20 * Math.sin(x / 7))
      if (half < 1) continue
      const start = x * height + 4500 - half
      counts.push(start - end, 2 * half)
      end = start + 2 * half
    }
    counts.push(height * width - end)
    const large = { height, width, counts: Uint32Array.from(counts) }
    for (const change of [growMask, shrinkMask, smoothMask]) {
      const started = performance.now()
      const changed = change(large, 10)
      console.log(`${change.name}: ${(performance.now() - started).toFixed(0)} ms`)
      expect(rleArea(rleIntersection(changed, large))).toBeGreaterThan(7_000_000)
    }
  })
})
