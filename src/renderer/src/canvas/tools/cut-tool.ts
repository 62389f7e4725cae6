import type { Line } from './gesture.ts'
import { endOf, screenDistance, startOf } from './lines.ts'
import { withGesture, NO_PREVIEW, stay } from './tool.ts'
import type { Place, Tool, ToolInput, ToolStep } from './tool.ts'

/** The line under way. */
export type CutState = Line | null

/** Between points of the line. CSS pixels. */
const STEP_PX = 3
/** A shorter line is a click that trembled. CSS pixels. */
const SHORTEST_PX = 8

/** A drag draws the line; with Shift it is straight. */
export const cutTool: Tool<CutState> = {
  initial: null,
  reduce,
  isBusy: (line) => line !== null,
  cursor: () => 'crosshair',
  preview: (line) => (line === null ? NO_PREVIEW : [{ kind: 'cut', line }]),
}

function reduce(line: CutState, input: ToolInput): ToolStep<CutState> {
  switch (input.kind) {
    case 'down':
      return input.button === 'primary' ? stay([input.inImage.x, input.inImage.y]) : stay(line)
    case 'move':
      return stay(line === null ? line : extended(line, input, input.modifiers.isShift, STEP_PX))
    case 'up': {
      if (line === null) return stay(line)
      const whole = extended(line, input, input.modifiers.isShift, 0)
      return lengthOf(whole) * input.scale < SHORTEST_PX
        ? stay(null)
        : withGesture(null, { kind: 'cut', line: whole })
    }
    case 'cancel':
    case 'interrupt':
      return stay(null)
    case 'leave':
    case 'double':
    case 'key':
    case 'wheel':
    case 'target':
    case 'nudge':
    case 'settle':
      return stay(line)
  }
}

function extended(line: Line, place: Place, isStraight: boolean, stepPx: number): Line {
  const { x, y } = place.inImage
  const start = startOf(line)
  if (isStraight) return [start.x, start.y, x, y]
  return screenDistance(endOf(line), place) > stepPx ? [...line, x, y] : line
}

function lengthOf(line: Line): number {
  let length = 0
  for (let i = 2; i < line.length; i += 2) {
    length += Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1])
  }
  return length
}
