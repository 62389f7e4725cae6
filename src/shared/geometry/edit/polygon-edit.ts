import type { MaskPolygon, Ring } from '../contours.ts'
import { GeometryError } from '../geometry-error.ts'
import { assertPoint } from '../point.ts'
import type { Point } from '../point.ts'

/** Ring 0 of a polygon is the outer one, ring n its hole n - 1. */
export interface RingRef {
  readonly polygon: number
  readonly ring: number
}

/** A point of a ring, counted in points and not in numbers. */
export interface VertexRef extends RingRef {
  readonly vertex: number
}

/** The edge of a ring from one vertex to the next, and the place on it that is nearest. */
export interface EdgeHit extends RingRef {
  /** The vertex that the edge begins at. */
  readonly edge: number
  readonly point: Point
  readonly distancePx: number
}

/** More points than any person moves; a request for more is a mistake in the unit. */
const MAX_RING_POINTS = 2 ** 20

/** @throws GeometryError VERTEX_INVALID, POINT_INVALID when a vertex would leave all images */
export function moveVertices(
  polygons: readonly MaskPolygon[],
  vertices: readonly VertexRef[],
  by: Point,
): MaskPolygon[] {
  return editRings(polygons, vertices, (ring, isNamed) => {
    const moved = ring.slice()
    for (let vertex = 0; vertex < ring.length / 2; vertex++) {
      if (!isNamed.has(vertex)) continue
      const point = { x: ring[2 * vertex] + by.x, y: ring[2 * vertex + 1] + by.y }
      assertPoint(point)
      moved[2 * vertex] = point.x
      moved[2 * vertex + 1] = point.y
    }
    return moved
  })
}

/**
 * A new vertex on the edge nearest to the point, at the place nearest to it: the shape stays as it
 * is until the vertex is moved.
 * @returns null where there is no edge
 * @throws GeometryError POINT_INVALID
 */
export function insertVertex(
  polygons: readonly MaskPolygon[],
  point: Point,
): { readonly polygons: MaskPolygon[]; readonly vertex: VertexRef } | null {
  const hit = nearestEdge(polygons, point, Infinity)
  if (hit === null) return null
  const vertex = { polygon: hit.polygon, ring: hit.ring, vertex: hit.edge + 1 }
  const changed = editRings(polygons, [{ ...hit, vertex: hit.edge }], (ring) => {
    const longer = ring.slice()
    longer.splice(2 * vertex.vertex, 0, hit.point.x, hit.point.y)
    return longer
  })
  return { polygons: changed, vertex }
}

/**
 * A ring of which fewer than three vertices are left disappears; with an outer ring its holes do.
 * @throws GeometryError VERTEX_INVALID
 */
export function removeVertices(
  polygons: readonly MaskPolygon[],
  vertices: readonly VertexRef[],
): MaskPolygon[] {
  return editRings(polygons, vertices, (ring, isNamed) =>
    ring.filter((_, i) => !isNamed.has(i >> 1)),
  )
}

/**
 * The same line with points put evenly on every edge, so that none is longer than `maxEdgePx`.
 * @throws GeometryError TOLERANCE_INVALID when that is not above 0; POLYGON_TOO_COMPLEX when a
 *   million points would not do
 */
export function densifyRing(ring: Ring, maxEdgePx: number): Ring {
  if (!(maxEdgePx > 0)) {
    throw new GeometryError(
      'TOLERANCE_INVALID',
      `Edges cannot be at most ${maxEdgePx} pixels long: it takes a number above 0.`,
    )
  }
  const dense: number[] = []
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = [ring[i], ring[i + 1]]
    const next = (i + 2) % ring.length
    const [dx, dy] = [ring[next] - x, ring[next + 1] - y]
    const pieces = Math.max(1, Math.ceil(Math.hypot(dx, dy) / maxEdgePx))
    if (!(dense.length / 2 + pieces <= MAX_RING_POINTS)) {
      throw new GeometryError(
        'POLYGON_TOO_COMPLEX',
        `Edges of ${maxEdgePx} pixels would take more than ${MAX_RING_POINTS} points.`,
      )
    }
    for (let piece = 0; piece < pieces; piece++) {
      dense.push(x + (dx * piece) / pieces, y + (dy * piece) / pieces)
    }
  }
  return dense
}

/**
 * The vertex nearest to a point, of equally near ones the first; null when none is within `radius`
 * pixels.
 * @throws GeometryError POINT_INVALID
 */
export function nearestVertex(
  polygons: readonly MaskPolygon[],
  point: Point,
  radius: number,
): VertexRef | null {
  assertPoint(point)
  let nearest: VertexRef | null = null
  let distance = radius
  eachRing(polygons, (ring, { polygon, ring: at }) => {
    for (let vertex = 0; vertex < ring.length / 2; vertex++) {
      const candidate = Math.hypot(ring[2 * vertex] - point.x, ring[2 * vertex + 1] - point.y)
      if (candidate > distance || (nearest !== null && candidate === distance)) continue
      distance = candidate
      nearest = { polygon, ring: at, vertex }
    }
  })
  return nearest
}

/**
 * The edge nearest to a point, of equally near ones the first; null when none is within `radius`
 * pixels.
 * @throws GeometryError POINT_INVALID
 */
export function nearestEdge(
  polygons: readonly MaskPolygon[],
  point: Point,
  radius: number,
): EdgeHit | null {
  assertPoint(point)
  let nearest: EdgeHit | null = null
  let distance = radius
  eachRing(polygons, (ring, ref) => {
    for (let edge = 0; edge < ring.length / 2; edge++) {
      const onEdge = nearestOnEdge(ring, edge, point)
      const candidate = Math.hypot(onEdge.x - point.x, onEdge.y - point.y)
      if (candidate > distance || (nearest !== null && candidate === distance)) continue
      distance = candidate
      nearest = { ...ref, edge, point: onEdge, distancePx: candidate }
    }
  })
  return nearest
}

function nearestOnEdge(ring: Ring, edge: number, { x, y }: Point): Point {
  const [startX, startY] = [ring[2 * edge], ring[2 * edge + 1]]
  const next = (2 * edge + 2) % ring.length
  const [dx, dy] = [ring[next] - startX, ring[next + 1] - startY]
  const squaredLength = dx * dx + dy * dy
  const along = squaredLength === 0 ? 0 : ((x - startX) * dx + (y - startY) * dy) / squaredLength
  const t = Math.min(Math.max(along, 0), 1)
  return { x: startX + t * dx, y: startY + t * dy }
}

function eachRing(
  polygons: readonly MaskPolygon[],
  visit: (ring: Ring, ref: RingRef) => void,
): void {
  polygons.forEach(({ outer, holes }, polygon) => {
    visit(outer, { polygon, ring: 0 })
    holes.forEach((hole, i) => visit(hole, { polygon, ring: i + 1 }))
  })
}

/** Changes the rings that vertices are named of, and leaves out those of fewer than three points. */
function editRings(
  polygons: readonly MaskPolygon[],
  vertices: readonly VertexRef[],
  edit: (ring: Ring, named: ReadonlySet<number>) => Ring,
): MaskPolygon[] {
  const named = new Map<string, Set<number>>()
  for (const { polygon, ring, vertex } of vertices) {
    const points = ringAt(polygons, polygon, ring)?.length ?? 0
    if (!(Number.isInteger(vertex) && vertex >= 0 && vertex < points / 2)) {
      throw new GeometryError(
        'VERTEX_INVALID',
        `There is no vertex ${vertex} in ring ${ring} of polygon ${polygon}.`,
      )
    }
    const key = `${polygon}/${ring}`
    named.set(key, (named.get(key) ?? new Set()).add(vertex))
  }
  const edited = (ring: Ring, polygon: number, at: number): Ring => {
    const ofRing = named.get(`${polygon}/${at}`)
    return ofRing === undefined ? ring : edit(ring, ofRing)
  }
  return polygons
    .map(({ outer, holes }, polygon) => ({
      outer: edited(outer, polygon, 0),
      holes: holes
        .map((hole, i) => edited(hole, polygon, i + 1))
        .filter((hole) => hole.length >= 6),
    }))
    .filter(({ outer }) => outer.length >= 6)
}

function ringAt(polygons: readonly MaskPolygon[], polygon: number, ring: number): Ring | undefined {
  const found = polygons.at(polygon < 0 ? Infinity : polygon)
  return ring === 0 ? found?.outer : found?.holes[ring - 1]
}
