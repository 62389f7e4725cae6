import type { Size } from '#shared/geometry/size.ts'
import type { MaskRegion } from './mask-region.ts'

export type Point = readonly [x: number, y: number]

/** Where an object is seen: what a label needs to know of its shape. In pixels of the picture. */
export interface VisibleSpots {
  /** Well within the object: in the middle of where it is thickest. */
  readonly heart: Point
  /** Spread evenly over it, some dozens; one at least. */
  readonly points: readonly Point[]
}

/** Rows and columns of the grid of points that are looked at. */
const GRID = 40
/** One in this many rows and columns of the grid becomes a point. */
const POINT_STEP = 4

/**
 * @param owners Uint16Array // [height, width] of the picture: which object is on top, `owner` is this one
 */
export function visibleSpots(
  region: MaskRegion,
  owners: Uint16Array,
  owner: number,
  picture: Size,
): VisibleSpots {
  const { x, y, width, bits } = region
  const seen = bits.map((bit, at) => {
    const row = Math.floor(at / width)
    return bit === 1 && owners[(y + row) * picture.width + x + (at - row * width)] === owner ? 1 : 0
  })
  // What lies under others all over has no better place than its own.
  return spotsIn({ ...region, bits: seen.includes(1) ? seen : bits })
}

function spotsIn({ x, y, width, height, bits }: MaskRegion): VisibleSpots {
  const stepX = Math.max(1, Math.floor(width / GRID))
  const stepY = Math.max(1, Math.floor(height / GRID))
  const points: Point[] = []
  let heart: Point | null = null
  let thickest = 0
  for (let row = Math.floor(stepY / 2), i = 0; row < height; row += stepY, i++) {
    for (let column = Math.floor(stepX / 2), j = 0; column < width; column += stepX, j++) {
      const at = row * width + column
      if (bits[at] === 0) continue
      if (i % POINT_STEP === 0 && j % POINT_STEP === 0) points.push([x + column, y + row])
      const [left, right] = reach(bits, at, 1, column, width)
      const [up, down] = reach(bits, at, width, row, height)
      // A label is wide and low: room above and below is the scarcer.
      const room = 2 * Math.min(left, right) + 3 * Math.min(up, down) + 1
      if (room <= thickest) continue
      thickest = room
      heart = [x + column, y + row]
    }
  }
  const first = bits.indexOf(1)
  const found = heart ?? [x + (first % width), y + Math.floor(first / width)]
  return { heart: found, points: points.length > 0 ? points : [found] }
}

/** Set pixels in a line before and after one of them. */
function reach(
  bits: Uint8Array,
  at: number,
  step: number,
  position: number,
  length: number,
): [before: number, after: number] {
  let before = 0
  while (before < position && bits[at - (before + 1) * step] === 1) before++
  let after = 0
  while (after < length - 1 - position && bits[at + (after + 1) * step] === 1) after++
  return [before, after]
}
