import type { XywhBox } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { AnnotationState, MaskRecord } from '#shared/contract/records.ts'
import type { ViewSettings } from '#shared/contract/settings.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** What the canvas draws of a candidate or an annotation. */
export interface CanvasGhost {
  readonly id: number
  readonly classId: number
  /** #rrggbb */
  readonly colour: string
  /** The class as its chip says it. */
  readonly name: string
  readonly score: number | null
  readonly mask: MaskRecord
  /** Image pixels. */
  readonly bbox: XywhBox
}

export interface CanvasAnnotation extends CanvasGhost {
  readonly state: AnnotationState
  readonly isHidden: boolean
}

/** The image under the annotations. */
export interface CanvasPicture {
  /** Another id is another image, and is shown whole; the same id keeps the view. */
  readonly id: number | string
  /** Of the image itself, in pixels; null until it was decoded once. */
  readonly width: number | null
  readonly height: number | null
  /** Shown until the display copy is there. */
  readonly thumbnailUrl: string | null
  /** The display copy; it may be smaller than the image. */
  readonly url: string
  /** Names the file: where it becomes another one, a picture that failed is tried again. */
  readonly file?: string
  /** For people who do not see it. */
  readonly name: string
  /** Why it cannot be shown, when that is known already. */
  readonly error: string | null
}

export type CanvasSettings = Pick<
  ViewSettings,
  'maskOpacity' | 'hasOutlines' | 'hasBoxes' | 'hasLabels' | 'hasGhosts' | 'isSemantic'
>

/** By class id. Classes that are not in it are not filtered. */
export type ClassThresholds = ReadonlyMap<number, number>

export type SelectMode = 'replace' | 'add' | 'toggle'

export interface MenuRequest {
  readonly id: number
  readonly kind: 'annotation' | 'ghost'
  /** CSS pixels of the window. */
  readonly x: number
  readonly y: number
}

/** The image that a gesture was drawn on. */
export interface DrawnOn {
  readonly pictureId: CanvasPicture['id']
  readonly size: Size
}
