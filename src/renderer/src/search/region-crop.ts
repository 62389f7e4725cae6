import type { XywhBox } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'

/** Of the larger side of a region, on each side of it: enough to see what it is part of. */
const MARGIN = 0.18
/** Small regions are not blown up until nothing can be told. */
const LEAST_SIDE_PX = 48

/** Where an image lies in a frame that cuts a part out of it; CSS pixels of the frame. */
export interface Crop {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Of the region in the frame. */
  readonly box: XywhBox
}

/**
 * The part of an image around a region that fills a frame. It stays in the image where the image is
 * large enough, and in its middle where it is not.
 *
 * @param bbox image pixels; null for the whole image
 * @param region image pixels: what is marked in the frame
 */
export function cropIn(frame: Size, image: Size, bbox: XywhBox | null, region: XywhBox): Crop {
  const [x, y, width, height] = bbox ?? [0, 0, image.width, image.height]
  const margin = bbox === null ? 0 : Math.max(width, height) * MARGIN
  const least = bbox === null ? 0 : LEAST_SIDE_PX
  const scale = Math.min(
    frame.width / Math.max(least, width + 2 * margin),
    frame.height / Math.max(least, height + 2 * margin),
  )
  const left = offset(x + width / 2, image.width, frame.width, scale)
  const top = offset(y + height / 2, image.height, frame.height, scale)
  return {
    left,
    top,
    width: image.width * scale,
    height: image.height * scale,
    box: [left + region[0] * scale, top + region[1] * scale, region[2] * scale, region[3] * scale],
  }
}

/** Of the image's edge from the frame's, so that `middle` is in the middle or the image fills it. */
function offset(middle: number, side: number, frame: number, scale: number): number {
  const shown = side * scale
  if (shown <= frame) return (frame - shown) / 2
  return Math.min(0, Math.max(frame - shown, frame / 2 - middle * scale))
}

/** Few sizes, so that regions of an image share a picture. */
const PICTURE_SIDES_PX = [256, 640, 1280]

/**
 * The longer side of the picture that is cut.
 *
 * @param shownPx of the whole image as it is drawn, device pixels
 */
export function pictureSidePx(shownPx: number): number {
  return PICTURE_SIDES_PX.find((side) => side >= shownPx * 0.75) ?? PICTURE_SIDES_PX[2]
}
