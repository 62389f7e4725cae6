import { IOU_THRESHOLDS, MAX_DETECTIONS, RECALL_POINTS } from './criteria.ts'
import type { ImageMatches, MatchedDetection } from './match-image.ts'

/** A detection that counts, and whether it found an object. */
export interface JudgedScore {
  readonly score: number
  readonly isRight: boolean
}

/** The matches of one class within one range of areas, over all images. */
export class ClassMatches {
  /** Image by image, so that equal scores keep the order of the COCO API. */
  readonly #detections: MatchedDetection[] = []
  #groundTruthCount = 0

  get groundTruthCount(): number {
    return this.#groundTruthCount
  }

  add({ detections, groundTruthCount }: ImageMatches): void {
    for (const detection of detections) this.#detections.push(detection)
    this.#groundTruthCount += groundTruthCount
  }

  /**
   * Average precision at each IoU threshold: the mean of the precision at 101 recalls, where the
   * precision at a recall is the best at that recall or beyond (`accumulate` in the COCO API's
   * cocoeval).
   * @returns [10], or null where there is no ground truth
   */
  averagePrecisions(): number[] | null {
    if (this.#groundTruthCount === 0) return null
    const detections = this.#surest(MAX_DETECTIONS)
    return IOU_THRESHOLDS.map((_, t) => {
      const curve = precisionCurve(detections, t, this.#groundTruthCount)
      return curve.reduce((sum, precision) => sum + precision, 0) / curve.length
    })
  }

  /**
   * The precision at each of the 101 recalls at one IoU threshold; 0 beyond the recall that is reached.
   * @returns [101], or null where there is no ground truth
   */
  precisionCurve(threshold: number): number[] | null {
    if (this.#groundTruthCount === 0) return null
    return precisionCurve(this.#surest(MAX_DETECTIONS), threshold, this.#groundTruthCount)
  }

  /** The detections that are right or wrong at one IoU threshold, without those that are ignored. */
  judgedScores(threshold: number): JudgedScore[] {
    return this.#detections
      .filter((one) => one.rank < MAX_DETECTIONS && !isIgnored(one, threshold))
      .map((one) => ({ score: one.score, isRight: isRight(one, threshold) }))
  }

  /**
   * The part of the ground truths found with so many detections an image, at each IoU threshold.
   * @returns [10], or null where there is no ground truth
   */
  recalls(maxDetections: number): number[] | null {
    if (this.#groundTruthCount === 0) return null
    const detections = this.#surest(maxDetections)
    return IOU_THRESHOLDS.map(
      (_, t) => detections.filter((one) => isRight(one, t)).length / this.#groundTruthCount,
    )
  }

  #surest(maxDetections: number): MatchedDetection[] {
    return this.#detections
      .filter(({ rank }) => rank < maxDetections)
      .sort((a, b) => b.score - a.score)
  }
}

function isRight({ matchedBits, ignoredBits }: MatchedDetection, threshold: number): boolean {
  return ((matchedBits & ~ignoredBits) >> threshold) % 2 === 1
}

function isIgnored({ ignoredBits }: MatchedDetection, threshold: number): boolean {
  return (ignoredBits >> threshold) % 2 === 1
}

function precisionCurve(
  detections: readonly MatchedDetection[],
  threshold: number,
  groundTruthCount: number,
): number[] {
  const precisions: number[] = []
  const recalls: number[] = []
  let right = 0
  let wrong = 0
  for (const detection of detections) {
    if (isIgnored(detection, threshold)) continue
    if (isRight(detection, threshold)) right++
    else wrong++
    precisions.push(right / (right + wrong + Number.EPSILON))
    recalls.push(right / groundTruthCount)
  }
  for (let i = precisions.length - 1; i > 0; i--) {
    precisions[i - 1] = Math.max(precisions[i - 1], precisions[i])
  }
  let next = 0
  return RECALL_POINTS.map((recall) => {
    while (next < recalls.length && recalls[next] < recall) next++
    return next === recalls.length ? 0 : precisions[next]
  })
}
