import { cocoBoxIou } from './box.ts'
import type { XywhBox } from './box.ts'
import type { Point } from './point.ts'
import { emptyRle, rleFromRuns } from './rle.ts'
import type { Rle } from './rle.ts'
import { assertSameSize } from './size.ts'
import type { Size } from './size.ts'

/** Set pixels. */
export function rleArea({ counts }: Rle): number {
  let area = 0
  for (let i = 1; i < counts.length; i += 2) area += counts[i]
  return area
}

export function isEmptyRle(rle: Rle): boolean {
  return rleArea(rle) === 0
}

/** Whether the pixel is set that a point lies in; outside of the image none is. */
export function rleContains({ height, width, counts }: Rle, { x, y }: Point): boolean {
  if (!(x >= 0 && x < width && y >= 0 && y < height)) return false
  const pixel = Math.floor(x) * height + Math.floor(y)
  let index = 0
  for (let end = counts[0]; end <= pixel; end += counts[index]) index++
  return (index & 1) === 1
}

/** The smallest box around the set pixels, in pixels; [0, 0, 0, 0] around none, as in the COCO API. */
export function rleBbox({ height, width, counts }: Rle): XywhBox {
  let left = width
  let right = -1
  let top = height
  let bottom = -1
  let end = counts[0]
  for (let i = 1; i < counts.length; i += 2) {
    const first = end
    const last = first + counts[i] - 1
    end = last + 1 + (counts[i + 1] ?? 0)
    if (last < first) continue
    const firstColumn = Math.floor(first / height)
    const lastColumn = Math.floor(last / height)
    left = Math.min(left, firstColumn)
    right = Math.max(right, lastColumn)
    // A run into the next column passes the bottom of one and the top of the other.
    const isBroken = lastColumn > firstColumn
    top = Math.min(top, isBroken ? 0 : first - firstColumn * height)
    bottom = Math.max(bottom, isBroken ? height - 1 : last - lastColumn * height)
  }
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1]
}

/** Truth tables: bit (inA + 2 * inB) is the result. */
const UNION = 0b1110
const INTERSECTION = 0b1000
const DIFFERENCE = 0b0010

/** @throws GeometryError MASK_SIZES_DIFFER */
export function rleUnion(a: Rle, b: Rle): Rle {
  return combine(a, b, UNION)
}

/** @throws GeometryError MASK_SIZES_DIFFER */
export function rleIntersection(a: Rle, b: Rle): Rle {
  return combine(a, b, INTERSECTION)
}

/**
 * The pixels of a that are not in b.
 * @throws GeometryError MASK_SIZES_DIFFER
 */
export function rleDifference(a: Rle, b: Rle): Rle {
  return combine(a, b, DIFFERENCE)
}

/**
 * The union of any number of masks; of none, the empty mask. Pairs are united in rounds, so that
 * the runs of n masks are read log2(n) times and not n times.
 * @throws GeometryError MASK_SIZES_DIFFER
 */
export function rleUnionOf(masks: readonly Rle[], size: Size): Rle {
  for (const mask of masks) assertSameSize(mask, size)
  let round = masks
  while (round.length > 1) {
    const next: Rle[] = []
    for (let i = 0; i < round.length; i += 2) {
      next.push(i + 1 < round.length ? rleUnion(round[i], round[i + 1]) : round[i])
    }
    round = next
  }
  return round[0] ?? emptyRle(size)
}

function combine(a: Rle, b: Rle, truthTable: number): Rle {
  assertSameSize(a, b)
  const runs = new Uint32Array(a.counts.length + b.counts.length + 1)
  const pixels = a.height * a.width
  let length = 0
  let value = 0
  let runStart = 0
  let position = 0
  let indexA = 0
  let indexB = 0
  let endA = a.counts[0]
  let endB = b.counts[0]
  while (position < pixels) {
    while (endA <= position) endA += a.counts[++indexA]
    while (endB <= position) endB += b.counts[++indexB]
    const next = (truthTable >> ((indexA & 1) + 2 * (indexB & 1))) & 1
    if (next !== value) {
      runs[length++] = position - runStart
      runStart = position
      value = next
    }
    position = Math.min(endA, endB)
  }
  runs[length++] = pixels - runStart
  return rleFromRuns(runs.subarray(0, length), a)
}

/** A mask with what every comparison of it needs, so that a table of IoUs measures each mask once. */
export interface MeasuredRle {
  readonly rle: Rle
  readonly area: number
  readonly bbox: XywhBox
}

export function measureRle(rle: Rle): MeasuredRle {
  return { rle, area: rleArea(rle), bbox: rleBbox(rle) }
}

/**
 * IoU of a detection with a ground truth, in 0..1, as the COCO API takes it (`rleIou` in its
 * maskApi): masks whose boxes share nothing are not compared, and of a crowd the union is the
 * detection's area alone.
 * @throws GeometryError MASK_SIZES_DIFFER
 */
export function rleIou(detection: MeasuredRle, groundTruth: MeasuredRle, isCrowd: boolean): number {
  assertSameSize(detection.rle, groundTruth.rle)
  if (cocoBoxIou(detection.bbox, groundTruth.bbox, isCrowd) === 0) return 0
  const shared = sharedPixels(detection.rle, groundTruth.rle)
  return shared / (isCrowd ? detection.area : detection.area + groundTruth.area - shared)
}

/**
 * @param isCrowd [groundTruths]
 * @returns [detections * groundTruths] IoUs, a row for each detection
 * @throws GeometryError MASK_SIZES_DIFFER
 */
export function rleIouTable(
  detections: readonly Rle[],
  groundTruths: readonly Rle[],
  isCrowd: readonly boolean[],
): Float64Array {
  const measured = groundTruths.map(measureRle)
  const table = new Float64Array(detections.length * groundTruths.length)
  detections.forEach((mask, row) => {
    const detection = measureRle(mask)
    measured.forEach((groundTruth, column) => {
      const cell = row * groundTruths.length + column
      table[cell] = rleIou(detection, groundTruth, isCrowd[column])
    })
  })
  return table
}

/** Both masks are walked from set run to set run; the runs of zeros between are only skipped. */
function sharedPixels(a: Rle, b: Rle): number {
  let shared = 0
  let startA = a.counts[0]
  let startB = b.counts[0]
  let indexA = 1
  let indexB = 1
  while (indexA < a.counts.length && indexB < b.counts.length) {
    const endA = startA + a.counts[indexA]
    const endB = startB + b.counts[indexB]
    shared += Math.max(0, Math.min(endA, endB) - Math.max(startA, startB))
    if (endA <= endB) {
      startA = endA + (a.counts[indexA + 1] ?? 0)
      indexA += 2
    } else {
      startB = endB + (b.counts[indexB + 1] ?? 0)
      indexB += 2
    }
  }
  return shared
}
