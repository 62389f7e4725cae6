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

/** The way back of `cutWindow`: a mask of the image's size that is empty outside the region. */
export function maskOfRegion({ x, y, width, height, bits }: MaskRegion, image: Size): Rle {
  const runs = [0]
  let value = 0
  const add = (length: number, bit: number): void => {
    if (length === 0) return
    if (bit === value) runs[runs.length - 1] += length
    else runs.push(length)
    value = bit
  }
  add(x * image.height, 0)
  for (let column = 0; column < width; column++) {
    add(y, 0)
    for (let row = 0; row < height; row++) add(1, bits[row * width + column])
    add(image.height - y - height, 0)
  }
  add((image.width - x - width) * image.height, 0)
  return { width: image.width, height: image.height, counts: Uint32Array.from(runs) }
}

/** The mask as it looks in a picture of this size, which may be smaller than the image. Never empty, unless the mask is. */
export function regionOfMask(mask: Rle, picture: Size): MaskRegion {
  const [x, y, width, height] = rleBbox(mask)
  const region = cutWindow(mask, { x, y, width, height })
  const isSameSize = mask.width === picture.width && mask.height === picture.height
  return isSameSize || region.bits.length === 0 ? region : scaleRegion(region, mask, picture)
}

/** A mask inside a part of the image that holds all of it; by its RLE alone, column by column. */
export function cutWindow(
  mask: Rle,
  { x, y, width, height }: Omit<MaskRegion, 'bits'>,
): MaskRegion {
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
