import { rasterisePolygons } from './rasterise-polygon.ts'
import type { FlatPolygon } from './rasterise-polygon.ts'
import { rleFromCocoCounts, rleFromCocoString } from './rle.ts'
import type { Rle } from './rle.ts'
import { assertSameSize } from './size.ts'
import type { Size } from './size.ts'

/** Run lengths as COCO writes them: `size` is [height, width]; counts are compressed or a list. */
export interface CocoRle {
  readonly size: readonly [height: number, width: number]
  readonly counts: string | readonly number[]
}

/** The `segmentation` of a COCO annotation. */
export type CocoSegmentation = readonly FlatPolygon[] | CocoRle

/**
 * The mask of a COCO annotation in an image of this size, as `annToRLE` of the COCO API.
 * @throws GeometryError MASK_SIZES_DIFFER when run lengths are of another image size; and as
 *   `rasterisePolygon`, `rleFromCocoCounts` and `rleFromCocoString`
 */
export function rleFromCocoSegmentation(segmentation: CocoSegmentation, imageSize: Size): Rle {
  if (!isCocoRle(segmentation)) return rasterisePolygons(segmentation, imageSize)
  const { counts } = segmentation
  const [height, width] = segmentation.size
  assertSameSize({ height, width }, imageSize)
  return typeof counts === 'string'
    ? rleFromCocoString(counts, imageSize)
    : rleFromCocoCounts(counts, imageSize)
}

function isCocoRle(segmentation: CocoSegmentation): segmentation is CocoRle {
  return 'counts' in segmentation
}
