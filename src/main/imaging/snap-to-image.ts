import { LexmaskError } from '#shared/contract/errors.ts'
import { isEmptyRle, rleBbox } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import { snapMask } from '#main/vision/snap-mask.ts'
import { openImage, type ImageWindow } from './decode-image.ts'
import { cutWindow, maskOfRegion } from './mask-region.ts'
import type { SnapOrder } from './picture-orders.ts'

/** As a factor of the band: the band itself, and beyond it the two windows of the filter. */
const MARGIN_PER_BAND = 4

/**
 * A mask with its edge moved to an edge of the image nearby. Only the window around the mask is kept
 * in memory, at the photo's full size. A mask of which nothing would be left stays as it is.
 *
 * @throws LexmaskError MASK_INVALID for an empty mask, or one of another size; as `openImage`
 */
export async function snapToImage({ path, mask, bandPx }: SnapOrder): Promise<Rle> {
  if (isEmptyRle(mask)) {
    throw new LexmaskError('MASK_INVALID', 'The mask is empty, so it has no edge. Draw it first.')
  }
  const image = await openImage(path)
  if (mask.width !== image.width || mask.height !== image.height) {
    throw new LexmaskError(
      'MASK_INVALID',
      `The mask is ${mask.width} × ${mask.height}, its image ${image.width} × ${image.height}.`,
      { path },
    )
  }
  const window = windowAround(mask, MARGIN_PER_BAND * bandPx, image)
  const region = cutWindow(mask, window)
  const bits = snapMask(await image.window(window), region.bits, { bandPx })
  return bits.includes(1) ? maskOfRegion({ ...region, bits }, mask) : mask
}

function windowAround(mask: Rle, margin: number, image: Size): ImageWindow {
  const [left, top, width, height] = rleBbox(mask)
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)]
  return {
    x,
    y,
    width: Math.min(image.width, left + width + margin) - x,
    height: Math.min(image.height, top + height + margin) - y,
  }
}
