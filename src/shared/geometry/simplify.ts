import type { MaskPolygon, Ring } from './contours.ts'
import { GeometryError } from './geometry-error.ts'

/**
 * Fewer points for editing and export. Each ring is simplified by itself, so holes keep within
 * `tolerancePx` of where they were but may touch the outer ring.
 * @throws GeometryError TOLERANCE_INVALID
 */
export function simplifyPolygon(polygon: MaskPolygon, tolerancePx: number): MaskPolygon {
  return {
    outer: simplifyRing(polygon.outer, tolerancePx),
    holes: polygon.holes.map((hole) => simplifyRing(hole, tolerancePx)),
  }
}

/**
 * A subset of a ring's points, in their order, such that no point of the old line is farther than
 * `tolerancePx` from the new one; three points at least, and a ring of three is returned as it is.
 *
 * Douglas-Peucker (Cartographica 10(2), 1973), made for closed lines by splitting the ring at its
 * first point and the point farthest from it. Distances are to the segment and not to the endless
 * line, without which the promise does not hold where a line doubles back.
 * @throws GeometryError TOLERANCE_INVALID for a negative tolerance or none
 */
export function simplifyRing(ring: Ring, tolerancePx: number): Ring {
  if (!(tolerancePx >= 0)) {
    throw new GeometryError(
      'TOLERANCE_INVALID',
      `The tolerance is ${tolerancePx} pixels; it must be 0 or more.`,
    )
  }
  const points = ring.length / 2
  if (points <= 3) return ring
  const opposite = farthestFrom(ring, 0, 0, 1, points - 1).point
  const isKept = new Uint8Array(points)
  isKept[0] = isKept[opposite] = 1
  keepWhereNeeded(ring, 0, opposite, tolerancePx, isKept)
  keepWhereNeeded(ring, opposite, points, tolerancePx, isKept)
  if (isKept.indexOf(1, isKept.indexOf(1, 1) + 1) < 0) keepThird(ring, opposite, isKept)
  return ring.filter((_, i) => isKept[i >> 1] === 1)
}

/**
 * Natural shapes are split far less deep. A comb of equal teeth loses one tooth a split, which
 * makes the work quadratic: minutes for a hostile mask.
 */
const MAX_UNEVEN_DEPTH = 64

/**
 * The chain from point `from` to point `to`, where `to` may be the ring's length: its first point.
 * Chains split too often are halved, which keeps a few points more and never breaks the tolerance.
 */
function keepWhereNeeded(
  ring: Ring,
  from: number,
  to: number,
  tolerancePx: number,
  isKept: Uint8Array,
): void {
  const chains: [from: number, to: number, depth: number][] = [[from, to, 0]]
  for (let chain = chains.pop(); chain !== undefined; chain = chains.pop()) {
    const [start, end, depth] = chain
    if (end - start < 2) continue
    const { point, distance } = farthestFrom(ring, start, end, start + 1, end - 1)
    if (distance <= tolerancePx) continue
    const split = depth < MAX_UNEVEN_DEPTH ? point : Math.floor((start + end) / 2)
    isKept[split] = 1
    chains.push([start, split, depth + 1], [split, end, depth + 1])
  }
}

/** Two points enclose nothing; the one farthest off their line is the best third. */
function keepThird(ring: Ring, opposite: number, isKept: Uint8Array): void {
  const points = ring.length / 2
  const sides = [
    farthestFrom(ring, 0, opposite, 1, opposite - 1),
    farthestFrom(ring, opposite, points, opposite + 1, points - 1),
  ]
  const [third] = sides.sort((a, b) => b.distance - a.distance)
  isKept[third.point] = 1
}

/** Of the points first to last, the one farthest from the segment between points a and b. */
function farthestFrom(
  ring: Ring,
  a: number,
  b: number,
  first: number,
  last: number,
): { point: number; distance: number } {
  let point = first
  let distance = -1
  for (let i = first; i <= last; i++) {
    const candidate = distanceToSegment(ring, i, a, b)
    if (candidate > distance) {
      distance = candidate
      point = i
    }
  }
  return { point, distance }
}

function distanceToSegment(ring: Ring, point: number, a: number, b: number): number {
  const start = (2 * a) % ring.length
  const end = (2 * b) % ring.length
  const dx = ring[end] - ring[start]
  const dy = ring[end + 1] - ring[start + 1]
  const px = ring[2 * point] - ring[start]
  const py = ring[2 * point + 1] - ring[start + 1]
  const squaredLength = dx * dx + dy * dy
  const along =
    squaredLength === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / squaredLength, 0), 1)
  return Math.hypot(px - along * dx, py - along * dy)
}
