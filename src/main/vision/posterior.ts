import type { Posterior } from './candidate.ts'
import { topScores } from './nms.ts'

/** Classes of a region that are kept: what is left over is below a tenth of a percent in practice. */
const KEPT_CLASSES = 16
const KEPT_PROBABILITY = 0.001

/** The likeliest classes of one row of a box head's probabilities, `count` of them from `offset`. */
export function sparsePosterior(
  probabilities: Float32Array,
  offset: number,
  count: number,
): Posterior {
  const row = probabilities.subarray(offset, offset + count)
  const best = topScores(row, KEPT_CLASSES, KEPT_PROBABILITY)
  return {
    classes: Uint16Array.from(best),
    probabilities: Float32Array.from(best, (index) => row[index]),
  }
}
