import { GeometryError } from '../geometry-error.ts'
import { MAX_MASK_SIDE } from '../size.ts'

/** The pixels whose centre is within a radius of the centre of one pixel. */
export interface PixelDisc {
  /** Columns to either side. */
  readonly reach: number
  /** Int32Array // [reach + 1] rows above and below, by the distance of the column */
  readonly halfHeights: Int32Array
}

/** @throws GeometryError RADIUS_INVALID for a radius that is not from 0 to MAX_MASK_SIDE */
export function pixelDisc(radiusPx: number): PixelDisc {
  if (!(radiusPx >= 0 && radiusPx <= MAX_MASK_SIDE)) {
    throw new GeometryError(
      'RADIUS_INVALID',
      `A radius of ${radiusPx} pixels is none: it is from 0 to ${MAX_MASK_SIDE}.`,
    )
  }
  const squared = radiusPx * radiusPx
  const reach = Math.floor(radiusPx)
  const halfHeights = Int32Array.from({ length: reach + 1 }, (_, dx) => {
    let rows = Math.round(Math.sqrt(squared - dx * dx))
    while (rows * rows + dx * dx > squared) rows--
    return rows
  })
  return { reach, halfHeights }
}
