import { boxIou, type Box } from '#shared/geometry/box.ts'
import type { ServiceWay } from '#shared/vocabulary/word-server.ts'

/** A candidate called by a word of the vocabulary, or by one of its negatives. */
export interface Detection {
  /** Index into the candidates. */
  readonly candidate: number
  /** Index into the vocabulary's classes; for a negative, the class it argues against, or null for all. */
  readonly classIndex: number | null
  readonly isNegative: boolean
  readonly score: number
  /** How the word is served by which the class got it; null for a negative. */
  readonly servedAs: ServiceWay | null
}

export interface SuppressionOptions {
  /** Two of one class that overlap more are one object; so is a negative and what it argues against. */
  readonly nmsIou: number
  /** Two of any classes that overlap more are one object; 1 lets a region have several classes. */
  readonly crossClassNmsIou: number
  readonly atMost: number
}

/**
 * Greedy suppression, best first: within a class, across classes, and by negatives, which take part
 * and are then left out. The result is the best first. Which of the better ones stay does not depend
 * on the worse, so that a threshold may be applied afterwards.
 */
export function suppressDetections(
  detections: readonly Detection[],
  boxes: readonly Box[],
  options: SuppressionOptions,
): Detection[] {
  const sorted = detections.toSorted(
    (a, b) =>
      b.score - a.score || a.candidate - b.candidate || (a.classIndex ?? -1) - (b.classIndex ?? -1),
  )
  const kept: Detection[] = []
  let emitted = 0
  for (const detection of sorted) {
    if (emitted >= options.atMost) break
    const box = boxes[detection.candidate]
    const isSuppressed = kept.some((other) => {
      const limit = limitBetween(other, detection, options)
      return limit < 1 && boxIou(boxes[other.candidate], box) > limit
    })
    if (isSuppressed) continue
    kept.push(detection)
    if (!detection.isNegative) emitted++
  }
  return kept.filter(({ isNegative }) => !isNegative)
}

/** The overlap from which the better of two takes the place of the other; 1 for never. */
function limitBetween(
  better: Detection,
  worse: Detection,
  { nmsIou, crossClassNmsIou }: SuppressionOptions,
): number {
  if (worse.isNegative) return 1
  if (better.isNegative) {
    return better.classIndex === null || better.classIndex === worse.classIndex ? nmsIou : 1
  }
  return better.classIndex === worse.classIndex
    ? Math.min(nmsIou, crossClassNmsIou)
    : crossClassNmsIou
}
