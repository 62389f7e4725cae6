import type { AttributeValues } from '#shared/contract/attributes.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import type { CocoSegmentation } from '#shared/geometry/coco-segmentation.ts'

/** The fields of COCO's files, by the names they have there. */
export interface CocoImage {
  readonly id: number
  readonly file_name: string
  readonly width: number
  readonly height: number
}

export interface CocoCategory {
  readonly id: number
  readonly name: string
  readonly supercategory?: string
}

export interface CocoAnnotation {
  readonly id: number
  readonly image_id: number
  readonly category_id: number
  readonly bbox: XywhBox
  readonly area: number
  readonly iscrowd: 0 | 1
  /** An empty list when the file has only a box. */
  readonly segmentation: CocoSegmentation
  /** Not COCO's: what a proposal scored. */
  readonly score?: number
  /** Not COCO's: properties by name, as CVAT writes them too. */
  readonly attributes?: AttributeValues
  /** Not COCO's: what Lexmask wrote about the annotation, unchecked. */
  readonly lexmask?: Readonly<Record<string, unknown>>
}

export interface CocoDataset {
  readonly images: readonly CocoImage[]
  readonly annotations: readonly CocoAnnotation[]
  readonly categories: readonly CocoCategory[]
}

/** One entry of a results file. */
export interface CocoDetection {
  readonly image_id: number
  readonly category_id: number
  readonly score: number
  readonly bbox?: XywhBox
  readonly segmentation?: CocoSegmentation
}
