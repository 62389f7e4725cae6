import { describe, expect, it } from 'vitest'
import { maskFromPolygons, polygonsFromMask } from '#shared/geometry/contours.ts'
import type { MaskPolygon, Ring } from '#shared/geometry/contours.ts'
import { rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { rleArea } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle, rleFromCocoCounts } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { property } from '../../support/random.ts'
import { bitmapFromRows, bitmapOf, randomBitmap } from '../../support/random-masks.ts'
import type { Bitmap } from '../../support/random-masks.ts'

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)
const contoursOf = (...rows: string[]) => polygonsFromMask(encode(bitmapFromRows(...rows)))

/** Twice the area inside, positive when clockwise on the screen. */
function shoelace(ring: Ring): number {
  let sum = 0
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    sum += ring[i] * ring[next + 1] - ring[next] * ring[i + 1]
  }
  return sum
}

const areaOf = ({ outer, holes }: MaskPolygon) =>
  [outer, ...holes].reduce((sum, ring) => sum + shoelace(ring) / 2, 0)

/** Pixels connected by their sides, counted by flooding. */
function countParts(bitmap: Bitmap): number {
  const { height, width } = bitmap
  const isOpen = Uint8Array.from(bitmap.pixels)
  let parts = 0
  for (let seed = 0; seed < isOpen.length; seed++) {
    if (isOpen[seed] === 0) continue
    parts++
    const stack = [seed]
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      if (isOpen[i] === 0) continue
      isOpen[i] = 0
      const [x, y] = [i % width, Math.floor(i / width)]
      if (x > 0) stack.push(i - 1)
      if (x < width - 1) stack.push(i + 1)
      if (y > 0) stack.push(i - width)
      if (y < height - 1) stack.push(i + width)
    }
  }
  return parts
}

describe('contours of a mask', () => {
  it('run around the pixels, clockwise from the top of the leftmost edge', () => {
    expect(contoursOf('...', '.#.', '...')).toEqual([
      { outer: [1, 1, 2, 1, 2, 2, 1, 2], holes: [] },
    ])
    expect(contoursOf('##', '##')).toEqual([{ outer: [0, 0, 2, 0, 2, 2, 0, 2], holes: [] }])
    expect(contoursOf('#.', '##')).toEqual([
      { outer: [0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 0, 2], holes: [] },
    ])
  })

  it('keep holes, counter-clockwise', () => {
    expect(contoursOf('###', '#.#', '###')).toEqual([
      { outer: [0, 0, 3, 0, 3, 3, 0, 3], holes: [[1, 2, 2, 2, 2, 1, 1, 1]] },
    ])
  })

  it('part what touches only at a corner', () => {
    expect(contoursOf('#.', '.#')).toEqual([
      { outer: [0, 0, 1, 0, 1, 1, 0, 1], holes: [] },
      { outer: [1, 1, 2, 1, 2, 2, 1, 2], holes: [] },
    ])
    expect(contoursOf('.#', '#.')).toHaveLength(2)
  })

  it('open a hole that touches the outside at a corner: one ring passes the point twice', () => {
    const [part, ...others] = contoursOf('###', '#.#', '##.')
    expect(others).toEqual([])
    expect(part.holes).toEqual([])
    expect(areaOf(part)).toBe(7)
  })

  it('give an island in a hole a polygon of its own', () => {
    const parts = contoursOf('#####', '#...#', '#.#.#', '#...#', '#####')
    expect(parts.map(({ holes }) => holes.length)).toEqual([1, 0])
    expect(parts.map(areaOf)).toEqual([16, 1])
  })

  it('are none for an empty mask', () => {
    const empty = emptyRle({ height: 4, width: 5 })
    expect(polygonsFromMask(empty)).toEqual([])
    expect(maskFromPolygons([], empty)).toEqual(empty)
  })

  it('enclose every mask without loss', () => {
    property(
      (random) => {
        const rle = encode(randomBitmap(random))
        expect(maskFromPolygons(polygonsFromMask(rle), rle)).toEqual(rle)
      },
      { cases: 1500 },
    )
  })

  it('are one polygon for each part, with corners only and the right winding', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        const rle = encode(bitmap)
        const parts = polygonsFromMask(rle)
        expect(parts).toHaveLength(countParts(bitmap))
        expect(parts.reduce((sum, part) => sum + areaOf(part), 0)).toBe(rleArea(rle))
        for (const { outer, holes } of parts) {
          expect(shoelace(outer)).toBeGreaterThan(0)
          for (const hole of holes) expect(shoelace(hole)).toBeLessThan(0)
          for (const ring of [outer, ...holes]) expectCornersOnly(ring)
        }
      },
      { cases: 600 },
    )
  })

  it('of masks without holes are COCO polygons of the same mask', () => {
    let compared = 0
    property(
      (random) => {
        const rle = encode(randomBitmap(random))
        const parts = polygonsFromMask(rle)
        if (parts.some(({ holes }) => holes.length > 0)) return
        compared++
        const outers = parts.map(({ outer }) => outer)
        expect(rasterisePolygons(outers, rle)).toEqual(rle)
      },
      { cases: 300 },
    )
    expect(compared).toBeGreaterThan(100)
  })

  it('cut a hole out of its own part only', () => {
    const size = { height: 10, width: 10 }
    const part = { outer: [0, 0, 5, 0, 5, 5, 0, 5], holes: [[3, 3, 8, 3, 8, 8, 3, 8]] }
    const other = { outer: [4, 4, 10, 4, 10, 10, 4, 10], holes: [] }
    expect(rleArea(maskFromPolygons([part], size))).toBe(25 - 4)
    expect(rleArea(maskFromPolygons([part, other], size))).toBe(25 - 4 + 36)
  })

  it('of a large mask', () => {
    const size = { height: 3000, width: 4000 }
    const blob = bitmapOf(size, (x, y) => {
      const angle = Math.atan2(y - 1500, x - 2000)
      return Math.hypot(x - 2000, y - 1500) < 1200 + 100 * Math.sin(9 * angle)
    })
    const rle = encode(blob)
    const parts = polygonsFromMask(rle)
    expect(parts).toHaveLength(1)
    expect(maskFromPolygons(parts, size)).toEqual(rle)
  })

  it('of a whole image are its four corners', () => {
    const rle = rleFromCocoCounts([0, 12_000_000], { height: 3000, width: 4000 })
    expect(polygonsFromMask(rle)).toEqual([
      { outer: [0, 0, 4000, 0, 4000, 3000, 0, 3000], holes: [] },
    ])
  })
})

/** Edges are horizontal and vertical in turn, so no point lies on a straight line. */
function expectCornersOnly(ring: Ring) {
  expect(ring.length).toBeGreaterThanOrEqual(8)
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    const isHorizontal = ring[i + 1] === ring[next + 1]
    const isVertical = ring[i] === ring[next]
    const horizontalFirst = ring[1] === ring[3]
    expect(isHorizontal).toBe((i / 2) % 2 === 0 ? horizontalFirst : !horizontalFirst)
    expect(isVertical).toBe(!isHorizontal)
  }
}
