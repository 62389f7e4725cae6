import type { CocoDataset, CocoDetection } from './coco-types.ts'
import { DetectionEvaluator, type Evaluation } from './detection-evaluator.ts'
import { EvaluationError } from './evaluation-error.ts'
import { groupBy } from './group-by.ts'
import type { IouType } from './regions.ts'

export type { ClassEvaluation, Evaluation, EvaluationSummary } from './detection-evaluator.ts'

export interface EvaluationInput {
  readonly groundTruth: CocoDataset
  readonly detections: readonly CocoDetection[]
  readonly iouType: IouType
  /** false compares objects of any class with each other, as the COCO API's `useCats = 0`. */
  readonly useCategories: boolean
}

/**
 * The metrics of the COCO challenge of a list of detections, see `DetectionEvaluator`.
 *
 * @throws EvaluationError UNKNOWN_IMAGE, SCORE_INVALID, DETECTION_INCOMPLETE; GeometryError
 */
export function evaluateDetections(input: EvaluationInput): Evaluation {
  const { groundTruth, detections, iouType, useCategories } = input
  const { categories, images, annotations } = groundTruth
  assertImages(input)
  const evaluator = new DetectionEvaluator({ categories, iouType, useCategories })
  const annotationsOf = groupBy(annotations, ({ image_id }) => image_id)
  const detectionsOf = groupBy(detections, ({ image_id }) => image_id)
  for (const image of images.toSorted((a, b) => a.id - b.id)) {
    evaluator.add(image, annotationsOf.get(image.id) ?? [], detectionsOf.get(image.id) ?? [])
  }
  return evaluator.evaluation()
}

function assertImages({ groundTruth, detections }: EvaluationInput): void {
  const images = new Set(groundTruth.images.map(({ id }) => id))
  const unknown = detections.find(({ image_id }) => !images.has(image_id))
  if (unknown === undefined) return
  throw new EvaluationError(
    'UNKNOWN_IMAGE',
    `There is a detection in image ${unknown.image_id}, which the ground truth does not hold.`,
  )
}
