/** How an image was resized for a network, with the way back to the image it was made of. */
export interface ModelFrame {
  /** Of the resized image, without padding. */
  readonly width: number
  readonly height: number
  readonly paddedWidth: number
  readonly paddedHeight: number
  /** Pixels of the oriented image to one pixel of the model's input. */
  readonly scaleX: number
  readonly scaleY: number
}

/** An image as a network takes it. */
export interface ModelImage extends ModelFrame {
  /** Float32Array // [3, paddedHeight, paddedWidth] */
  readonly data: Float32Array
}

/** The frame without the pixels: it is kept longer, and they are the most of it. */
export function frameOf({
  width,
  height,
  paddedWidth,
  paddedHeight,
  scaleX,
  scaleY,
}: ModelImage): ModelFrame {
  return { width, height, paddedWidth, paddedHeight, scaleX, scaleY }
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
