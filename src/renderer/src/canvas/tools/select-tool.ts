import type { Point, SelectMode } from '../canvas-content.ts'
import { constrainedTo45 } from './lines.ts'
import { isDrag, NO_PREVIEW, panEffect, stay, withGesture } from './tool.ts'
import type { Modifiers, Place, Tool, ToolInput, ToolStep } from './tool.ts'

export type SelectState =
  | { readonly kind: 'idle' }
  /** A click or the beginning of a drag. */
  | {
      readonly kind: 'pressed'
      readonly from: Place
      readonly modifiers: Modifiers
      readonly isOnSelected: boolean
    }
  | { readonly kind: 'panning'; readonly last: Point }
  /** The selected masks go along with the pointer; `by` is in whole image pixels. */
  | { readonly kind: 'moving'; readonly from: Point; readonly by: Point }
  /** They follow the keys, until these are up. */
  | { readonly kind: 'nudging'; readonly by: Point }
  | {
      readonly kind: 'sweeping'
      readonly from: Point
      readonly to: Point
      readonly mode: SelectMode
    }

const IDLE: ToolStep<SelectState> = { state: { kind: 'idle' }, effects: [] }

const CURSORS: Readonly<Record<SelectState['kind'], string>> = {
  idle: '',
  pressed: '',
  panning: 'grabbing',
  moving: 'move',
  nudging: '',
  sweeping: 'crosshair',
}

/**
 * Click picks; a drag moves the selected masks where it begins on one of them, and else the image;
 * a drag with Shift or Ctrl sweeps up what lies in a box.
 */
export const selectTool: Tool<SelectState> = {
  initial: IDLE.state,
  reduce,
  isBusy: ({ kind }) => kind !== 'idle',
  cursor: ({ kind }) => CURSORS[kind],
  preview: () => NO_PREVIEW,
}

/** How far the selected masks are from where they were; null while they are not on their way. */
export function offsetOf(state: SelectState): Point | null {
  return state.kind === 'moving' || state.kind === 'nudging' ? state.by : null
}

function reduce(state: SelectState, input: ToolInput): ToolStep<SelectState> {
  switch (input.kind) {
    case 'down': {
      if (input.button !== 'primary') return stay(state)
      const { at, inImage, scale, modifiers, isOnSelected } = input
      const pressed = { kind: 'pressed', from: { at, inImage, scale }, modifiers } as const
      return { ...settled(state), state: { ...pressed, isOnSelected } }
    }
    case 'move':
      return moved(state, input, input.modifiers)
    case 'up':
      return released(state, input.at)
    case 'double':
      return { state, effects: [{ kind: 'activate', at: input.at }] }
    case 'leave':
      return { state, effects: [{ kind: 'hover', at: null }] }
    case 'nudge':
      return nudged(state, input.by)
    case 'settle':
      return state.kind === 'nudging' ? settled(state) : stay(state)
    case 'cancel':
    case 'interrupt':
      return IDLE
    case 'key':
    case 'wheel':
    case 'target':
      return stay(state)
  }
}

function moved(state: SelectState, place: Place, modifiers: Modifiers): ToolStep<SelectState> {
  const { at } = place
  switch (state.kind) {
    case 'idle':
    case 'nudging':
      return { state, effects: [{ kind: 'hover', at }] }
    case 'pressed':
      return isDrag(state.from.at, at) ? dragged(state, place, modifiers) : stay(state)
    case 'panning':
      return { state: { kind: 'panning', last: at }, effects: [panEffect(state.last, at)] }
    case 'moving':
      return stay({ ...state, by: wholePixels(state.from, place.inImage, modifiers) })
    case 'sweeping':
      return stay({ ...state, to: at })
  }
}

/** The press has become a drag: of what, was decided where and with which keys it began. */
function dragged(
  { from, modifiers: pressedWith, isOnSelected }: Extract<SelectState, { kind: 'pressed' }>,
  { at, inImage }: Place,
  modifiers: Modifiers,
): ToolStep<SelectState> {
  const mode = sweepMode(pressedWith)
  if (mode !== null) return stay({ kind: 'sweeping', from: from.at, to: at, mode })
  if (isOnSelected) {
    const by = wholePixels(from.inImage, inImage, modifiers)
    return stay({ kind: 'moving', from: from.inImage, by })
  }
  return { state: { kind: 'panning', last: at }, effects: [panEffect(from.at, at)] }
}

/** With Shift along one of eight directions. */
function wholePixels(from: Point, to: Point, { isShift }: Modifiers): Point {
  const { x, y } = isShift ? constrainedTo45(from, to) : to
  return plus({ x: Math.round(x - from.x), y: Math.round(y - from.y) }, { x: 0, y: 0 })
}

/** Without negative zeros, which are no other offset. */
const plus = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y })

function nudged(state: SelectState, by: Point): ToolStep<SelectState> {
  if (state.kind === 'nudging') return stay({ kind: 'nudging', by: plus(state.by, by) })
  return stay(state.kind === 'idle' ? { kind: 'nudging', by } : state)
}

/** The masks stay where they were brought. */
function settled(state: SelectState): ToolStep<SelectState> {
  const by = offsetOf(state)
  if (by === null || (by.x === 0 && by.y === 0)) return IDLE
  return withGesture(IDLE.state, { kind: 'move', by })
}

function released(state: SelectState, at: Point): ToolStep<SelectState> {
  switch (state.kind) {
    case 'pressed':
      return {
        state: IDLE.state,
        effects: [{ kind: 'click', at: state.from.at, modifiers: state.modifiers }],
      }
    case 'sweeping':
      return {
        state: IDLE.state,
        effects: [{ kind: 'sweep', from: state.from, to: at, mode: state.mode }],
      }
    case 'moving':
      return settled(state)
    case 'nudging':
      return stay(state)
    case 'idle':
    case 'panning':
      return IDLE
  }
}

function sweepMode({ isShift, isControl }: Modifiers): SelectMode | null {
  return isShift ? 'add' : isControl ? 'toggle' : null
}
