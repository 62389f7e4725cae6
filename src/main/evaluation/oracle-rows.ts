import type { CocoAnnotation, CocoDataset, CocoDetection } from './coco-types.ts'
import { evaluateDetections } from './evaluate-detections.ts'
import type { Evaluation } from './evaluate-detections.ts'
import { groupBy } from './group-by.ts'
import { regionIou, regionOfAnnotation, regionOfDetection } from './regions.ts'
import type { IouType } from './regions.ts'

export interface OracleInput {
  readonly groundTruth: CocoDataset
  readonly detections: readonly CocoDetection[]
  readonly iouType: IouType
}

/** A recipe's metrics beside those it would have with one half of the task solved perfectly. */
export interface OracleRows {
  readonly recipe: Evaluation
  /** Localisation alone: the recipe's regions with the right names. */
  readonly oracleLabels: Evaluation
  /** Classification alone: the recipe's names on the right regions; null when it was not run so. */
  readonly groundTruthBoxes: Evaluation | null
}

/**
 * @param onGroundTruthBoxes what the recipe says of the annotated boxes when it is given them as
 *   its proposals
 * @throws as `evaluateDetections`
 */
export function evaluateWithOracles(
  input: OracleInput & { readonly onGroundTruthBoxes: readonly CocoDetection[] | null },
): OracleRows {
  const { groundTruth, iouType, onGroundTruthBoxes } = input
  const evaluate = (detections: readonly CocoDetection[]) =>
    evaluateDetections({ groundTruth, detections, iouType, useCategories: true })
  return {
    recipe: evaluate(input.detections),
    oracleLabels: evaluate(oracleLabels(input)),
    groundTruthBoxes: onGroundTruthBoxes === null ? null : evaluate(onGroundTruthBoxes),
  }
}

/**
 * Every detection with the class of the ground truth it overlaps best, and its own score. Crowds
 * give their class only where nothing else is overlapped, since any detection inside one has IoU 1
 * with it; a detection that overlaps nothing keeps its class.
 * @throws EvaluationError DETECTION_INCOMPLETE; GeometryError
 */
export function oracleLabels({ groundTruth, detections, iouType }: OracleInput): CocoDetection[] {
  const imageOf = new Map(groundTruth.images.map((image) => [image.id, image]))
  const annotationsOf = groupBy(groundTruth.annotations, ({ image_id }) => image_id)
  const relabelled = new Map<CocoDetection, CocoDetection>()
  for (const [imageId, found] of groupBy(detections, ({ image_id }) => image_id)) {
    const image = imageOf.get(imageId)
    if (image === undefined) continue
    const annotations = (annotationsOf.get(imageId) ?? []).map((annotation) => ({
      annotation,
      region: regionOfAnnotation(annotation, image, iouType),
    }))
    for (const detection of found) {
      const region = regionOfDetection(detection, image, iouType)
      const overlaps = annotations.map(({ annotation, region: annotated }) => ({
        annotation,
        iou: regionIou(region, annotated, annotation.iscrowd !== 0),
      }))
      const best = bestOverlap(overlaps)
      if (best !== null) relabelled.set(detection, { ...detection, category_id: best.category_id })
    }
  }
  return detections.map((detection) => relabelled.get(detection) ?? detection)
}

interface Overlap {
  readonly annotation: CocoAnnotation
  readonly iou: number
}

function bestOverlap(overlaps: readonly Overlap[]): CocoAnnotation | null {
  const touched = overlaps.filter(({ iou }) => iou > 0)
  const objects = touched.filter(({ annotation }) => annotation.iscrowd === 0)
  const candidates = objects.length > 0 ? objects : touched
  const best = candidates.reduce<Overlap | null>(
    (best, one) => (best === null || one.iou > best.iou ? one : best),
    null,
  )
  return best === null ? null : best.annotation
}
