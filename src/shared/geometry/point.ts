import { GeometryError } from './geometry-error.ts'

/** A place in an image: pixel (c, r) covers [c, c + 1) * [r, r + 1), its centre is at + 0.5. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Farther out nothing is drawn, and products of three coordinates would lose their last bits. */
const MAX_COORDINATE = 2 ** 24

/** @throws GeometryError POINT_INVALID for a coordinate that is no number or absurdly far out */
export function assertPoint({ x, y }: Point): void {
  if (!(Math.abs(x) <= MAX_COORDINATE && Math.abs(y) <= MAX_COORDINATE)) {
    throw new GeometryError('POINT_INVALID', `(${x}, ${y}) is no place in an image.`)
  }
}
