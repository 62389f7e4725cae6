import { GeometryError } from './geometry-error.ts'
import { rleUnionOf } from './rle-algebra.ts'
import { rleFromRuns } from './rle.ts'
import type { Rle } from './rle.ts'
import { assertMaskSize } from './size.ts'
import type { Size } from './size.ts'

/** A ring as COCO writes it: [x, y, x, y, ...] in pixels; the last point joins the first. */
export type FlatPolygon = readonly number[]

/** The COCO API draws boundaries on a grid five times as fine as the pixels. */
const SCALE = 5

/** Farther out the COCO API's 32-bit grid coordinates overflow. */
const MAX_COORDINATE = 2 ** 28

/** What any mask's own contour may need is always allowed; beyond that, this many. */
const MIN_CROSSINGS_ALLOWED = 2 ** 24

/**
 * Several polygons of one object are united, as `annToRLE` of the COCO API does; none make the
 * empty mask.
 * @throws GeometryError as `rasterisePolygon`
 */
export function rasterisePolygons(polygons: readonly FlatPolygon[], size: Size): Rle {
  const masks = polygons.map((polygon) => rasterisePolygon(polygon, size))
  return rleUnionOf(masks, size)
}

/**
 * The mask of one polygon by the even-odd rule, bit for bit that of `rleFrPoly` in the COCO API's
 * maskApi: points are rounded to a grid of a fifth of a pixel, the boundary is walked on it in
 * steps of one, and where it crosses the middle of a pixel column a run begins or ends at the
 * next whole row. Parts outside the image are cut off.
 *
 * The COCO API walks every step; here each crossing is computed by itself with the same
 * arithmetic, so the work does not grow with how far a hostile polygon reaches.
 *
 * The COCO API also takes two points (as a box) and one; they are refused here, as no tool draws
 * an object so and silence would hide a damaged file.
 * @throws GeometryError POLYGON_INVALID for an odd number of coordinates, fewer than three points,
 *   or a coordinate that is no number or absurdly far out; POLYGON_TOO_COMPLEX when the boundary
 *   crosses columns more often than any mask of this size has runs (and over 16 million times);
 *   MASK_SIZE_INVALID
 */
export function rasterisePolygon(polygon: FlatPolygon, size: Size): Rle {
  assertMaskSize(size)
  assertPolygon(polygon)
  const grid = gridPoints(polygon)
  const crossings = new Uint32Array(countCrossings(grid, size))
  let length = 0
  const emit = (crossing: number) => {
    crossings[length++] = crossing
  }
  for (let i = 0; i < grid.length; i += 2) {
    const next = (i + 2) % grid.length
    crossColumns(grid[i], grid[i + 1], grid[next], grid[next + 1], size, emit)
  }
  return rleFromCrossings(crossings.subarray(0, length), size)
}

function assertPolygon(polygon: FlatPolygon): void {
  if (polygon.length % 2 !== 0 || polygon.length < 6) {
    throw new GeometryError(
      'POLYGON_INVALID',
      `A polygon of ${polygon.length} numbers is none: it takes pairs of x and y, three or more.`,
    )
  }
  const wrong = polygon.findIndex((value) => !(Math.abs(value) <= MAX_COORDINATE))
  if (wrong >= 0) {
    throw new GeometryError(
      'POLYGON_INVALID',
      `Coordinate ${wrong} of the polygon is ${polygon[wrong]}, which is no place in an image.`,
    )
  }
}

/** Truncation toward zero and not rounding down, as a cast in C does it: it matters left of 0. */
function gridPoints(polygon: FlatPolygon): Float64Array {
  return Float64Array.from(polygon, (value) => Math.trunc(SCALE * value + 0.5))
}

/** The columns whose middle lies between two grid abscissae: grid steps 5c + 2 to 5c + 3. */
function columnsBetween(u1: number, u2: number, width: number): [first: number, last: number] {
  const first = Math.ceil((Math.min(u1, u2) - 2) / SCALE)
  const last = Math.floor((Math.max(u1, u2) - 3) / SCALE)
  return [Math.max(first, 0), Math.min(last, width - 1)]
}

function countCrossings(grid: Float64Array, { height, width }: Size): number {
  const allowed = Math.max(MIN_CROSSINGS_ALLOWED, width * (height + 1))
  let count = 0
  for (let i = 0; i < grid.length; i += 2) {
    const [first, last] = columnsBetween(grid[i], grid[(i + 2) % grid.length], width)
    count += Math.max(0, last - first + 1)
    if (count > allowed) {
      throw new GeometryError(
        'POLYGON_TOO_COMPLEX',
        `A polygon of ${grid.length / 2} points crosses the columns of an image of ` +
          `${width}x${height} pixels more than ${allowed} times.`,
      )
    }
  }
  return count
}

/**
 * Emits, for every column that an edge crosses, column * height + row of the first pixel below.
 * u and v are grid coordinates. An edge goes from left to right when it is flat and downward when
 * it is steep, because the rounding of its points depends on where it starts.
 */
function crossColumns(
  uFrom: number,
  vFrom: number,
  uTo: number,
  vTo: number,
  { height, width }: Size,
  emit: (crossing: number) => void,
): void {
  const isFlat = Math.abs(uTo - uFrom) >= Math.abs(vTo - vFrom)
  const isReversed = isFlat ? uFrom > uTo : vFrom > vTo
  const [us, vs, ue, ve] = isReversed ? [uTo, vTo, uFrom, vFrom] : [uFrom, vFrom, uTo, vTo]
  const [first, last] = columnsBetween(us, ue, width)
  for (let column = first; column <= last; column++) {
    const u = SCALE * column + 2
    const v = isFlat
      ? flatOrdinate(u, us, vs, (ve - vs) / (ue - us))
      : steepOrdinate(u, us, vs, (ue - us) / (ve - vs), ve - vs)
    if (v === null) continue
    // From the middle of a grid step to pixels, whose rows begin at their centre.
    const row = Math.ceil(Math.min(Math.max((v + 0.5) / SCALE - 0.5, 0), height))
    emit(column * height + row)
  }
}

/** The upper of the two points at u and u + 1. */
function flatOrdinate(u: number, us: number, vs: number, slope: number): number {
  const v = (step: number) => Math.trunc(vs + slope * step + 0.5)
  return Math.min(v(u - us), v(u - us + 1))
}

/** The ordinate before the step from u to u + 1 (or back), found by halving; null if it is jumped. */
function steepOrdinate(
  u: number,
  us: number,
  vs: number,
  slope: number,
  steps: number,
): number | null {
  const abscissa = (step: number) => Math.trunc(us + slope * step + 0.5)
  const isPast = (step: number) => (slope > 0 ? abscissa(step) > u : abscissa(step) <= u)
  let before = 0
  let past = steps
  while (past - before > 1) {
    const middle = Math.floor((before + past) / 2)
    if (isPast(middle)) past = middle
    else before = middle
  }
  return Math.min(abscissa(before), abscissa(past)) === u &&
    Math.max(abscissa(before), abscissa(past)) === u + 1
    ? vs + before
    : null
}

/** Column by column the boundary enters and leaves in turn; a double crossing cancels itself. */
function rleFromCrossings(crossings: Uint32Array, size: Size): Rle {
  crossings.sort()
  const runs = new Uint32Array(crossings.length + 1)
  let position = 0
  crossings.forEach((crossing, i) => {
    runs[i] = crossing - position
    position = crossing
  })
  runs[crossings.length] = size.height * size.width - position
  return rleFromRuns(runs, size)
}
