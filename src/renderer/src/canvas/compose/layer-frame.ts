import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import { imageInSight } from '../view-transform.ts'
import type { View } from '../view-transform.ts'

/** The place and the resolution of a bitmap layer. */
export interface LayerFrame extends Size {
  /** Layer pixels an image pixel. */
  readonly scale: number
  /** Whole layer pixels from the image's corner to the layer's. */
  readonly left: number
  readonly top: number
}

/** A small window and a margin: panning finds some of what it needs already painted. */
const ROOMY_PIXELS = 1.6e6
const SPARE = 1.5
/** What is looked at while the sharp layer is on its way: coarse, and always of the whole image. */
const COARSE_PIXELS = 1e6

/** The whole image, coarse; its size does not depend on that of the image. */
export function coarseFrame(image: Size): LayerFrame {
  const scale = Math.min(1, Math.sqrt(COARSE_PIXELS / (image.width * image.height)))
  return wholeFrame(image, scale)
}

/**
 * The layer that is sharp in a view: the whole image where that is affordable, so that panning needs
 * no other; what is in sight and a margin around it otherwise.
 */
export function sharpFrame(
  view: View,
  image: Size,
  viewport: Size,
  pixelRatio: number,
): LayerFrame {
  const scale = view.scale * pixelRatio
  const inSight = viewport.width * viewport.height * pixelRatio ** 2
  const budget = Math.max(ROOMY_PIXELS, SPARE * inSight)
  if (image.width * image.height * scale ** 2 <= budget) return wholeFrame(image, scale)

  const [x1, y1, x2, y2] = imageInSight(view, image, viewport)
  // (width + 2m)(height + 2m) = budget, for the margin m.
  const width = viewport.width * pixelRatio
  const height = viewport.height * pixelRatio
  const sum = width + height
  const margin = (Math.sqrt(sum ** 2 - 4 * (inSight - budget)) - sum) / 4
  const left = Math.max(0, Math.floor(x1 * scale - margin))
  const top = Math.max(0, Math.floor(y1 * scale - margin))
  const right = Math.min(Math.ceil(image.width * scale), Math.ceil(x2 * scale + margin))
  const bottom = Math.min(Math.ceil(image.height * scale), Math.ceil(y2 * scale + margin))
  return {
    scale,
    left,
    top,
    width: Math.max(1, right - left),
    height: Math.max(1, bottom - top),
  }
}

function wholeFrame(image: Size, scale: number): LayerFrame {
  return {
    scale,
    left: 0,
    top: 0,
    width: Math.max(1, Math.ceil(image.width * scale)),
    height: Math.max(1, Math.ceil(image.height * scale)),
  }
}

/** The part of the image that a layer shows, image pixels. */
export function frameInImage({ scale, left, top, width, height }: LayerFrame): Box {
  return [left / scale, top / scale, (left + width) / scale, (top + height) / scale]
}

export function isFrameCovering(frame: LayerFrame, box: Box, image: Size): boolean {
  const [x1, y1, x2, y2] = frameInImage(frame)
  return (
    x1 <= Math.max(0, box[0]) &&
    y1 <= Math.max(0, box[1]) &&
    x2 >= Math.min(image.width, box[2]) &&
    y2 >= Math.min(image.height, box[3])
  )
}

/** What of `outer` lies outside of `inner`, as up to four boxes that share no point. */
export function boxesOutside(outer: Box, inner: Box): Box[] {
  const [x1, y1, x2, y2] = outer
  const left = Math.min(Math.max(inner[0], x1), x2)
  const top = Math.min(Math.max(inner[1], y1), y2)
  const right = Math.max(Math.min(inner[2], x2), left)
  const bottom = Math.max(Math.min(inner[3], y2), top)
  const boxes: Box[] = [
    [x1, y1, x2, top],
    [x1, bottom, x2, y2],
    [x1, top, left, bottom],
    [right, top, x2, bottom],
  ]
  return boxes.filter(([a, b, c, d]) => c > a && d > b)
}
