import type { Box } from '#shared/geometry/box.ts'
import type { Point } from '../canvas-content.ts'
import type { Line } from './gesture.ts'
import type { Place } from './tool.ts'

export function startOf(line: Line): Point {
  return { x: line[0], y: line[1] }
}

export function endOf(line: Line): Point {
  return { x: line[line.length - 2], y: line[line.length - 1] }
}

/** From a point of the image to the pointer, CSS pixels. */
export function screenDistance({ x, y }: Point, { inImage, scale }: Place): number {
  return Math.hypot(inImage.x - x, inImage.y - y) * scale
}

/** The point on the nearest of the eight directions from `from` that is nearest to `to`. */
export function constrainedTo45(from: Point, to: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const eighth = Math.round(Math.atan2(dy, dx) / (Math.PI / 4))
  if (eighth % 4 === 0) return { x: to.x, y: from.y }
  if (eighth % 2 === 0) return { x: from.x, y: to.y }
  const length = (Math.abs(dx) + Math.abs(dy)) / 2
  return { x: from.x + Math.sign(dx) * length, y: from.y + Math.sign(dy) * length }
}

export function boxBetween(a: Point, b: Point): Box {
  return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)]
}
