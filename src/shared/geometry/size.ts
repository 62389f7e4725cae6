import { GeometryError } from './geometry-error.ts'

/** Of an image or of a mask, in pixels. */
export interface Size {
  readonly height: number
  readonly width: number
}

/** The side limit of JPEG. */
export const MAX_MASK_SIDE = 65_535

/** 268 million: above the largest phone and studio cameras, and a bitmap of it still fits memory. */
export const MAX_MASK_PIXELS = 2 ** 28

/**
 * Sizes come from files of strangers and are multiplied into allocations, so they are checked
 * before anything is made of them.
 * @throws GeometryError MASK_SIZE_INVALID
 */
export function assertMaskSize({ height, width }: Size): void {
  const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= MAX_MASK_SIDE
  if (!isSide(height) || !isSide(width) || height * width > MAX_MASK_PIXELS) {
    throw new GeometryError(
      'MASK_SIZE_INVALID',
      `A mask of height ${height} and width ${width} is not possible: sides are whole numbers from ` +
        `1 to ${MAX_MASK_SIDE}, with at most ${MAX_MASK_PIXELS} pixels.`,
    )
  }
}

/** @throws GeometryError MASK_SIZES_DIFFER */
export function assertSameSize(a: Size, b: Size): void {
  if (a.height !== b.height || a.width !== b.width) {
    throw new GeometryError(
      'MASK_SIZES_DIFFER',
      `Masks of ${a.width}x${a.height} and ${b.width}x${b.height} pixels cannot be combined.`,
    )
  }
}
