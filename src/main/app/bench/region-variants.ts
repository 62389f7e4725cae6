import { cropRegionsSchema, type ClipRegions } from '#shared/contract/recipes.ts'
import { boxFromXywh, xywhFromBox } from '#shared/geometry/box.ts'
import { DetectionEvaluator } from '#main/evaluation/detection-evaluator.ts'
import { oracleLabels } from '#main/evaluation/oracle-rows.ts'
import { PROPOSAL_COUNTS, ProposalRecall } from '#main/evaluation/proposal-recall.ts'
import type { CocoCategory } from '#main/formats/coco-types.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import { suppressDetections, type Detection } from '#main/vision/detections.ts'
import { objectsOf, type BenchImage } from './bench-data.ts'
import type { BenchReport } from './report-schema.ts'
import { segmentationOf } from './row-tally.ts'

type Recalls = Pick<BenchReport['proposals'][number], 'proposal' | 'refined'>

/** Recall of the proposals, as they come and refined. */
export class RecallTally {
  readonly #proposal = new ProposalRecall()
  readonly #refined = new ProposalRecall()

  /** Proposals that are asked for. */
  static readonly atMost = Math.max(...PROPOSAL_COUNTS)

  add(image: BenchImage, { boxes, refined }: ProposedBoxes): void {
    const objects = objectsOf(image).map(({ bbox }) => boxFromXywh(bbox))
    this.#proposal.add(boxes, objects)
    this.#refined.add(refined, objects)
  }

  recalls(): Recalls {
    return { proposal: this.#proposal.recalls(), refined: this.#refined.recalls() }
  }
}

type ProposedBoxes = Readonly<Record<'boxes' | 'refined', Parameters<ProposalRecall['add']>[0]>>

export type RegionVariant = Pick<ClipRegions, 'box' | 'mask'>

/** The choices that the recipes which ask CLIP have for a region's box and mask. */
export const REGION_VARIANTS: readonly RegionVariant[] = (['refined', 'proposal'] as const).flatMap(
  (box) => (['best-class', 'maximum'] as const).map((mask) => ({ box, mask })),
)

export const regionParameters = (variant: RegionVariant): ClipRegions =>
  cropRegionsSchema.parse(variant)

/** Two regions of one class that overlap more are one object: the default of every recipe. */
const SUPPRESSION = { nmsIou: 0.5, crossClassNmsIou: 1, atMost: 100 }

/**
 * How well class-agnostic regions fit, whatever they are called: each takes the class of the object that
 * it overlaps best and keeps its objectness as score; what overlaps none is left out. Boxes are suppressed
 * a class at a time.
 */
export class RegionTally {
  readonly #categories: readonly CocoCategory[]
  readonly #masks: DetectionEvaluator
  readonly #boxes: DetectionEvaluator

  constructor(categories: readonly CocoCategory[]) {
    this.#categories = categories
    this.#masks = new DetectionEvaluator({ categories, iouType: 'segm', useCategories: true })
    this.#boxes = new DetectionEvaluator({ categories, iouType: 'bbox', useCategories: true })
  }

  add(image: BenchImage, candidates: readonly Candidate[]): void {
    const { annotations } = image
    const groundTruth = { images: [image], annotations, categories: this.#categories }
    const labelled = oracleLabels({
      groundTruth,
      detections: candidates.map(({ mask, objectness }) => ({
        image_id: image.id,
        category_id: NO_CLASS,
        score: objectness,
        segmentation: segmentationOf(mask),
      })),
      iouType: 'segm',
    })
    const called = labelled.flatMap(({ category_id, score }, candidate): Detection[] =>
      category_id === NO_CLASS
        ? []
        : [{ candidate, classIndex: category_id, isNegative: false, score, servedAs: null }],
    )
    const boxes = candidates.map(({ box }) => box)
    const kept = suppressDetections(called, boxes, SUPPRESSION)
    const masks = kept.map(({ candidate }) => labelled[candidate])
    this.#masks.add(image, annotations, masks)
    this.#boxes.add(
      image,
      annotations,
      kept.map(({ candidate }) => {
        const { image_id, category_id, score } = labelled[candidate]
        return { image_id, category_id, score, bbox: xywhFromBox(boxes[candidate]) }
      }),
    )
  }

  result(): { maskAP: number; maskAP50: number; boxAP: number; boxAP50: number } {
    const masks = this.#masks.evaluation().summary
    const boxes = this.#boxes.evaluation().summary
    return { maskAP: masks.AP, maskAP50: masks.AP50, boxAP: boxes.AP, boxAP50: boxes.AP50 }
  }
}

/** Of a region that overlaps no object; ids of categories are not negative. */
const NO_CLASS = -1
