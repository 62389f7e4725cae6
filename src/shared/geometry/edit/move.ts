import { ColumnRunWriter, columnRunsOf } from '../column-runs.ts'
import { GeometryError } from '../geometry-error.ts'
import type { Point } from '../point.ts'
import type { Rle } from '../rle.ts'

/**
 * The mask moved by whole pixels, to the right and down where `by` is positive. What leaves the image
 * is cut off; what comes into sight is unset.
 * @throws GeometryError POINT_INVALID for parts of a pixel
 */
export function moveMask(mask: Rle, by: Point): Rle {
  if (!Number.isInteger(by.x) || !Number.isInteger(by.y)) {
    throw new GeometryError('POINT_INVALID', `A mask is not moved by (${by.x}, ${by.y}) pixels.`)
  }
  const writer = new ColumnRunWriter(mask)
  const { height, width, firstRun, ends } = columnRunsOf(mask)
  for (let column = Math.max(0, -by.x); column < width - Math.max(0, by.x); column++) {
    for (let run = firstRun[column]; run < firstRun[column + 1]; run++) {
      const top = Math.max(0, ends[2 * run] + by.y)
      const bottom = Math.min(height, ends[2 * run + 1] + by.y)
      writer.add(column + by.x, top, bottom)
    }
  }
  return writer.finish()
}
