import { traceCracks } from './crack-tracing.ts'
import { rasterisePolygons } from './rasterise-polygon.ts'
import { rleDifference, rleUnionOf } from './rle-algebra.ts'
import type { Rle } from './rle.ts'
import type { Size } from './size.ts'

/**
 * A closed line [x, y, x, y, ...] in image pixels, three points or more; the last joins the first.
 * Pixel (x, y) covers [x, x + 1] * [y, y + 1], so a contour of a mask runs on whole numbers.
 */
export type Ring = readonly number[]

/** One part of a mask: what lies in `outer` and in none of `holes`. */
export interface MaskPolygon {
  readonly outer: Ring
  readonly holes: readonly Ring[]
}

/**
 * The exact contours of a mask, along the cracks between pixels.
 *
 * - A part is a set of pixels connected by their sides (4-connected). Its holes, and all that is
 *   outside, are connected by sides and corners.
 * - Every point is a corner; straight lines have no points between their ends.
 * - Outer rings turn clockwise on the screen (y down; the shoelace sum is positive), holes
 *   counter-clockwise: the part is always on the right hand.
 * - Where four pixels meet like a checkerboard, two rings, or one ring twice, pass the same point
 *   and turn there without crossing. Both the even-odd and the non-zero rule read them right.
 * - Parts and holes come in the order of their leftmost column, then of their top; a ring begins
 *   at the top of its leftmost edge (a hole at the bottom of it).
 *
 * Time and memory follow the number of runs a mask has in its columns, not its pixels.
 */
export function polygonsFromMask(mask: Rle): MaskPolygon[] {
  const polygonOfPart = new Map<number, { outer: Ring; holes: Ring[] }>()
  for (const { ring, part } of traceCracks(mask)) {
    const polygon = polygonOfPart.get(part)
    // The leftmost edge of a part is left of all its holes, so the outer ring comes first.
    if (polygon === undefined) polygonOfPart.set(part, { outer: ring, holes: [] })
    else polygon.holes.push(ring)
  }
  return [...polygonOfPart.values()]
}

/**
 * The inverse of `polygonsFromMask`, exact for every mask; and the mask of polygons that a person
 * moved or that were simplified. Holes are cut out of their own part only, and parts are united.
 * @throws GeometryError as `rasterisePolygon`
 */
export function maskFromPolygons(polygons: readonly MaskPolygon[], size: Size): Rle {
  const parts = polygons.map(({ outer, holes }) => {
    const filled = rasterisePolygons([outer], size)
    return holes.length === 0 ? filled : rleDifference(filled, rasterisePolygons(holes, size))
  })
  return rleUnionOf(parts, size)
}
