import { growMask, shrinkMask } from '#shared/geometry/edit/morphology.ts'
import { GeometryError } from '#shared/geometry/geometry-error.ts'
import { rleDifference } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import { guidedFilter } from './guided-filter.ts'
import type { RgbImage } from './rgb-image.ts'

export interface SnapOptions {
  /** How far the edge may move, in whole pixels, 1 to MAX_SNAP_BAND. */
  readonly bandPx: number
}

export const MAX_SNAP_BAND = 64

/** Windows of the filter are this much larger than the band. Measured: docs/methods.md. */
const RADIUS_PER_BAND = 1.5

/** Of squared colour differences in 0..1; about the noise of a photo. Measured as above. */
const EPSILON = 2e-4

/** Pixels that are filtered at once, a side: what bounds the memory for an object as large as a photo. */
const TILE = 256

/** Cells a side of the mask head's output: a mask of it is right to about one cell. */
const MASK_HEAD_CELLS = 28

/** The band in which a detector's mask may be wrong, by the longer side of its box; 2 to 24 pixels. */
export function snapBandOf(longerSidePx: number): number {
  return Math.min(24, Math.max(2, Math.round(longerSidePx / MASK_HEAD_CELLS)))
}

/**
 * Moves the edge of a mask to an edge of the image nearby: within `bandPx` of its edge a pixel is
 * set when the guided filter, led by the colours, gives the mask one half or more there. Elsewhere
 * the mask stays as it is, and so does a mask in an image without any edge, nearly.
 *
 * @param image a window of a photo, with `bandPx` and more around the mask where the photo has it
 * @param mask Uint8Array // [height * width] of the same window, row by row, of 0 and 1
 * @returns the same form
 * @throws GeometryError BITMAP_INVALID when image and mask are not of one size; RADIUS_INVALID
 */
export function snapMask(image: RgbImage, mask: Uint8Array, { bandPx }: SnapOptions): Uint8Array {
  if (!(Number.isInteger(bandPx) && bandPx >= 1 && bandPx <= MAX_SNAP_BAND)) {
    throw new GeometryError(
      'RADIUS_INVALID',
      `An edge is sought within 1 to ${MAX_SNAP_BAND} whole pixels, not within ${bandPx}.`,
    )
  }
  if (image.rgb.length !== 3 * mask.length) {
    throw new GeometryError(
      'BITMAP_INVALID',
      `A mask of ${mask.length} pixels does not fit an image of ${image.rgb.length / 3}.`,
    )
  }
  const runs = rleFromBitmap(mask, image)
  const undecided = rleToBitmap(rleDifference(growMask(runs, bandPx), shrinkMask(runs, bandPx)))
  const snapped = Uint8Array.from(mask, (value) => (value === 0 ? 0 : 1))
  for (let top = 0; top < image.height; top += TILE) {
    for (let left = 0; left < image.width; left += TILE) {
      snapTile(image, mask, undecided, { top, left }, Math.round(RADIUS_PER_BAND * bandPx), snapped)
    }
  }
  return snapped
}

/** With a margin in which all windows lie that a pixel's value depends on, so no seam is seen. */
function snapTile(
  image: RgbImage,
  mask: Uint8Array,
  undecided: Uint8Array,
  tile: { readonly top: number; readonly left: number },
  radius: number,
  snapped: Uint8Array,
): void {
  const bottom = Math.min(image.height, tile.top + TILE)
  const right = Math.min(image.width, tile.left + TILE)
  const rowHasWork = (y: number) =>
    undecided.subarray(y * image.width + tile.left, y * image.width + right).includes(1)
  let hasWork = false
  for (let y = tile.top; y < bottom && !hasWork; y++) hasWork = rowHasWork(y)
  if (!hasWork) return
  const top = Math.max(0, tile.top - 2 * radius)
  const left = Math.max(0, tile.left - 2 * radius)
  const size = {
    height: Math.min(image.height, bottom + 2 * radius) - top,
    width: Math.min(image.width, right + 2 * radius) - left,
  }
  const plane = (valueAt: (pixel: number) => number) => {
    const values = new Float64Array(size.height * size.width)
    for (let i = 0, y = top; y < top + size.height; y++) {
      for (let x = left; x < left + size.width; x++) values[i++] = valueAt(y * image.width + x)
    }
    return values
  }
  const colour = (channel: number) => plane((pixel) => image.rgb[3 * pixel + channel] / 255)
  const guide = [colour(0), colour(1), colour(2)] as const
  const input = plane((pixel) => (mask[pixel] === 0 ? 0 : 1))
  const filtered = guidedFilter(guide, input, size, radius, EPSILON)
  for (let y = tile.top; y < bottom; y++) {
    for (let x = tile.left; x < right; x++) {
      const pixel = y * image.width + x
      if (undecided[pixel] === 0) continue
      snapped[pixel] = filtered[(y - top) * size.width + x - left] >= 0.5 ? 1 : 0
    }
  }
}
