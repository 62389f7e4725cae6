import { describe, expect, it } from 'vitest'
import {
  isEmptyRle,
  measureRle,
  rleArea,
  rleBbox,
  rleDifference,
  rleIntersection,
  rleIou,
  rleIouTable,
  rleUnion,
  rleUnionOf,
} from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { property } from '../../support/random.ts'
import type { SeededRandom } from '../../support/random.ts'
import { bitmapFromRows, bitmapOf, randomBitmap } from '../../support/random-masks.ts'
import type { Bitmap } from '../../support/random-masks.ts'

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)

function randomPair(random: SeededRandom): [Bitmap, Bitmap] {
  const a = randomBitmap(random)
  return [a, randomBitmap(random, a)]
}

function combine(a: Bitmap, b: Bitmap, keep: (inA: boolean, inB: boolean) => boolean): Bitmap {
  return bitmapOf(a, (x, y) => {
    const i = y * a.width + x
    return keep(a.pixels[i] === 1, b.pixels[i] === 1)
  })
}

const countSet = ({ pixels }: Bitmap) => pixels.reduce((sum, pixel) => sum + pixel, 0)

describe('measures of a mask', () => {
  it('agree with its pixels', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        const xs: number[] = []
        const ys: number[] = []
        bitmap.pixels.forEach((pixel, i) => {
          if (pixel === 0) return
          xs.push(i % bitmap.width)
          ys.push(Math.floor(i / bitmap.width))
        })
        const [left, top] = [Math.min(...xs), Math.min(...ys)]
        const box = [left, top, Math.max(...xs) - left + 1, Math.max(...ys) - top + 1]
        const rle = encode(bitmap)
        expect(rleArea(rle)).toBe(xs.length)
        expect(isEmptyRle(rle)).toBe(xs.length === 0)
        expect(rleBbox(rle)).toEqual(xs.length === 0 ? [0, 0, 0, 0] : box)
      },
      { cases: 400 },
    )
  })

  it('see a run that goes on at the top of the next column', () => {
    expect(rleBbox(encode(bitmapFromRows('.#', '..', '#.')))).toEqual([0, 0, 2, 3])
  })
})

describe('set operations', () => {
  it('agree with the pixels, in canonical form', () => {
    property(
      (random) => {
        const [a, b] = randomPair(random)
        const [rleA, rleB] = [encode(a), encode(b)]
        expect(rleUnion(rleA, rleB)).toEqual(encode(combine(a, b, (inA, inB) => inA || inB)))
        expect(rleIntersection(rleA, rleB)).toEqual(encode(combine(a, b, (inA, inB) => inA && inB)))
        expect(rleDifference(rleA, rleB)).toEqual(encode(combine(a, b, (inA, inB) => inA && !inB)))
      },
      { cases: 400 },
    )
  })

  it('unite any number of masks', () => {
    property(
      (random) => {
        const first = randomBitmap(random)
        const bitmaps = [first]
        for (let i = random.integer(0, 6); i > 0; i--) bitmaps.push(randomBitmap(random, first))
        const expected = bitmaps.reduce((a, b) => combine(a, b, (inA, inB) => inA || inB))
        expect(rleUnionOf(bitmaps.map(encode), first)).toEqual(encode(expected))
      },
      { cases: 100 },
    )
    const size = { height: 3, width: 4 }
    expect(rleUnionOf([], size)).toEqual(emptyRle(size))
  })

  it('refuse masks of different sizes', () => {
    const a = emptyRle({ height: 3, width: 4 })
    const b = emptyRle({ height: 4, width: 3 })
    const named: unknown = expect.objectContaining({ code: 'MASK_SIZES_DIFFER' })
    expect(() => rleUnion(a, b)).toThrow(named)
    expect(() => rleUnionOf([a], b)).toThrow(named)
    expect(() => rleIou(measureRle(a), measureRle(b), false)).toThrow(named)
  })
})

describe('IoU of masks', () => {
  it('agrees with the pixels, with crowds and without', () => {
    property(
      (random) => {
        const [a, b] = randomPair(random)
        const shared = countSet(combine(a, b, (inA, inB) => inA && inB))
        const union = countSet(combine(a, b, (inA, inB) => inA || inB))
        const [dt, gt] = [measureRle(encode(a)), measureRle(encode(b))]
        expect(rleIou(dt, gt, false)).toBeCloseTo(union === 0 ? 0 : shared / union, 12)
        const inCrowd = dt.area === 0 ? 0 : shared / dt.area
        expect(rleIou(dt, gt, true)).toBeCloseTo(inCrowd, 12)
      },
      { cases: 400 },
    )
  })

  it('fills a table with a row for each detection', () => {
    const left = encode(bitmapFromRows('##..'))
    const right = encode(bitmapFromRows('..##'))
    const all = encode(bitmapFromRows('####'))
    const table = rleIouTable([left, right], [left, all, all], [false, false, true])
    expect([...table]).toEqual([1, 0.5, 1, 0, 0.5, 1])
  })
})
