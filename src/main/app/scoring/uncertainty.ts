import { boxIou, type Box } from '#shared/geometry/box.ts'
import type { Posterior } from '#main/vision/candidate.ts'
import type { Detection } from '#main/vision/detections.ts'
import type { Doubt } from '#main/storage/annotation-repository.ts'

/** Boxes that overlap more are one region: two words for it are rivals, and not neighbours. */
const SAME_REGION_IOU = 0.7

export interface Evidence {
  readonly score: number
  /** From which on the class is proposed. */
  readonly threshold: number
  /** The best score of another class, or of a negative, for the same region; 0 for none. */
  readonly rivalScore: number
  /** 0..1: by how much the detector prefers another name. */
  readonly disagreement: number
}

/**
 * How much a proposal needs a person's look, each part in 0..1:
 *
 * - `threshold`: `1 - (score - threshold) / (1 - threshold)`, 1 for a score that just passes;
 * - `rival`: `rivalScore / score`, 1 when another word fits as well: the top-two margin (best versus
 *   second best, Joshi et al. 2009) as a ratio, so that low scores without a rival do not count;
 * - `disagreement`: see `detectorDisagreement`.
 *
 * The largest part counts and is the reason: one good cause to look is enough, and an average would
 * hide it behind two that are absent.
 */
export function doubtOf({ score, threshold, rivalScore, disagreement }: Evidence): Doubt {
  const parts: readonly Doubt[] = [
    { reason: 'threshold', uncertainty: share(1 - score, 1 - threshold) },
    { reason: 'rival', uncertainty: share(rivalScore, score) },
    { reason: 'disagreement', uncertainty: disagreement },
  ]
  return parts.reduce((most, part) => (part.uncertainty > most.uncertainty ? part : most))
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0
}

/**
 * The best score that another class or a negative has for the region of a detection.
 *
 * @param called before suppression: it leaves one word a region
 */
export function rivalScore(
  { candidate, classIndex }: Pick<Detection, 'candidate' | 'classIndex'>,
  called: readonly Detection[],
  boxes: readonly Box[],
): number {
  let best = 0
  for (const other of called) {
    const isRival = other.isNegative
      ? other.classIndex === null || other.classIndex === classIndex
      : other.classIndex !== classIndex
    if (!isRival || other.score <= best) continue
    const isHere =
      other.candidate === candidate ||
      boxIou(boxes[other.candidate], boxes[candidate]) > SAME_REGION_IOU
    if (isHere) best = other.score
  }
  return best
}

/**
 * `max(0, r - q)` with q the probability that the detector gives to the classes that the word means,
 * and r that of its likeliest other class. 0 for a word that no detector class means: a detector that
 * has no name for it can only call it by another.
 */
export function detectorDisagreement(
  { classes, probabilities }: Posterior,
  meant: ReadonlySet<number>,
): number {
  if (meant.size === 0) return 0
  let own = 0
  let other = 0
  classes.forEach((detectorClass, i) => {
    if (meant.has(detectorClass)) own += probabilities[i]
    else other = Math.max(other, probabilities[i])
  })
  return Math.max(0, other - own)
}
