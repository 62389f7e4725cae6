import type { RgbImage, Size } from './resize.ts'

/** An opened image file, as a person sees it: EXIF orientation applied, 8 bits, sRGB. */
export interface ImageSource extends Size {
  /** Antialiased bilinear; a large photo is not decoded in full for it. */
  resized(size: Size): Promise<RgbImage>
  pixels(): Promise<RgbImage>
}
