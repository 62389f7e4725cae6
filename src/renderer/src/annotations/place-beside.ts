import type { Box } from '#shared/geometry/box.ts'
import type { Point } from '../canvas/canvas-content.ts'
import type { Size } from '#shared/geometry/size.ts'

const GAP_PX = 12

/**
 * Where a panel of this size lies beside a box without covering it: right or left of it, else below
 * or above; in the corner farthest from its middle where the box leaves no room. CSS pixels of the
 * room, as the box.
 */
export function placeBeside([x1, y1, x2, y2]: Box, panel: Size, room: Size): Point {
  const last = {
    x: Math.max(GAP_PX, room.width - panel.width - GAP_PX),
    y: Math.max(GAP_PX, room.height - panel.height - GAP_PX),
  }
  const level = within(y1, last.y)
  const right = x2 + GAP_PX
  if (right >= GAP_PX && right <= last.x) return { x: right, y: level }
  const left = x1 - GAP_PX - panel.width
  if (left >= GAP_PX && left <= last.x) return { x: left, y: level }
  const upright = within(x1, last.x)
  const below = y2 + GAP_PX
  if (below >= GAP_PX && below <= last.y) return { x: upright, y: below }
  const above = y1 - GAP_PX - panel.height
  if (above >= GAP_PX && above <= last.y) return { x: upright, y: above }
  return {
    x: (x1 + x2) / 2 < room.width / 2 ? last.x : GAP_PX,
    y: (y1 + y2) / 2 < room.height / 2 ? last.y : GAP_PX,
  }
}

function within(wanted: number, last: number): number {
  return Math.min(last, Math.max(GAP_PX, wanted))
}
