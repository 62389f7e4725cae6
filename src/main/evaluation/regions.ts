import { cocoBoxIou } from '#shared/geometry/box.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { measureRle, rleIou } from '#shared/geometry/rle-algebra.ts'
import type { MeasuredRle } from '#shared/geometry/rle-algebra.ts'
import type { CocoAnnotation, CocoDetection, CocoImage } from './coco-types.ts'
import { EvaluationError } from './evaluation-error.ts'

export type IouType = 'bbox' | 'segm'

/** What two objects are compared by: their boxes, or their masks. */
export type Region =
  | { readonly kind: 'bbox'; readonly bbox: XywhBox; readonly area: number }
  | ({ readonly kind: 'segm' } & MeasuredRle)

/** @throws GeometryError for a segmentation that is no mask of this image */
export function regionOfAnnotation(
  { bbox, segmentation }: CocoAnnotation,
  image: CocoImage,
  iouType: IouType,
): Region {
  return iouType === 'bbox' ? boxRegion(bbox) : maskRegion(segmentation, image)
}

/**
 * Boxes are compared by the detection's own `bbox`, even where its mask is smaller; only a
 * detection without one is compared by the box around its mask.
 * @throws EvaluationError for a detection that lacks what is to be compared; GeometryError
 */
export function regionOfDetection(
  { bbox, segmentation }: CocoDetection,
  image: CocoImage,
  iouType: IouType,
): Region {
  if (iouType === 'bbox' && bbox !== undefined) return boxRegion(bbox)
  if (segmentation === undefined) {
    throw new EvaluationError(
      'DETECTION_INCOMPLETE',
      `A detection in image ${image.id} has no ${iouType === 'bbox' ? 'box' : 'mask'}.`,
    )
  }
  const mask = maskRegion(segmentation, image)
  return iouType === 'bbox' ? boxRegion(mask.bbox) : mask
}

/** In 0..1; of a crowd the union is the detection's area alone. */
export function regionIou(detection: Region, groundTruth: Region, isCrowd: boolean): number {
  return detection.kind === 'segm' && groundTruth.kind === 'segm'
    ? rleIou(detection, groundTruth, isCrowd)
    : cocoBoxIou(detection.bbox, groundTruth.bbox, isCrowd)
}

function boxRegion(bbox: XywhBox): Region {
  return { kind: 'bbox', bbox, area: bbox[2] * bbox[3] }
}

function maskRegion(segmentation: CocoAnnotation['segmentation'], image: CocoImage): Region {
  return { kind: 'segm', ...measureRle(rleFromCocoSegmentation(segmentation, image)) }
}
