import type { Size } from '#shared/geometry/size.ts'

/** A picture that can be drawn. */
export interface PictureLevel extends Size {
  readonly source: CanvasImageSource
}

/** Halving stops here: below, drawing the whole is cheap enough. */
const SMALLEST_SIDE = 512

/** Sizes of the halvings of a picture, without the picture itself. */
export function halvedSizes({ width, height }: Size): Size[] {
  const sizes: Size[] = []
  let size = { width: Math.round(width / 2), height: Math.round(height / 2) }
  while (Math.max(size.width, size.height) >= SMALLEST_SIDE) {
    sizes.push(size)
    size = { width: Math.round(size.width / 2), height: Math.round(size.height / 2) }
  }
  return sizes
}

/**
 * The level to draw at a width on the screen: the smallest that has not fewer pixels. Shrinking by
 * less than a half needs no more than the four nearest pixels, so it neither flickers nor costs.
 * @param levels the largest first, one at least
 */
export function levelFor<Level extends Size>(
  levels: readonly Level[],
  devicePixels: number,
): Level {
  return levels.findLast(({ width }) => width >= devicePixels) ?? levels[0]
}
