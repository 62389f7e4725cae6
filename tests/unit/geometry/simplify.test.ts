import { describe, expect, it } from 'vitest'
import { polygonsFromMask } from '#shared/geometry/contours.ts'
import type { Ring } from '#shared/geometry/contours.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { simplifyPolygon, simplifyRing } from '#shared/geometry/simplify.ts'
import { property } from '../../support/random.ts'
import type { SeededRandom } from '../../support/random.ts'
import { bitmapOf, randomBitmap } from '../../support/random-masks.ts'

/** From a point to the nearest place of a closed line. */
function distanceToRing(x: number, y: number, ring: Ring): number {
  let nearest = Infinity
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    const [dx, dy] = [ring[next] - ring[i], ring[next + 1] - ring[i + 1]]
    const along = ((x - ring[i]) * dx + (y - ring[i + 1]) * dy) / (dx * dx + dy * dy || 1)
    const t = Math.min(Math.max(along, 0), 1)
    nearest = Math.min(nearest, Math.hypot(x - ring[i] - t * dx, y - ring[i + 1] - t * dy))
  }
  return nearest
}

function randomRing(random: SeededRandom): Ring {
  return Array.from({ length: 2 * random.integer(3, 40) }, () => random.integer(0, 30))
}

/** Whether the points of one ring are among those of another, in the same order. */
function isSubsequence(part: Ring, ring: Ring): boolean {
  let found = 0
  for (let i = 0; i < ring.length && found < part.length; i += 2) {
    if (ring[i] === part[found] && ring[i + 1] === part[found + 1]) found += 2
  }
  return found === part.length
}

describe('a simplified ring', () => {
  it('is a part of the old points, and no old point is farther than the tolerance', () => {
    property(
      (random) => {
        const ring = randomRing(random)
        const tolerancePx = random.pick([0, 0.5, 1, 3, 10, 100])
        const simple = simplifyRing(ring, tolerancePx)
        expect(simple.length).toBeGreaterThanOrEqual(6)
        expect(isSubsequence(simple, ring)).toBe(true)
        for (let i = 0; i < ring.length; i += 2) {
          const distance = distanceToRing(ring[i], ring[i + 1], simple)
          expect(distance).toBeLessThanOrEqual(tolerancePx + 1e-9)
        }
      },
      { cases: 1000 },
    )
  })

  it('keeps the corners of a square and drops the points between', () => {
    const square = [0, 0, 5, 0, 10, 0, 10, 5, 10, 10, 5, 10, 0, 10, 0, 5]
    expect(simplifyRing(square, 0)).toEqual([0, 0, 10, 0, 10, 10, 0, 10])
  })

  it('has three points at least, whatever the tolerance', () => {
    const sliver = [0, 0, 10, 0, 20, 0, 20, 1, 10, 1, 0, 1]
    expect(simplifyRing(sliver, 1000)).toHaveLength(6)
    const dot = [3, 3, 3, 3, 3, 3, 3, 3]
    expect(simplifyRing(dot, 1)).toHaveLength(6)
  })

  it('of a circle needs a fifth of its points', () => {
    const size = { height: 400, width: 400 }
    const disc = bitmapOf(size, (x, y) => Math.hypot(x - 200, y - 200) < 150)
    const [polygon] = polygonsFromMask(rleFromBitmap(disc.pixels, size))
    const simple = simplifyRing(polygon.outer, 1)
    expect(simple.length).toBeLessThan(polygon.outer.length / 5)
  })

  it('of a comb with equal teeth does not take minutes', () => {
    const size = { height: 50, width: 32_000 }
    const comb = bitmapOf(size, (x, y) => y > 40 || (x % 2 === 0 && y > 5))
    const [polygon] = polygonsFromMask(rleFromBitmap(comb.pixels, size))
    const simple = simplifyRing(polygon.outer, 20)
    expect(simple.length).toBeLessThan(polygon.outer.length)
    expect(isSubsequence(simple, polygon.outer)).toBe(true)
  })

  it('refuses a tolerance that is none', () => {
    const named: unknown = expect.objectContaining({ code: 'TOLERANCE_INVALID' })
    expect(() => simplifyRing([0, 0, 1, 0, 1, 1], -1)).toThrow(named)
    expect(() => simplifyRing([0, 0, 1, 0, 1, 1], NaN)).toThrow(named)
  })

  it('is made of every ring of a polygon', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        for (const polygon of polygonsFromMask(rleFromBitmap(bitmap.pixels, bitmap))) {
          const simple = simplifyPolygon(polygon, 1)
          expect(simple.outer).toEqual(simplifyRing(polygon.outer, 1))
          expect(simple.holes).toEqual(polygon.holes.map((hole) => simplifyRing(hole, 1)))
        }
      },
      { cases: 50 },
    )
  })
})
