import { rleBbox } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'

/** A mask cut to the box around it. */
export interface MaskRegion {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Uint8Array // [height, width] of 0 and 1 */
  readonly bits: Uint8Array
}

/** The mask as it looks in a picture of this size, which may be smaller than the image. Never empty, unless the mask is. */
export function regionOfMask(mask: Rle, picture: Size): MaskRegion {
  const region = cutOut(mask)
  const isSameSize = mask.width === picture.width && mask.height === picture.height
  return isSameSize || region.bits.length === 0 ? region : scaleRegion(region, mask, picture)
}

/** By its RLE alone, column by column. */
function cutOut(mask: Rle): MaskRegion {
  const [x, y, width, height] = rleBbox(mask)
  const bits = new Uint8Array(width * height)
  let end = 0
  for (let i = 0; i < mask.counts.length; i++) {
    const start = end
    end += mask.counts[i]
    if (i % 2 === 0) continue
    for (let at = start; at < end; at++) {
      const column = Math.floor(at / mask.height)
      bits[(at - column * mask.height - y) * width + column - x] = 1
    }
  }
  return { x, y, width, height, bits }
}

/** A pixel of the picture is in the mask when the image's pixel at its centre is. */
function scaleRegion(region: MaskRegion, image: Size, picture: Size): MaskRegion {
  const scaleX = image.width / picture.width
  const scaleY = image.height / picture.height
  const x = Math.floor(region.x / scaleX)
  const y = Math.floor(region.y / scaleY)
  const width = Math.min(picture.width, Math.ceil((region.x + region.width) / scaleX)) - x
  const height = Math.min(picture.height, Math.ceil((region.y + region.height) / scaleY)) - y
  const bits = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    const fromY = Math.floor((y + row + 0.5) * scaleY) - region.y
    if (fromY < 0 || fromY >= region.height) continue
    for (let column = 0; column < width; column++) {
      const fromX = Math.floor((x + column + 0.5) * scaleX) - region.x
      if (fromX < 0 || fromX >= region.width) continue
      bits[row * width + column] = region.bits[fromY * region.width + fromX]
    }
  }
  // What is too small for the picture still leaves a mark where it is.
  if (!bits.includes(1)) bits[Math.floor(height / 2) * width + Math.floor(width / 2)] = 1
  return { x, y, width, height, bits }
}

export function areaOfRegion({ bits }: MaskRegion): number {
  return bits.reduce((sum, bit) => sum + bit, 0)
}
