import type { Point } from '../canvas-content.ts'
import type { Line } from './gesture.ts'
import { endOf, screenDistance } from './lines.ts'
import type { PreviewShape } from './preview.ts'
import { withGesture, NO_PREVIEW, stay } from './tool.ts'
import type { Tool, ToolInput, ToolStep } from './tool.ts'

export interface BrushState {
  /** The stroke under way; null while the brush is up. */
  readonly line: Line | null
  readonly isErasing: boolean
  /** Where the last stroke ended: a straight line goes on from there. */
  readonly lastEnd: Point | null
  readonly pointer: Point | null
  readonly isShift: boolean
}

/** Nearer moves of the pointer change no pixel that anybody sees. CSS pixels. */
const STEP_PX = 1

/** A stroke from press to release; with Shift a straight line from where the last one ended. */
function brush(isEraser: boolean): Tool<BrushState> {
  const initial: BrushState = {
    line: null,
    isErasing: isEraser,
    lastEnd: null,
    pointer: null,
    isShift: false,
  }
  return {
    initial,
    reduce: (state, input) => reduce(state, input, isEraser),
    isBusy: ({ line }) => line !== null,
    cursor: () => 'crosshair',
    preview,
  }
}

export const brushTool = brush(false)
export const eraserTool = brush(true)

function preview({
  line,
  isErasing,
  lastEnd,
  pointer,
  isShift,
}: BrushState): readonly PreviewShape[] {
  if (pointer === null && line === null) return NO_PREVIEW
  const cursor: PreviewShape[] = pointer === null ? [] : [{ kind: 'brush', at: pointer }]
  if (line !== null) return [{ kind: 'stroke', line, isErasing }, ...cursor]
  if (!isShift || lastEnd === null || pointer === null) return cursor
  return [{ kind: 'cut', line: [lastEnd.x, lastEnd.y, pointer.x, pointer.y] }, ...cursor]
}

function reduce(state: BrushState, input: ToolInput, isEraser: boolean): ToolStep<BrushState> {
  switch (input.kind) {
    case 'down': {
      if (input.button !== 'primary') return stay(state)
      const { inImage, modifiers } = input
      const isStraight = modifiers.isShift && state.lastEnd !== null
      const from = isStraight && state.lastEnd !== null ? [state.lastEnd.x, state.lastEnd.y] : []
      return stay({
        ...state,
        line: [...from, inImage.x, inImage.y],
        isErasing: isEraser !== modifiers.isAlt,
        pointer: inImage,
        isShift: false,
      })
    }
    case 'move': {
      const moved = { ...state, pointer: input.inImage, isShift: input.modifiers.isShift }
      if (state.line === null || screenDistance(endOf(state.line), input) < STEP_PX)
        return stay(moved)
      return stay({ ...moved, line: [...state.line, input.inImage.x, input.inImage.y] })
    }
    case 'up':
      return state.line === null ? stay(state) : finished(state, state.line, input.inImage)
    case 'leave':
      return stay(state.pointer === null ? state : { ...state, pointer: null })
    case 'cancel':
    case 'interrupt':
      return stay(state.line === null ? state : { ...state, line: null })
    case 'wheel':
      return { state, effects: [{ kind: 'resize', notches: input.notches }] }
    case 'double':
    case 'key':
    case 'target':
    case 'nudge':
    case 'settle':
      return stay(state)
  }
}

function finished(state: BrushState, line: Line, { x, y }: Point): ToolStep<BrushState> {
  const end = endOf(line)
  const whole = end.x === x && end.y === y ? line : [...line, x, y]
  return withGesture(
    { ...state, line: null, lastEnd: { x, y } },
    { kind: 'stroke', line: whole, isErasing: state.isErasing },
  )
}
