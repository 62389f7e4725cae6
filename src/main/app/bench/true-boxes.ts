import type { CocoDetection } from '#main/evaluation/coco-types.ts'
import { DetectionEvaluator } from '#main/evaluation/detection-evaluator.ts'
import type { CocoAnnotation, CocoCategory } from '#main/formats/coco-types.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import type { ImageScorer } from '../scoring/scoring.ts'
import { objectsOf, type BenchImage } from './bench-data.ts'
import type { BenchRow } from './report-schema.ts'
import { splitOf } from './row-tally.ts'

/** An object with the scores that a recipe gives its true box, by category. */
interface NamedObject {
  readonly annotation: CocoAnnotation
  /** By index of the category; classes without a score are left out. */
  readonly scores: ReadonlyMap<number, number>
}

/**
 * Classification alone: a recipe is given the true boxes, and what it calls them stands on the true masks.
 * Suppression takes no part, and neither does a threshold.
 */
export class TrueBoxTally {
  readonly #categories: readonly CocoCategory[]
  readonly #evaluator: DetectionEvaluator
  #objects = 0
  #right = 0

  constructor(categories: readonly CocoCategory[]) {
    this.#categories = categories
    this.#evaluator = new DetectionEvaluator({ categories, iouType: 'segm', useCategories: true })
  }

  add(image: BenchImage, objects: readonly NamedObject[]): void {
    const found = objects.flatMap(({ annotation, scores }) =>
      Array.from(scores, ([index, score]): CocoDetection => {
        const { image_id, segmentation } = annotation
        return { image_id, category_id: this.#categories[index].id, score, segmentation }
      }),
    )
    this.#evaluator.add(image, image.annotations, found)
    this.#objects += objects.length
    this.#right += objects.filter((one) => this.#isNamedRight(one)).length
  }

  result(): BenchRow['trueBoxes'] {
    const { AP, AP50 } = this.#evaluator.evaluation().summary
    return {
      objects: this.#objects,
      top1: this.#objects === 0 ? -1 : this.#right / this.#objects,
      AP,
      AP50,
      split: splitOf(this.#evaluator, this.#categories),
    }
  }

  /** Of equal scores none is the highest: what cannot tell two classes apart has named none. */
  #isNamedRight({ annotation, scores }: NamedObject): boolean {
    const own = this.#categories.findIndex(({ id }) => id === annotation.category_id)
    const score = scores.get(own)
    return (
      score !== undefined &&
      Array.from(scores).every(([index, other]) => index === own || other < score)
    )
  }
}

/** True boxes that a recipe can be given: those with an area. */
export const givenObjects = (image: BenchImage): readonly CocoAnnotation[] =>
  objectsOf(image).filter(({ bbox: [, , width, height] }) => width > 0 && height > 0)

/**
 * The best score of each class for each box.
 *
 * @param candidates of each box
 */
export function nameObjects(
  objects: readonly CocoAnnotation[],
  candidates: readonly (readonly Candidate[])[],
  scorer: Pick<ImageScorer, 'call'>,
): NamedObject[] {
  const boxOf = candidates.flatMap((ofBox, box) => ofBox.map(() => box))
  const scores = objects.map(() => new Map<number, number>())
  for (const { candidate, classIndex, isNegative, score } of scorer.call(candidates.flat())
    .called) {
    if (classIndex === null || isNegative) continue
    const ofBox = scores[boxOf[candidate]]
    ofBox.set(classIndex, Math.max(score, ofBox.get(classIndex) ?? 0))
  }
  return objects.map((annotation, i) => ({ annotation, scores: scores[i] }))
}
