import type { RgbImage } from './rgb-image.ts'
import type { Size } from '#shared/geometry/size.ts'

/** An opened image file, as a person sees it: EXIF orientation applied, 8 bits, sRGB. */
export interface ImageSource extends Size {
  /** Antialiased bilinear; a large photo is not decoded in full for it. */
  resized(size: Size): Promise<RgbImage>
  pixels(): Promise<RgbImage>
}
