import type { Size } from '#shared/geometry/size.ts'

/** An image of 8-bit sRGB pixels. */
export interface RgbImage extends Size {
  /** Uint8Array // [height, width, 3] interleaved red, green, blue */
  readonly rgb: Uint8Array
}
