import type { BoxConvention } from './box-coding.ts'

/**
 * Indices of scores by value, highest first; equal scores keep their order, so that a run is
 * reproducible. At most `atMost` of them, none under `floor`.
 */
export function topScores(scores: Float32Array, atMost: number, floor = -Infinity): Uint32Array {
  const above: number[] = []
  for (let i = 0; i < scores.length; i++) if (scores[i] >= floor) above.push(i)
  const order = Uint32Array.from(above)
  order.sort((a, b) => scores[b] - scores[a] || a - b)
  return order.subarray(0, Math.min(atMost, order.length))
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
