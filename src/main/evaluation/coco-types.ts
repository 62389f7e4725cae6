import type { XywhBox } from '#shared/geometry/box.ts'
import type { CocoSegmentation } from '#shared/geometry/coco-segmentation.ts'

/** The fields of COCO's files that its metrics read; files hold more. */
export interface CocoImage {
  readonly id: number
  readonly width: number
  readonly height: number
}

export interface CocoCategory {
  readonly id: number
  readonly name: string
}

export interface CocoAnnotation {
  readonly id: number
  readonly image_id: number
  readonly category_id: number
  readonly bbox: XywhBox
  /** Square pixels; decides whether the object counts as small, medium or large. */
  readonly area: number
  readonly iscrowd: number
  readonly segmentation: CocoSegmentation
}

export interface CocoDataset {
  readonly images: readonly CocoImage[]
  readonly annotations: readonly CocoAnnotation[]
  readonly categories: readonly CocoCategory[]
}

/** One line of a COCO results file. */
export interface CocoDetection {
  readonly image_id: number
  readonly category_id: number
  readonly score: number
  readonly bbox?: XywhBox
  readonly segmentation?: CocoSegmentation
}
