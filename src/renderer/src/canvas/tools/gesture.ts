import type { Box } from '#shared/geometry/box.ts'
import type { MaskPolygon, Ring } from '#shared/geometry/contours.ts'
import type { Point } from '../canvas-content.ts'

/** Points one after another, [x, y, x, y, ...] in image pixels. */
export type Line = readonly number[]

/** A positive point is on the object, a negative one is not. Image pixels. */
export interface PromptPoint {
  readonly x: number
  readonly y: number
  readonly isPositive: boolean
}

/** What a hand has drawn, whole; what it means for masks is decided outside the canvas. */
export type DrawnGesture =
  | { readonly kind: 'polygon'; readonly ring: Ring; readonly isAlt: boolean }
  /** A polygon of three points or more that was given up before it was closed. */
  | { readonly kind: 'dropped'; readonly ring: Ring }
  | { readonly kind: 'stroke'; readonly line: Line; readonly isErasing: boolean }
  | { readonly kind: 'box'; readonly box: Box }
  | { readonly kind: 'cut'; readonly line: Line }
  | {
      readonly kind: 'vertices'
      readonly annotationId: number
      readonly before: readonly MaskPolygon[]
      readonly after: readonly MaskPolygon[]
    }
  /** The selected masks, by whole image pixels. */
  | { readonly kind: 'move'; readonly by: Point }

/** What a model is asked. */
export type PromptGesture =
  | { readonly kind: 'box-prompt'; readonly box: Box }
  /** All points so far; the answer is shown and not yet kept. None takes it away. */
  | { readonly kind: 'point-prompt'; readonly points: readonly PromptPoint[] }
  | { readonly kind: 'accept-points'; readonly points: readonly PromptPoint[] }

export type Gesture = DrawnGesture | PromptGesture

export function isPrompt(gesture: Gesture): gesture is PromptGesture {
  return ['box-prompt', 'point-prompt', 'accept-points'].includes(gesture.kind)
}
