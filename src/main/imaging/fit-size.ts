import type { Size } from '#shared/geometry/size.ts'

/** The size with its longer side at most `maxSide`, its shape kept; never enlarged, never below 1 pixel. */
export function fitSize({ width, height }: Size, maxSide: number): Size {
  const scale = Math.min(1, maxSide / Math.max(width, height))
  const side = (length: number): number => Math.max(1, Math.round(length * scale))
  return { width: side(width), height: side(height) }
}
