import type { Box } from '#shared/geometry/box.ts'
import type { CanvasCommand } from '../canvas/canvas-keys.ts'

/** What others can ask of the canvas, and of the canvas with its annotations. */
export interface CanvasControl {
  readonly run: (command: CanvasCommand) => void
  /** @returns whether the tool in hand had a use for the key */
  readonly pressKey: (event: KeyboardEvent) => boolean
  /** Brings an annotation into sight. */
  readonly reveal: (annotationId: number) => void
  /** Shows an annotation large, with what is around it. */
  readonly zoomTo: (annotationId: number, isGliding: boolean) => void
  /** Shows a box, image pixels, in the same way. */
  readonly zoomToBox: (box: Box, isGliding: boolean) => void
  readonly focus: () => void
}
