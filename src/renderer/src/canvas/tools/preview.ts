import type { Box } from '#shared/geometry/box.ts'
import type { MaskPolygon, Ring } from '#shared/geometry/contours.ts'
import type { VertexRef } from '#shared/geometry/edit/polygon-edit.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Point } from '../canvas-content.ts'
import type { Line, PromptPoint } from './gesture.ts'

/** What a tool shows of a gesture under way, in image pixels. */
export type PreviewShape =
  /** Drawn as wide as the brush. */
  | { readonly kind: 'stroke'; readonly line: Line; readonly isErasing: boolean }
  /** Where the brush is, as large as it is. */
  | { readonly kind: 'brush'; readonly at: Point }
  | {
      readonly kind: 'polygon'
      readonly points: Line
      /** Where the next point would be. */
      readonly next: Point | null
      /** The next click closes it. */
      readonly isClosing: boolean
    }
  | { readonly kind: 'box'; readonly box: Box }
  /** Corners around what is looked at; nothing is drawn there. */
  | { readonly kind: 'frame'; readonly box: Box }
  /** What lies in it will be chosen. */
  | { readonly kind: 'sweep'; readonly box: Box }
  | { readonly kind: 'cut'; readonly line: Line }
  | { readonly kind: 'points'; readonly points: readonly PromptPoint[] }
  | {
      readonly kind: 'vertices'
      readonly polygons: readonly MaskPolygon[]
      readonly chosen: readonly VertexRef[]
      readonly hovered: VertexRef | null
    }
  /** A mask on its way to another place, as much of it as stays in the image. */
  | {
      readonly kind: 'moved'
      readonly rings: readonly Ring[]
      readonly by: Point
      readonly size: Size
    }
  /** Of a mask that is not in the file yet. */
  | { readonly kind: 'rings'; readonly rings: readonly Ring[] }
