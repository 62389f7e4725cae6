import { describe, expect, it } from 'vitest'
import { rasterisePolygon, rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { rleArea, rleBbox, rleUnion } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle, rleToCocoCounts } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import { property } from '../../support/random.ts'
import type { SeededRandom } from '../../support/random.ts'
import { bitmapFromRows } from '../../support/random-masks.ts'

/** The rule of the COCO API with every step of the boundary walked and every pixel toggled. */
function walkBoundary(polygon: readonly number[], { height, width }: Size): Uint8Array {
  const toggles = new Uint8Array(height * width + 1)
  const grid = polygon.map((value) => Math.trunc(5 * value + 0.5))
  const path: [u: number, v: number][] = []
  for (let i = 0; i < grid.length; i += 2) {
    const from = [grid[i], grid[i + 1]]
    const to = [grid[(i + 2) % grid.length], grid[(i + 3) % grid.length]]
    const spans = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])]
    const major = spans[0] >= spans[1] ? 0 : 1
    const isReversed = from[major] > to[major]
    const [start, end] = isReversed ? [to, from] : [from, to]
    const slope = (end[1 - major] - start[1 - major]) / spans[major]
    const points = Array.from({ length: spans[major] + 1 }, (_, step): [number, number] => {
      const along = start[major] + step
      const across = Math.trunc(start[1 - major] + (step === 0 ? 0 : slope * step) + 0.5)
      return major === 0 ? [along, across] : [across, along]
    })
    path.push(...(isReversed ? points.reverse() : points))
  }
  for (let i = 1; i < path.length; i++) {
    if (path[i][0] === path[i - 1][0]) continue
    const x = (Math.min(path[i][0], path[i - 1][0]) + 0.5) / 5 - 0.5
    if (!Number.isInteger(x) || x < 0 || x > width - 1) continue
    const y = (Math.min(path[i][1], path[i - 1][1]) + 0.5) / 5 - 0.5
    toggles[x * height + Math.ceil(Math.min(Math.max(y, 0), height))] ^= 1
  }
  const pixels = new Uint8Array(height * width)
  let value = 0
  for (let i = 0; i < height * width; i++) {
    value ^= toggles[i]
    pixels[(i % height) * width + Math.floor(i / height)] = value
  }
  return pixels
}

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

  it('quickly, however far it reaches', () => {
    const far = 2 ** 28
    const started = performance.now()
    const mask = rasterisePolygon([-far, -far, far, far, -far, far], { height: 500, width: 500 })
    expect(performance.now() - started).toBeLessThan(20_000)
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
