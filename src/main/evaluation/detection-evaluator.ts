import type { CocoAnnotation, CocoCategory, CocoDetection, CocoImage } from './coco-types.ts'
import { AREA_RANGES, IOU_THRESHOLDS, MAX_DETECTIONS, type AreaName } from './criteria.ts'
import { EvaluationError } from './evaluation-error.ts'
import { groupBy } from './group-by.ts'
import { matchImage, type ImageObjects } from './match-image.ts'
import { ClassMatches, type JudgedScore } from './precision-recall.ts'
import {
  regionIou,
  regionOfAnnotation,
  regionOfDetection,
  type IouType,
  type Region,
} from './regions.ts'

export interface EvaluatorOptions {
  readonly categories: readonly CocoCategory[]
  readonly iouType: IouType
  /** false compares objects of any class with each other, as the COCO API's `useCats = 0`. */
  readonly useCategories: boolean
}

/** The COCO challenge's twelve numbers, in 0..1; -1 where there is no ground truth to find. */
export interface EvaluationSummary {
  /** Mean over the IoU thresholds 0.5, 0.55, ..., 0.95. */
  readonly AP: number
  readonly AP50: number
  readonly AP75: number
  /** Below 32 * 32 pixels. */
  readonly APsmall: number
  readonly APmedium: number
  /** Above 96 * 96 pixels. */
  readonly APlarge: number
  /** Recall with one detection of each class an image, mean over the IoU thresholds. */
  readonly AR1: number
  readonly AR10: number
  readonly AR100: number
  readonly ARsmall: number
  readonly ARmedium: number
  readonly ARlarge: number
}

/** The metrics of one class; -1 where it has no ground truth. */
export interface ClassEvaluation {
  readonly categoryId: number
  readonly name: string
  readonly AP: number
  readonly AP50: number
  readonly AR100: number
  /** Without crowds. */
  readonly groundTruthCount: number
  readonly detectionCount: number
}

export interface Evaluation {
  readonly summary: EvaluationSummary
  /** In the order of their ids; empty when classes were not used. */
  readonly perClass: readonly ClassEvaluation[]
}

/** What came of one image, all classes together, at IoU 0.5. */
export interface ImageJudgement {
  /** Without those that are ignored. */
  readonly detections: readonly JudgedScore[]
  /** Without crowds. */
  readonly objectCount: number
}

/** Average precision over some of the classes; -1 where none of them has ground truth. */
export interface SubsetEvaluation {
  readonly AP: number
  readonly AP50: number
  /** Classes of the subset that have ground truth. */
  readonly classCount: number
}

/**
 * The metrics of the COCO challenge with the COCO API's semantics (cocoeval), for boxes or masks, image
 * by image: masks are dropped with their image, so memory grows with the number of detections only.
 * Equal scores are decided by the order in which images are added; the COCO API's is that of their ids.
 */
export class DetectionEvaluator {
  readonly #options: EvaluatorOptions
  readonly #categoryIds: readonly number[]
  readonly #matchesOf = new MatchTable()
  readonly #detectionCounts = new Map<number, number>()

  constructor(options: EvaluatorOptions) {
    this.#options = options
    this.#categoryIds = options.categories.map(({ id }) => id).sort((a, b) => a - b)
  }

  /**
   * Every image of the ground truth counts, also one without detections. Detections of a class that
   * the ground truth does not know are left out.
   *
   * @throws EvaluationError SCORE_INVALID, DETECTION_INCOMPLETE; GeometryError
   */
  add(
    image: CocoImage,
    annotations: readonly CocoAnnotation[],
    detections: readonly CocoDetection[],
  ): ImageJudgement {
    const judged = new ClassMatches()
    for (const { category_id, score } of detections) {
      if (!Number.isFinite(score)) {
        throw new EvaluationError(
          'SCORE_INVALID',
          `A detection in image ${image.id} has the score ${score}.`,
        )
      }
      this.#detectionCounts.set(category_id, (this.#detectionCounts.get(category_id) ?? 0) + 1)
    }
    for (const [group, contents] of this.#groups({ image, annotations, detections })) {
      const objects = compareObjects(contents, this.#options.iouType)
      for (const range of AREA_RANGES) {
        const matches = matchImage(objects, range)
        this.#matchesOf.get(group, range.name).add(matches)
        if (range.name === 'all') judged.add(matches)
      }
    }
    return { detections: judged.judgedScores(AT_50), objectCount: judged.groundTruthCount }
  }

  evaluation(): Evaluation {
    return {
      summary: summarise(this.#matchesOf),
      perClass: this.#options.useCategories ? this.#classTable() : [],
    }
  }

  /** AP over some classes alone, such as the base or the novel ones; the others take no part. */
  over(categoryIds: readonly number[]): SubsetEvaluation {
    const ofClasses = categoryIds.flatMap((id) => {
      const precisions = this.#matchesOf.get(id, 'all').averagePrecisions()
      return precisions === null ? [] : [precisions]
    })
    const all = ofClasses.flat()
    return { AP: mean(all), AP50: mean(atThreshold(all, AT_50)), classCount: ofClasses.length }
  }

  /**
   * Precision at the 101 recalls of COCO, mean over the classes with ground truth.
   *
   * @param threshold an IoU of `IOU_THRESHOLDS`
   * @returns [101], or null where there is no ground truth
   */
  precisionCurve(threshold: 0.5 | 0.75): number[] | null {
    const index = threshold === 0.5 ? AT_50 : AT_75
    const curves = this.#matchesOf.column('all').flatMap((matches) => {
      const curve = matches.precisionCurve(index)
      return curve === null ? [] : [curve]
    })
    if (curves.length === 0) return null
    return curves[0].map((_, i) => mean(curves.map((curve) => curve[i])))
  }

  /** Every detection that counts at IoU 0.5, of all classes, in no particular order. */
  judgedScores(): JudgedScore[] {
    return this.#matchesOf.column('all').flatMap((matches) => matches.judgedScores(AT_50))
  }

  /** The contents of an image class by class, or all in one group, still in the order of classes. */
  *#groups({
    image,
    annotations,
    detections,
  }: ImageContents): Generator<[group: number, ImageContents]> {
    const annotationsOf = groupBy(annotations, ({ category_id }) => category_id)
    const detectionsOf = groupBy(detections, ({ category_id }) => category_id)
    const groups = this.#categoryIds.map((id) => ({
      id,
      annotations: annotationsOf.get(id) ?? [],
      detections: detectionsOf.get(id) ?? [],
    }))
    if (!this.#options.useCategories) {
      yield [
        EVERY_CLASS,
        {
          image,
          annotations: groups.flatMap((group) => group.annotations),
          detections: groups.flatMap((group) => group.detections),
        },
      ]
      return
    }
    for (const group of groups) {
      if (group.annotations.length + group.detections.length > 0)
        yield [group.id, { image, ...group }]
    }
  }

  #classTable(): ClassEvaluation[] {
    return this.#options.categories
      .toSorted((a, b) => a.id - b.id)
      .map(({ id, name }) => {
        const matches = this.#matchesOf.get(id, 'all')
        const precisions = matches.averagePrecisions() ?? []
        return {
          categoryId: id,
          name,
          AP: mean(precisions),
          AP50: mean(atThreshold(precisions, AT_50)),
          AR100: mean(matches.recalls(100) ?? []),
          groundTruthCount: matches.groundTruthCount,
          detectionCount: this.#detectionCounts.get(id) ?? 0,
        }
      })
  }
}

interface ImageContents {
  readonly image: CocoImage
  readonly annotations: readonly CocoAnnotation[]
  readonly detections: readonly CocoDetection[]
}

/** Key of the one group when classes are not used. */
const EVERY_CLASS = -1

function compareObjects(contents: ImageContents, iouType: IouType): ImageObjects {
  const { image, annotations, detections } = contents
  const surest = detections.toSorted((a, b) => b.score - a.score).slice(0, MAX_DETECTIONS)
  const found = surest.map((one) => regionOfDetection(one, image, iouType))
  const ious = new Float64Array(surest.length * annotations.length)
  annotations.forEach((annotation, g) => {
    if (found.length === 0) return
    const region = regionOfAnnotation(annotation, image, iouType)
    found.forEach((detection, d) => {
      ious[d * annotations.length + g] = regionIou(detection, region, annotation.iscrowd !== 0)
    })
  })
  return {
    detections: surest.map((one, d) => ({ score: one.score, area: sizingArea(one, found[d]) })),
    groundTruths: annotations.map(({ area, iscrowd }) => ({ area, isCrowd: iscrowd !== 0 })),
    ious,
  }
}

/**
 * The area that makes a detection small, medium or large: that of its box if it has one, also when
 * masks are compared, as `loadRes` of the COCO API sets it. Leave `bbox` out to go by the mask.
 */
function sizingArea({ bbox }: CocoDetection, region: Region): number {
  return bbox === undefined ? region.area : bbox[2] * bbox[3]
}

/** The matches of every class within every range of areas. */
class MatchTable {
  readonly #rows = new Map<number, Record<AreaName, ClassMatches>>()

  get(group: number, area: AreaName): ClassMatches {
    let row = this.#rows.get(group)
    if (row === undefined) {
      row = {
        all: new ClassMatches(),
        small: new ClassMatches(),
        medium: new ClassMatches(),
        large: new ClassMatches(),
      }
      this.#rows.set(group, row)
    }
    return row[area]
  }

  column(area: AreaName): ClassMatches[] {
    return Array.from(this.#rows.values(), (row) => row[area])
  }
}

function summarise(matchesOf: MatchTable): EvaluationSummary {
  const precisions = (area: AreaName) =>
    matchesOf.column(area).flatMap((matches) => matches.averagePrecisions() ?? [])
  const recall = (area: AreaName, maxDetections: number) =>
    mean(matchesOf.column(area).flatMap((matches) => matches.recalls(maxDetections) ?? []))
  const ofAll = precisions('all')
  return {
    AP: mean(ofAll),
    AP50: mean(atThreshold(ofAll, AT_50)),
    AP75: mean(atThreshold(ofAll, AT_75)),
    APsmall: mean(precisions('small')),
    APmedium: mean(precisions('medium')),
    APlarge: mean(precisions('large')),
    AR1: recall('all', 1),
    AR10: recall('all', 10),
    AR100: recall('all', 100),
    ARsmall: recall('small', 100),
    ARmedium: recall('medium', 100),
    ARlarge: recall('large', 100),
  }
}

/** Indices into IOU_THRESHOLDS. */
const AT_50 = 0
const AT_75 = 5

/** Of values that repeat the ten thresholds class after class. */
function atThreshold(values: readonly number[], threshold: number): number[] {
  return values.filter((_, i) => i % IOU_THRESHOLDS.length === threshold)
}

/** -1 for the mean of nothing, as COCO reports it. */
function mean(values: readonly number[]): number {
  return values.length === 0 ? -1 : values.reduce((sum, value) => sum + value, 0) / values.length
}
