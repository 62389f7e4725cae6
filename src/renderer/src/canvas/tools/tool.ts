import type { Point, SelectMode } from '../canvas-content.ts'

export interface Modifiers {
  readonly isShift: boolean
  /** Ctrl, or Cmd on a Mac. */
  readonly isControl: boolean
  readonly isAlt: boolean
}

export type PointerButton = 'primary' | 'middle' | 'secondary' | 'none'

/** What happened to the pointer, in CSS pixels from the corner of the canvas. */
export type ToolInput =
  | {
      readonly kind: 'down'
      readonly at: Point
      readonly button: PointerButton
      readonly modifiers: Modifiers
      readonly isSpaceHeld: boolean
    }
  | { readonly kind: 'move'; readonly at: Point }
  | { readonly kind: 'up'; readonly at: Point }
  | { readonly kind: 'double'; readonly at: Point }
  | { readonly kind: 'leave' }
  /** Escape, or the system took the pointer away. */
  | { readonly kind: 'cancel' }

/** What a tool wants done. Tools decide, the canvas does. */
export type ToolEffect =
  | { readonly kind: 'pan'; readonly dx: number; readonly dy: number }
  | { readonly kind: 'hover'; readonly at: Point | null }
  | { readonly kind: 'click'; readonly at: Point; readonly modifiers: Modifiers }
  | { readonly kind: 'activate'; readonly at: Point }
  | {
      readonly kind: 'sweep'
      readonly from: Point
      readonly to: Point
      readonly mode: SelectMode
    }

export interface ToolStep<State> {
  readonly state: State
  readonly effects: readonly ToolEffect[]
}

/** A tool is a state machine: its reducer is pure, so that it can be talked to in tests. */
export interface Tool<State> {
  readonly initial: State
  reduce(this: void, state: State, input: ToolInput): ToolStep<State>
  /** A CSS cursor. */
  cursor(this: void, state: State): string
}

export const DRAG_THRESHOLD_PX = 4

export function isDrag(from: Point, to: Point): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) >= DRAG_THRESHOLD_PX
}

/** Pointer moves in `last` to `at`: the image goes along. */
export function panEffect(last: Point, at: Point): ToolEffect {
  return { kind: 'pan', dx: at.x - last.x, dy: at.y - last.y }
}
