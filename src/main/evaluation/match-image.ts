import { IOU_THRESHOLDS, isOutside } from './criteria.ts'
import type { AreaRange } from './criteria.ts'

/** The objects of one class (or of all) in one image, ready to be compared. */
export interface ImageObjects {
  /** The surest first. */
  readonly detections: readonly { readonly score: number; readonly area: number }[]
  /** `area` is the annotation's own, which is not always that of its mask. */
  readonly groundTruths: readonly { readonly area: number; readonly isCrowd: boolean }[]
  /** [detections * groundTruths], a row for each detection */
  readonly ious: Float64Array
}

/** Bit t stands for IOU_THRESHOLDS[t]. */
export interface MatchedDetection {
  readonly score: number
  /** 0 is the surest detection of its image. */
  readonly rank: number
  readonly matchedBits: number
  /** Neither right nor wrong: matched to something ignored, or unmatched and of another size. */
  readonly ignoredBits: number
}

export interface ImageMatches {
  readonly detections: readonly MatchedDetection[]
  /** Ground truths that are neither crowds nor of another size. */
  readonly groundTruthCount: number
}

/**
 * Gives each detection, the surest first, the best ground truth that is left (`evaluateImg` in the
 * COCO API's cocoeval). Crowds and objects of another size are only taken when nothing else
 * fits, and a crowd takes any number of detections.
 */
export function matchImage(objects: ImageObjects, range: AreaRange): ImageMatches {
  const { detections, groundTruths } = objects
  const isIgnored = groundTruths.map(({ area, isCrowd }) => isCrowd || isOutside(area, range))
  const order = groundTruths
    .map((_, g) => g)
    .toSorted((a, b) => Number(isIgnored[a]) - Number(isIgnored[b]))
  const matchedBits = new Uint16Array(detections.length)
  const ignoredBits = new Uint16Array(detections.length)
  IOU_THRESHOLDS.forEach((threshold, t) => {
    const isTaken = new Uint8Array(groundTruths.length)
    detections.forEach(({ area }, d) => {
      const match = bestMatch(objects, d, threshold, { order, isIgnored, isTaken })
      if (match >= 0) {
        isTaken[match] = 1
        matchedBits[d] |= 1 << t
      }
      if (match >= 0 ? isIgnored[match] : isOutside(area, range)) ignoredBits[d] |= 1 << t
    })
  })
  return {
    detections: detections.map(({ score }, d) => ({
      score,
      rank: d,
      matchedBits: matchedBits[d],
      ignoredBits: ignoredBits[d],
    })),
    groundTruthCount: isIgnored.filter((ignored) => !ignored).length,
  }
}

interface Choice {
  /** Indices of the ground truths, the ignored ones last. */
  readonly order: readonly number[]
  readonly isIgnored: readonly boolean[]
  readonly isTaken: Uint8Array
}

/** Index of the ground truth, or -1. Of equally good ones the last is taken, as in the COCO API. */
function bestMatch(
  { groundTruths, ious }: ImageObjects,
  detection: number,
  threshold: number,
  { order, isIgnored, isTaken }: Choice,
): number {
  let best = -1
  let bestIou = threshold
  for (const g of order) {
    if (isTaken[g] && !groundTruths[g].isCrowd) continue
    if (best >= 0 && isIgnored[g] && !isIgnored[best]) break
    const iou = ious[detection * groundTruths.length + g]
    if (iou < bestIou) continue
    bestIou = iou
    best = g
  }
  return best
}
