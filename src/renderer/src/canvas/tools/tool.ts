import type { MaskPolygon } from '#shared/geometry/contours.ts'
import type { Point, SelectMode } from '../canvas-content.ts'
import type { Gesture } from './gesture.ts'
import type { PreviewShape } from './preview.ts'

export interface Modifiers {
  readonly isShift: boolean
  /** Ctrl, or Cmd on a Mac. */
  readonly isControl: boolean
  readonly isAlt: boolean
}

export type PointerButton = 'primary' | 'middle' | 'secondary' | 'none'

/** Where the pointer is. */
export interface Place {
  /** CSS pixels from the corner of the canvas. */
  readonly at: Point
  /** Image pixels; it may lie outside the image. */
  readonly inImage: Point
  /** CSS pixels an image pixel. */
  readonly scale: number
}

/** Keys that a tool may answer; what it does not answer is the canvas's and the window's. */
export const TOOL_KEYS = ['Enter', 'Backspace', 'Delete'] as const
export type ToolKey = (typeof TOOL_KEYS)[number]

/** The outline that vertices are edited of. */
export interface OutlineTarget {
  readonly annotationId: number
  /** Image pixels. */
  readonly polygons: readonly MaskPolygon[]
}

/** What happened to the pointer, to keys and to what a tool works on. */
export type ToolInput =
  | (Place & {
      readonly kind: 'down'
      readonly button: PointerButton
      readonly modifiers: Modifiers
      readonly isSpaceHeld: boolean
      /** On a selected mask that may be moved. */
      readonly isOnSelected: boolean
    })
  | (Place & { readonly kind: 'move'; readonly modifiers: Modifiers })
  | (Place & { readonly kind: 'up'; readonly modifiers: Modifiers })
  | (Place & { readonly kind: 'double'; readonly modifiers: Modifiers })
  | { readonly kind: 'leave' }
  /** Escape, another tool or another image. */
  | { readonly kind: 'cancel' }
  /** The press is taken away: a second finger came, or the system wants the pointer. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'key'; readonly key: ToolKey; readonly modifiers: Modifiers }
  /** Turned with Alt; up is positive. */
  | { readonly kind: 'wheel'; readonly notches: 1 | -1 }
  | { readonly kind: 'target'; readonly target: OutlineTarget | null }
  /** A key moves the selected masks a little further. Whole image pixels. */
  | { readonly kind: 'nudge'; readonly by: Point }
  /** The keys that nudge are up. */
  | { readonly kind: 'settle' }

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
  | { readonly kind: 'gesture'; readonly gesture: Gesture }
  /** The brush grows, or shrinks. */
  | { readonly kind: 'resize'; readonly notches: 1 | -1 }

export interface ToolStep<State> {
  readonly state: State
  readonly effects: readonly ToolEffect[]
}

/** A tool is a state machine: its reducer is pure, so that it can be talked to in tests. */
export interface Tool<State> {
  readonly initial: State
  /** The same state and no effects mean that the tool has no use for the input. */
  reduce(this: void, state: State, input: ToolInput): ToolStep<State>
  /** Whether a gesture is under way, which Escape would end. */
  isBusy(this: void, state: State): boolean
  /** A CSS cursor. */
  cursor(this: void, state: State): string
  /** What is drawn over the image while the tool works; the same object for the same state. */
  preview(this: void, state: State): readonly PreviewShape[]
}

export const NO_PREVIEW: readonly PreviewShape[] = []

const DRAG_THRESHOLD_PX = 4

export function isDrag(from: Point, to: Point): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) >= DRAG_THRESHOLD_PX
}

/** Pointer moves in `last` to `at`: the image goes along. */
export function panEffect(last: Point, at: Point): ToolEffect {
  return { kind: 'pan', dx: at.x - last.x, dy: at.y - last.y }
}

export function stay<State>(state: State): ToolStep<State> {
  return { state, effects: [] }
}

/** A gesture that is told, and what the tool is then. */
export function withGesture<State>(state: State, gesture: Gesture): ToolStep<State> {
  return { state, effects: [{ kind: 'gesture', gesture }] }
}
