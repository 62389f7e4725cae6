import type { Box } from '#shared/geometry/box.ts'
import type { Point } from '../canvas-content.ts'
import type { Gesture } from './gesture.ts'
import { boxBetween } from './lines.ts'
import { withGesture, isDrag, NO_PREVIEW, stay } from './tool.ts'
import type { Modifiers, Tool, ToolInput, ToolStep } from './tool.ts'

export interface BoxDrag {
  readonly from: Point
  /** CSS pixels, to tell a click from a drag. */
  readonly fromAt: Point
  /** null until it is a drag. */
  readonly box: Box | null
}
export type BoxState = BoxDrag | null

/** A drag from corner to corner; with Shift a square. A click draws nothing. */
function boxWith(gestureOf: (box: Box) => Gesture): Tool<BoxState> {
  return {
    initial: null,
    reduce: (state, input) => reduce(state, input, gestureOf),
    isBusy: (state) => state !== null,
    cursor: () => 'crosshair',
    preview: (state) =>
      state === null || state.box === null ? NO_PREVIEW : [{ kind: 'box', box: state.box }],
  }
}

/** A rectangle of the active class. */
export const boxTool = boxWith((box) => ({ kind: 'box', box }))
/** A box that a model makes a mask of. */
export const boxPromptTool = boxWith((box) => ({ kind: 'box-prompt', box }))

function reduce(
  state: BoxState,
  input: ToolInput,
  gestureOf: (box: Box) => Gesture,
): ToolStep<BoxState> {
  switch (input.kind) {
    case 'down':
      return input.button === 'primary'
        ? stay({ from: input.inImage, fromAt: input.at, box: null })
        : stay(state)
    case 'move':
      return state === null || (state.box === null && !isDrag(state.fromAt, input.at))
        ? stay(state)
        : stay({ ...state, box: boxTo(state.from, input.inImage, input.modifiers) })
    case 'up':
      if (state === null || state.box === null) return stay(null)
      return withGesture(null, gestureOf(boxTo(state.from, input.inImage, input.modifiers)))
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
      return stay(state)
  }
}

function boxTo(from: Point, to: Point, { isShift }: Modifiers): Box {
  if (!isShift) return boxBetween(from, to)
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))
  return boxBetween(from, {
    x: from.x + Math.sign(to.x - from.x || 1) * side,
    y: from.y + Math.sign(to.y - from.y || 1) * side,
  })
}
