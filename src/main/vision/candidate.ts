import type { Box } from '#shared/geometry/box.ts'
import type { Rle } from '#shared/geometry/rle.ts'

/** The detector's class probabilities of a region, sparse, the most probable first. */
export interface Posterior {
  /** [k] indices into the pack's classes; the background is not among them. */
  readonly classes: Uint16Array
  /** [k] probabilities of them. */
  readonly probabilities: Float32Array
}

/**
 * One region of one image with everything that scoring needs, and nothing that depends on a
 * vocabulary: so that words, thresholds and fusion can change without a model.
 */
export interface Candidate {
  /** In pixels of the oriented image. */
  readonly box: Box
  /** At the size of the oriented image. */
  readonly mask: Rle
  /** In 0..1. */
  readonly objectness: number
  /** The detector class whose deltas and mask channel made this box and mask; null when none did. */
  readonly detectorClass: number | null
  readonly posterior: Posterior
  /** Region vector as float16 bits, unit length before rounding; null when the recipe has none. */
  readonly vector: Uint16Array | null
  /**
   * The box head's vector of the region, as `vector`, where that is of CLIP's image encoder and the
   * recipe compares both.
   */
  readonly boxHeadVector?: Uint16Array | null
}
