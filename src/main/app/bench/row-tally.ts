import type { Rle } from '#shared/geometry/rle.ts'
import { xywhFromBox } from '#shared/geometry/box.ts'
import type { CocoCategory, CocoDetection } from '#main/evaluation/coco-types.ts'
import {
  DetectionEvaluator,
  type EvaluationSummary,
  type ImageJudgement,
} from '#main/evaluation/detection-evaluator.ts'
import { splitCategories } from '#main/evaluation/open-vocabulary-split.ts'
import { oracleLabels } from '#main/evaluation/oracle-rows.ts'
import { scoreHistogram } from '#main/evaluation/score-histogram.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import type { Detection } from '#main/vision/detections.ts'
import type { BenchImage } from './bench-data.ts'
import type { BenchRow, BenchSplit, BenchSummary } from './report-schema.ts'

const BINS = 20
/** Of what a person is shown unless a threshold is set: the default of every recipe. */
const SHOWN_FROM = 0.2

/** Of one of the worst images: what was found there, for the eye. */
export interface WorstImage {
  readonly image: BenchImage
  readonly right: number
  readonly wrong: number
  readonly missed: number
  /** From the default threshold on. */
  readonly shown: readonly ShownDetection[]
}

export interface ShownDetection {
  readonly categoryId: number
  readonly score: number
  readonly mask: Rle
}

/** Everything of a row that comes of detections against the ground truth. */
type MeasuredRow = Pick<
  BenchRow,
  'masks' | 'boxes' | 'split' | 'perClass' | 'precision' | 'scores' | 'oracleLabels'
>

/** Gathers what one row found, image by image; masks are kept of the worst images alone. */
export class RowTally {
  readonly #categories: readonly CocoCategory[]
  readonly #keptWorst: number
  readonly #masks: DetectionEvaluator
  readonly #boxes: DetectionEvaluator
  readonly #oracle: DetectionEvaluator
  #worst: WorstImage[] = []

  /** @param keptWorst images of which the result is kept to be drawn */
  constructor(categories: readonly CocoCategory[], keptWorst: number) {
    this.#categories = categories
    this.#keptWorst = keptWorst
    const evaluator = (iouType: 'bbox' | 'segm'): DetectionEvaluator =>
      new DetectionEvaluator({ categories, iouType, useCategories: true })
    this.#masks = evaluator('segm')
    this.#boxes = evaluator('bbox')
    this.#oracle = evaluator('segm')
  }

  /**
   * @param detections indices into the candidates and, for classes, into the categories
   * @throws EvaluationError, GeometryError as `DetectionEvaluator.add`
   */
  add(image: BenchImage, candidates: readonly Candidate[], detections: readonly Detection[]): void {
    const named = detections.flatMap(({ candidate, classIndex, score }) =>
      classIndex === null
        ? []
        : { candidate: candidates[candidate], categoryId: this.#categories[classIndex].id, score },
    )
    const common = named.map(({ categoryId, score }) => ({
      image_id: image.id,
      category_id: categoryId,
      score,
    }))
    // Without a box beside it a mask counts as small or large by its own area, as in detectron2.
    const masks = named.map(({ candidate }, i): CocoDetection => ({
      ...common[i],
      segmentation: segmentationOf(candidate.mask),
    }))
    const boxes = named.map(({ candidate }, i) => ({
      ...common[i],
      bbox: xywhFromBox(candidate.box),
    }))
    const { annotations } = image
    const judged = this.#masks.add(image, annotations, masks)
    this.#boxes.add(image, annotations, boxes)
    const groundTruth = { images: [image], annotations, categories: this.#categories }
    const relabelled = oracleLabels({ groundTruth, detections: masks, iouType: 'segm' })
    this.#oracle.add(image, annotations, relabelled)
    this.#keepIfWorst(image, judged, () =>
      named
        .filter(({ score }) => score >= SHOWN_FROM)
        .map(({ candidate, categoryId, score }) => ({ categoryId, score, mask: candidate.mask })),
    )
  }

  measured(): MeasuredRow {
    const masks = this.#masks.evaluation()
    const boxes = this.#boxes.evaluation()
    const oracle = this.#oracle.evaluation().summary
    const boxAP = new Map(boxes.perClass.map(({ categoryId, AP }) => [categoryId, AP]))
    const at50 = this.#masks.precisionCurve(0.5)
    const at75 = this.#masks.precisionCurve(0.75)
    return {
      masks: summaryOf(masks.summary),
      boxes: summaryOf(boxes.summary),
      split: splitOf(this.#masks, this.#categories),
      perClass: masks.perClass.map((one) => ({
        name: one.name,
        maskAP: one.AP,
        maskAP50: one.AP50,
        boxAP: boxAP.get(one.categoryId) ?? -1,
        objects: one.groundTruthCount,
        found: one.detectionCount,
      })),
      precision: at50 && at75 && { at50, at75 },
      scores: scoreHistogram(this.#masks.judgedScores(), BINS),
      oracleLabels: { AP: oracle.AP, AP50: oracle.AP50 },
    }
  }

  /** The worst first. */
  worst(): readonly WorstImage[] {
    return this.#worst
  }

  #keepIfWorst(
    image: BenchImage,
    { detections, objectCount }: ImageJudgement,
    shown: () => readonly ShownDetection[],
  ): void {
    const seen = detections.filter(({ score }) => score >= SHOWN_FROM)
    const right = seen.filter(({ isRight }) => isRight).length
    const counts = { right, wrong: seen.length - right, missed: objectCount - right }
    const last = this.#worst.at(-1)
    const isFull = this.#worst.length >= this.#keptWorst
    if (this.#keptWorst === 0 || (isFull && last && compareBadness(counts, last) >= 0)) return
    this.#worst = [...this.#worst, { image, ...counts, shown: shown() }]
      .sort(compareBadness)
      .slice(0, this.#keptWorst)
  }
}

type Counts = Pick<WorstImage, 'right' | 'wrong' | 'missed'>

/** Below 0 when `a` is worse: by F1 at IoU 0.5, then by how much is wrong or missed. */
export function compareBadness(a: Counts, b: Counts): number {
  const mistakes = ({ wrong, missed }: Counts): number => wrong + missed
  const f1 = (one: Counts): number =>
    one.right + mistakes(one) === 0 ? 1 : (2 * one.right) / (2 * one.right + mistakes(one))
  return f1(a) - f1(b) || mistakes(b) - mistakes(a)
}

export function segmentationOf(mask: Rle): NonNullable<CocoDetection['segmentation']> {
  return { size: [mask.height, mask.width], counts: Array.from(mask.counts) }
}

function summaryOf({
  AP,
  AP50,
  AP75,
  APsmall,
  APmedium,
  APlarge,
  AR100,
}: EvaluationSummary): BenchSummary {
  return { AP, AP50, AP75, APsmall, APmedium, APlarge, AR100 }
}

/** null for a dataset that has not both kinds of classes. */
export function splitOf(
  evaluator: DetectionEvaluator,
  categories: readonly CocoCategory[],
): BenchSplit {
  const { base, novel } = splitCategories(categories)
  if (base.length === 0 || novel.length === 0) return null
  return { base: evaluator.over(base), novel: evaluator.over(novel) }
}
