import type { CanvasCommand } from '../canvas/canvas-keys.ts'
import type { ToolName } from '../canvas/tools/tool-machine.ts'

/** What others can ask of the canvas, and of the canvas with its annotations. */
export interface CanvasControl {
  readonly run: (command: CanvasCommand) => void
  readonly take: (tool: ToolName) => void
  /** Brings an annotation into sight. */
  readonly reveal: (annotationId: number) => void
  /** Shows an annotation large, with what is around it. */
  readonly zoomTo: (annotationId: number, isGliding: boolean) => void
  readonly focus: () => void
}
