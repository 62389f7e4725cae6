import { describe, expect, it } from 'vitest'
import { maskFromPolygons, polygonsFromMask } from '#shared/geometry/contours.ts'
import type { MaskPolygon } from '#shared/geometry/contours.ts'
import {
  densifyRing,
  insertVertex,
  moveVertices,
  nearestEdge,
  nearestVertex,
  removeVertices,
} from '#shared/geometry/edit/polygon-edit.ts'
import type { VertexRef } from '#shared/geometry/edit/polygon-edit.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { oddBitmap } from '../../../support/random-masks.ts'
import { property } from '../../../support/random.ts'
import type { SeededRandom } from '../../../support/random.ts'

const square: MaskPolygon = {
  outer: [0, 0, 10, 0, 10, 10, 0, 10],
  holes: [[4, 6, 6, 6, 6, 4, 4, 4]],
}
const triangle: MaskPolygon = { outer: [20, 0, 30, 0, 20, 10], holes: [] }
const both = [square, triangle]
const at = (polygon: number, ring: number, vertex: number): VertexRef => ({ polygon, ring, vertex })

function allVertices(polygons: readonly MaskPolygon[]): (VertexRef & { x: number; y: number })[] {
  return polygons.flatMap(({ outer, holes }, polygon) =>
    [outer, ...holes].flatMap((flat, ring) =>
      Array.from({ length: flat.length / 2 }, (_, vertex) => ({
        ...at(polygon, ring, vertex),
        x: flat[2 * vertex],
        y: flat[2 * vertex + 1],
      })),
    ),
  )
}

function randomPolygons(random: SeededRandom) {
  const bitmap = oddBitmap(random)
  return { polygons: polygonsFromMask(rleFromBitmap(bitmap.pixels, bitmap)), size: bitmap }
}

describe('vertices', () => {
  it('are moved together, of any rings', () => {
    expect(moveVertices(both, [at(0, 1, 0), at(0, 1, 1), at(1, 0, 2)], { x: 1, y: -2 })).toEqual([
      { outer: square.outer, holes: [[5, 4, 7, 4, 6, 4, 4, 4]] },
      { outer: [20, 0, 30, 0, 21, 8], holes: [] },
    ])
    expect(both).toEqual([square, triangle])
  })

  it('are moved there and back without a trace', () => {
    property(
      (random) => {
        const { polygons } = randomPolygons(random)
        const some = allVertices(polygons).filter(() => random.next() < 0.4)
        const by = { x: random.integer(-5, 5), y: random.integer(-5, 5) }
        const moved = moveVertices(polygons, some, by)
        expect(moveVertices(moved, some, { x: -by.x, y: -by.y })).toEqual(polygons)
      },
      { cases: 200 },
    )
  })

  it('are put on the nearest edge, which changes no shape', () => {
    expect(insertVertex(both, { x: 4, y: 1 })).toEqual({
      polygons: [{ outer: [0, 0, 4, 0, 10, 0, 10, 10, 0, 10], holes: square.holes }, triangle],
      vertex: at(0, 0, 1),
    })
    // The last edge leads from the last vertex to the first.
    expect(insertVertex([triangle], { x: 19, y: 5 })).toEqual({
      polygons: [{ outer: [20, 0, 30, 0, 20, 10, 20, 5], holes: [] }],
      vertex: at(0, 0, 3),
    })
    expect(insertVertex([], { x: 1, y: 1 })).toBeNull()
    property(
      (random) => {
        const { polygons, size } = randomPolygons(random)
        const changed = insertVertex(polygons, {
          x: random.integer(0, 24),
          y: random.integer(0, 24),
        })
        if (changed === null) return
        expect(maskFromPolygons(changed.polygons, size)).toEqual(maskFromPolygons(polygons, size))
        expect(removeVertices(changed.polygons, [changed.vertex])).toEqual(polygons)
      },
      { cases: 300 },
    )
  })

  it('are removed; a ring of two is none, and holes go with their polygon', () => {
    expect(removeVertices(both, [at(0, 0, 1)])).toEqual([
      { outer: [0, 0, 10, 10, 0, 10], holes: square.holes },
      triangle,
    ])
    expect(removeVertices(both, [at(0, 1, 0), at(0, 1, 3)])).toEqual([
      { outer: square.outer, holes: [] },
      triangle,
    ])
    expect(removeVertices(both, [at(1, 0, 0)])).toEqual([square])
    expect(removeVertices(both, [at(0, 0, 0), at(0, 0, 1), at(0, 0, 1)])).toEqual([triangle])
  })

  it('that are not there are refused', () => {
    for (const missing of [at(2, 0, 0), at(-1, 0, 0), at(0, 2, 0), at(0, 0, 4), at(0, 0, 0.5)]) {
      const refused: unknown = expect.objectContaining({ code: 'VERTEX_INVALID' })
      expect(() => removeVertices(both, [missing])).toThrow(refused)
      expect(() => moveVertices(both, [missing], { x: 1, y: 1 })).toThrow(refused)
    }
    expect(() => moveVertices(both, [at(0, 0, 0)], { x: NaN, y: 0 })).toThrow(
      expect.objectContaining({ code: 'POINT_INVALID' }),
    )
  })
})

describe('what is nearest', () => {
  it('is found within the radius only', () => {
    expect(nearestVertex(both, { x: 9, y: 1 }, 3)).toEqual(at(0, 0, 1))
    expect(nearestVertex(both, { x: 5.6, y: 4.2 }, 3)).toEqual(at(0, 1, 2))
    expect(nearestVertex(both, { x: 15, y: 5 }, 3)).toBeNull()
    expect(nearestEdge(both, { x: 5, y: 9 }, 2)).toEqual({
      polygon: 0,
      ring: 0,
      edge: 2,
      point: { x: 5, y: 10 },
      distancePx: 1,
    })
    expect(nearestEdge(both, { x: 15, y: 5 }, 3)).toBeNull()
  })

  it('is that of all vertices compared', () => {
    property(
      (random) => {
        const { polygons } = randomPolygons(random)
        const point = { x: random.between(-3, 27), y: random.between(-3, 27) }
        const radius = random.between(0, 8)
        const far = ({ x, y }: { x: number; y: number }) => Math.hypot(x - point.x, y - point.y)
        const [first] = allVertices(polygons)
          .filter((vertex) => far(vertex) <= radius)
          .sort((a, b) => far(a) - far(b))
        const found = nearestVertex(polygons, point, radius)
        expect(found).toEqual(
          first === undefined ? null : at(first.polygon, first.ring, first.vertex),
        )
      },
      { cases: 300 },
    )
  })
})

describe('a ring', () => {
  it('gets points on long edges, evenly', () => {
    expect(densifyRing([0, 0, 4, 0, 4, 1], 2)).toEqual([
      0,
      0,
      2,
      0,
      4,
      0,
      4,
      1,
      4 - 4 / 3,
      1 - 1 / 3,
      4 - 8 / 3,
      1 - 2 / 3,
    ])
    expect(densifyRing(triangle.outer, 100)).toEqual(triangle.outer)
  })

  it('is not made of endless points', () => {
    for (const edge of [0, -1, NaN]) {
      expect(() => densifyRing(triangle.outer, edge)).toThrow(
        expect.objectContaining({ code: 'TOLERANCE_INVALID' }),
      )
    }
    expect(() => densifyRing(triangle.outer, 1e-9)).toThrow(
      expect.objectContaining({ code: 'POLYGON_TOO_COMPLEX' }),
    )
  })
})
