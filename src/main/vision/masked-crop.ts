import { rleBbox } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { ClipPreprocess } from './clip-preprocess.ts'
import type { RgbImage } from './rgb-image.ts'

/** The byte nearest to each channel's mean, red first: what normalisation takes to about zero. */
export function meanPixel({
  mean,
  channels,
}: Pick<ClipPreprocess, 'mean' | 'channels'>): [number, number, number] {
  const [first, second, third] = mean.map((value) => Math.round(value * 255))
  return channels === 'BGR' ? [third, second, first] : [first, second, third]
}

/**
 * The tight box of a mask cut out of the image, with `fill` wherever the mask is not set (OVSeg,
 * Liang et al. 2023).
 *
 * @param mask at the size of the image
 * @param fill red, green, blue
 * @returns null for an empty mask, which has no box
 */
export function maskedCrop(
  image: RgbImage,
  mask: Rle,
  fill: readonly [number, number, number],
): RgbImage | null {
  const [left, top, width, height] = rleBbox(mask)
  if (width === 0 || height === 0) return null
  const rgb = new Uint8Array(width * height * 3)
  for (let at = 0; at < rgb.length; at += 3) {
    rgb[at] = fill[0]
    rgb[at + 1] = fill[1]
    rgb[at + 2] = fill[2]
  }
  // Runs go down the columns; a run may go on in the next one.
  let pixel = 0
  mask.counts.forEach((count, run) => {
    if (run % 2 === 1) {
      let x = Math.floor(pixel / mask.height)
      let y = pixel % mask.height
      for (let rest = count; rest > 0; rest--) {
        const from = (y * image.width + x) * 3
        const to = ((y - top) * width + x - left) * 3
        rgb[to] = image.rgb[from]
        rgb[to + 1] = image.rgb[from + 1]
        rgb[to + 2] = image.rgb[from + 2]
        y++
        if (y === mask.height) {
          y = 0
          x++
        }
      }
    }
    pixel += count
  })
  return { width, height, rgb }
}
