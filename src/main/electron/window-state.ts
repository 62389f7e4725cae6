import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Rectangle } from 'electron'
import { z } from 'zod'

const rectangleSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number().min(1),
  height: z.number().min(1),
})
const windowStateSchema = z.object({ bounds: rectangleSchema, isMaximised: z.boolean() })
export type WindowState = z.infer<typeof windowStateSchema>

export const SMALLEST = { width: 960, height: 600 }
const USUAL = { width: 1440, height: 900 }
/** Of the title bar's length, to get hold of the window by. */
const GRIP_PX = 120
const TITLE_BAR_PX = 32

/** How the window was left; null when that is not known. Never throws. */
export function readWindowState(file: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** Where a window is, is not worth an error. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(state))
  } catch {
    // It opens in the middle, then.
  }
}

/**
 * Where the window opens: as it was left, as far as it can be seen and held on the displays of now;
 * otherwise in the middle of the first one.
 *
 * @param workAreas of the displays, the primary one first
 */
export function placeWindow(
  left: WindowState | null,
  workAreas: readonly Rectangle[],
): WindowState {
  if (left !== null && workAreas.some((area) => isHeld(left.bounds, area))) return left
  const [area] = workAreas
  const width = Math.min(left?.bounds.width ?? USUAL.width, area.width)
  const height = Math.min(left?.bounds.height ?? USUAL.height, area.height)
  return {
    isMaximised: left?.isMaximised ?? false,
    bounds: {
      x: Math.round(area.x + (area.width - width) / 2),
      y: Math.round(area.y + (area.height - height) / 2),
      width,
      height,
    },
  }
}

/** Whether enough of the title bar lies on a display. */
function isHeld(bounds: Rectangle, area: Rectangle): boolean {
  const shownX = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  const isBarShown =
    bounds.y + TITLE_BAR_PX <= area.y + area.height && bounds.y + TITLE_BAR_PX > area.y
  return shownX >= GRIP_PX && isBarShown
}
