import type { Agreement } from '#shared/contract/measurement.ts'
import { boxIou } from '#shared/geometry/box.ts'
import { measureRle, rleIou } from '#shared/geometry/rle-algebra.ts'
import type { Candidate } from './candidate.ts'

/** The reference is sure of a region from here on. */
const SURE = 0.5
/** Boxes that overlap so much are in the same place. */
const SAME_PLACE_IOU = 0.5

/**
 * How far the regions that one way of running a detector finds are from those of another.
 *
 * @param reference regions of each image
 * @param other of the same images, in the same order
 */
export function agreementOf(
  reference: readonly (readonly Candidate[])[],
  other: readonly (readonly Candidate[])[],
): Agreement {
  const scoreDifferences: number[] = []
  const maskIous: number[] = []
  let regions = 0
  reference.forEach((candidates, image) => {
    const free = new Set(other[image])
    for (const candidate of candidates) {
      const best = bestOf(candidate)
      if (best === null || best.probability < SURE) continue
      regions++
      const match = closest(candidate, best.classIndex, free)
      if (match === null) continue
      free.delete(match)
      const probability = bestOf(match)?.probability ?? 0
      scoreDifferences.push(Math.abs(probability - best.probability))
      maskIous.push(rleIou(measureRle(match.mask), measureRle(candidate.mask), false))
    }
  })
  return {
    regions,
    found: regions === 0 ? 0 : maskIous.length / regions,
    scoreDifference: mean(scoreDifferences),
    maskIou: mean(maskIous),
  }
}

function bestOf({ posterior: { classes, probabilities } }: Candidate): {
  classIndex: number
  probability: number
} | null {
  return classes.length === 0 ? null : { classIndex: classes[0], probability: probabilities[0] }
}

function closest(
  candidate: Candidate,
  classIndex: number,
  among: ReadonlySet<Candidate>,
): Candidate | null {
  let found: Candidate | null = null
  let most = SAME_PLACE_IOU
  for (const other of among) {
    if (bestOf(other)?.classIndex !== classIndex) continue
    const iou = boxIou(candidate.box, other.box)
    if (iou < most) continue
    most = iou
    found = other
  }
  return found
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
