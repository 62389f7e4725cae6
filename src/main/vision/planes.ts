import type { RgbImage } from './rgb-image.ts'
import type { Size } from '#shared/geometry/size.ts'

export interface PlaneOptions {
  /** The order of the planes; `mean` and `std` are in this order too. */
  readonly channelOrder: 'RGB' | 'BGR'
  /** [3] in units of 0..255 */
  readonly mean: readonly number[]
  /** [3] in units of 0..255 */
  readonly std: readonly number[]
}

/**
 * Interleaved pixels as a network's planes, (value - mean) / std, with zeros right of and below the
 * image where `padded` is larger.
 *
 * @returns Float32Array // [3, padded.height, padded.width]
 */
export function toPlanes(image: RgbImage, padded: Size, options: PlaneOptions): Float32Array {
  const { width, height, rgb } = image
  const plane = padded.width * padded.height
  const planes = new Float32Array(3 * plane)
  for (let channel = 0; channel < 3; channel++) {
    const source = options.channelOrder === 'RGB' ? channel : 2 - channel
    const mean = options.mean[channel]
    const factor = 1 / options.std[channel]
    for (let y = 0; y < height; y++) {
      let from = y * width * 3 + source
      let to = channel * plane + y * padded.width
      for (let x = 0; x < width; x++, from += 3) planes[to++] = (rgb[from] - mean) * factor
    }
  }
  return planes
}
