import { describe, expect, it } from 'vitest'
import { rasterisePolygon, rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { rleArea, rleBbox, rleUnion } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle, rleToCocoCounts } from '#shared/geometry/rle.ts'
import { property } from '../../support/random.ts'
import type { SeededRandom } from '../../support/random.ts'
import { bitmapFromRows } from '../../support/random-masks.ts'
import { walkBoundary } from '../../support/raster-model.ts'

function randomPolygon(random: SeededRandom, reach: number): number[] {
  const length = 2 * random.integer(3, 12)
  const isWhole = random.next() < 0.3
  return Array.from({ length }, () => {
    const value = random.between(-reach, 30 + reach)
    return isWhole ? Math.round(value) : value
  })
}

describe('a polygon becomes a mask', () => {
  it('of the pixels it covers', () => {
    const { pixels, ...size } = bitmapFromRows('.....', '.###.', '.###.', '.....')
    const mask = rasterisePolygon([1, 1, 4, 1, 4, 3, 1, 3], size)
    expect(mask).toEqual(rleFromBitmap(pixels, size))
  })

  it('as the COCO API does it, for any polygon in and around the image', () => {
    property(
      (random) => {
        const size = { height: random.integer(1, 40), width: random.integer(1, 40) }
        const polygon = randomPolygon(random, random.pick([0, 5, 300]))
        const expected = rleFromBitmap(walkBoundary(polygon, size), size)
        expect(rasterisePolygon(polygon, size)).toEqual(expected)
      },
      { cases: 1500 },
    )
  })

  it('with several polygons united', () => {
    const size = { height: 10, width: 10 }
    const a = [0, 0, 6, 0, 6, 6, 0, 6]
    const b = [4, 4, 9, 4, 9, 9, 4, 9]
    const both = rasterisePolygons([a, b], size)
    expect(both).toEqual(rleUnion(rasterisePolygon(a, size), rasterisePolygon(b, size)))
    expect(rleArea(both)).toBe(36 + 25 - 4)
    expect(rasterisePolygons([], size)).toEqual(emptyRle(size))
  })

  it('that ends at the borders of the image', () => {
    const size = { height: 7, width: 9 }
    const around = rasterisePolygon([-100, -100, 100, -100, 100, 100, -100, 100], size)
    expect(rleToCocoCounts(around)).toEqual([0, 63])
    const beside = rasterisePolygon([20, 0, 30, 0, 30, 7], size)
    expect(beside).toEqual(emptyRle(size))
  })

  it('of no pixel when it has no area', () => {
    const size = { height: 7, width: 9 }
    expect(rasterisePolygon([3, 3, 3, 3, 3, 3], size)).toEqual(emptyRle(size))
    expect(rasterisePolygon([1, 1, 6, 1, 1, 1], size)).toEqual(emptyRle(size))
  })

  it('in no time that counts, however far it reaches', () => {
    const far = 2 ** 28
    const mask = rasterisePolygon([-far, -far, far, far, -far, far], { height: 500, width: 500 })
    // The lower left of the diagonal.
    expect(rleBbox(mask)).toEqual([0, 0, 500, 500])
    expect(rleArea(mask)).toBeGreaterThan(124_000)
    expect(rleArea(mask)).toBeLessThan(126_000)
  })
})

describe('a polygon is refused', () => {
  const size = { height: 10, width: 10 }
  it.each([
    ['an odd number of coordinates', [1, 1, 5, 1, 5, 5, 1]],
    ['two points', [1, 1, 5, 5]],
    ['no points', []],
    ['a coordinate that is no number', [1, 1, 5, NaN, 5, 5]],
    ['an endless coordinate', [1, 1, Infinity, 1, 5, 5]],
    ['an absurd coordinate', [1, 1, 1e12, 1, 5, 5]],
  ])('for %s', (_, polygon) => {
    const named: unknown = expect.objectContaining({ code: 'POLYGON_INVALID' })
    expect(() => rasterisePolygon(polygon, size)).toThrow(named)
  })

  it('for more crossings than memory should be given to', () => {
    const zigzag = Array.from({ length: 20_000 }, (_, i) =>
      i % 2 === 1 ? i % 10 : i % 4 === 0 ? 0 : 10_000,
    )
    const named: unknown = expect.objectContaining({ code: 'POLYGON_TOO_COMPLEX' })
    expect(() => rasterisePolygon(zigzag, { height: 10, width: 10_000 })).toThrow(named)
  })
})
