import type { BoxConvention } from './box-coding.ts'

/** More scores than any feature map has anchors; an index below it fits beside a score in 53 bits. */
const MAX_SCORES = 2 ** 21

/**
 * Indices of scores by value, highest first; equal scores keep their order, so that a run is
 * reproducible. At most `atMost` of them, none under `floor`.
 *
 * Score and index are packed into one number each: numbers sort three times as fast as indices with a
 * comparison, and there are some 12,000 anchors an image.
 *
 * @throws RangeError for more than two million scores
 */
export function topScores(scores: Float32Array, atMost: number, floor = -Infinity): Uint32Array {
  if (scores.length > MAX_SCORES)
    throw new RangeError(`${scores.length} scores are too many to rank`)
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length)
  const keys = new Float64Array(scores.length)
  let count = 0
  for (let i = 0; i < scores.length; i++) {
    if (!(scores[i] >= floor)) continue
    // The bits of a float, read as a whole number, rise with it; below zero they fall. -0 is 0.
    const sign = bits[i] >>> 31
    const rank = scores[i] === 0 ? 2 ** 31 : sign ? 2 ** 32 - 1 - bits[i] : bits[i] + 2 ** 31
    keys[count++] = rank * MAX_SCORES + (MAX_SCORES - 1 - i)
  }
  const sorted = keys.subarray(0, count).sort()
  const taken = new Uint32Array(Math.min(atMost, count))
  for (let i = 0; i < taken.length; i++) {
    taken[i] = MAX_SCORES - 1 - (sorted[count - 1 - i] % MAX_SCORES)
  }
  return taken
}

/**
 * Greedy non-maximum suppression: walk the boxes in the given order and keep each that overlaps no
 * kept one by more than `iouThreshold`.
 *
 * @param boxes Float32Array // [n, 4] xyxy
 * @param order indices into boxes, best first
 * @returns the kept indices, best first, at most `atMost`
 */
export function suppressOverlaps(
  boxes: Float32Array,
  order: ArrayLike<number>,
  options: { iouThreshold: number; convention: BoxConvention; atMost?: number },
): number[] {
  const extra = options.convention === 'inclusive' ? 1 : 0
  const atMost = options.atMost ?? Infinity
  const kept: number[] = []
  const areas: number[] = []
  for (let k = 0; k < order.length && kept.length < atMost; k++) {
    const i = order[k] * 4
    const x1 = boxes[i]
    const y1 = boxes[i + 1]
    const x2 = boxes[i + 2]
    const y2 = boxes[i + 3]
    const area = (x2 - x1 + extra) * (y2 - y1 + extra)
    let suppressed = false
    for (let m = 0; m < kept.length; m++) {
      const j = kept[m] * 4
      const width = Math.min(x2, boxes[j + 2]) - Math.max(x1, boxes[j]) + extra
      if (width <= 0) continue
      const height = Math.min(y2, boxes[j + 3]) - Math.max(y1, boxes[j + 1]) + extra
      if (height <= 0) continue
      const intersection = width * height
      if (intersection > options.iouThreshold * (area + areas[m] - intersection)) {
        suppressed = true
        break
      }
    }
    if (!suppressed) {
      kept.push(order[k])
      areas.push(area)
    }
  }
  return kept
}
