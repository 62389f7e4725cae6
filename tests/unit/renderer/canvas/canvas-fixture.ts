import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { rleToCocoString } from '#shared/geometry/rle.ts'
import type { MaskRecord } from '#shared/contract/records.ts'
import type {
  CanvasAnnotation,
  CanvasGhost,
} from '../../../../src/renderer/src/canvas/canvas-content.ts'
import { bitmapFromRows } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'

export function maskOf(bitmap: Bitmap): MaskRecord {
  const rle = rleFromBitmap(bitmap.pixels, bitmap)
  const counts = rleToCocoString(rle)
  const { width, height } = rle
  // Unlike in the product, the content is its own name: it is short here.
  const hash = `${width} ${height} ${counts}`
  return { hash, width, height, counts, bbox: rleBbox(rle), area: rleArea(rle) }
}

/** '#' is set. */
export function maskFromRows(...rows: string[]): MaskRecord {
  return maskOf(bitmapFromRows(...rows))
}

export function annotation(
  id: number,
  mask: MaskRecord,
  changes: Partial<CanvasAnnotation> = {},
): CanvasAnnotation {
  return {
    id,
    classId: 1,
    colour: '#ff0000',
    name: 'dog',
    score: 0.5,
    state: 'proposed',
    isHidden: false,
    mask,
    bbox: mask.bbox,
    ...changes,
  }
}

export function ghost(
  id: number,
  mask: MaskRecord,
  changes: Partial<CanvasGhost> = {},
): CanvasGhost {
  return {
    id,
    classId: 1,
    colour: '#ff0000',
    name: 'dog',
    score: 0.2,
    mask,
    bbox: mask.bbox,
    ...changes,
  }
}
