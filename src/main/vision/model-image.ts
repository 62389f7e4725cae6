/** An image as a network takes it, with the way back to the image it was made of. */
export interface ModelImage {
  /** Float32Array // [3, paddedHeight, paddedWidth] */
  readonly data: Float32Array
  /** Of the resized image, without padding. */
  readonly width: number
  readonly height: number
  readonly paddedWidth: number
  readonly paddedHeight: number
  /** Pixels of the oriented image to one pixel of the model's input. */
  readonly scaleX: number
  readonly scaleY: number
}

/**
 * The size at which a network sees an image: the short side at `shortSide`, unless that makes the
 * long side longer than `longSideAtMost`.
 */
export function modelSize(
  image: { readonly width: number; readonly height: number },
  resize: { readonly shortSide: number; readonly longSideAtMost: number },
): { width: number; height: number } {
  const short = Math.min(image.width, image.height)
  const long = Math.max(image.width, image.height)
  const scale = Math.min(resize.shortSide / short, resize.longSideAtMost / long)
  return {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  }
}
