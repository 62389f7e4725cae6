import type { ScorableCandidate } from './vocabulary-scorer.ts'

export interface FusionOptions {
  readonly fusion: 'objectness' | 'class' | 'detector' | 'vild' | 'detic'
  /** Weight of the detector's side in `objectness` and `class`. */
  readonly alpha: number
}

/** Weights of the detector's score for classes that it was trained on (base) and for others (novel). */
const WEIGHTS = {
  /** F-VLM (Kuo et al. 2023). */
  detector: { base: 0.65, novel: 0.35 },
  /** ViLD (Gu et al. 2022): the two-thirds power of the side that knows the class. */
  vild: { base: 2 / 3, novel: 1 / 3 },
} as const

/** Detic (Zhou et al. 2022) takes the square root of the product. */
const DETIC_WEIGHT = 0.5

/**
 * A region's score as the weighted geometric mean of what the detector says of it and of the
 * probability that CLIP gives a word: detector^w * p^(1 - w).
 *
 * The detector's side is the probability of the classes that the word means, and the objectness for
 * a word that means none, or where the fusion is with `objectness`. Both are probabilities already,
 * so that no root of a negative number is taken.
 *
 * @param detectorClasses that the word means
 * @param p in 0..1
 */
export function fuseScores(
  candidate: Pick<ScorableCandidate, 'objectness' | 'posterior'>,
  detectorClasses: ReadonlyMap<number, unknown>,
  p: number,
  { fusion, alpha }: FusionOptions,
): number {
  const isBase = detectorClasses.size > 0
  const ofClass = isBase ? classProbability(candidate, detectorClasses) : candidate.objectness
  switch (fusion) {
    case 'objectness':
      return geometricMean(candidate.objectness, p, alpha)
    case 'detic':
      return geometricMean(candidate.objectness, p, DETIC_WEIGHT)
    case 'class':
      return geometricMean(ofClass, p, alpha)
    case 'detector':
    case 'vild':
      return geometricMean(ofClass, p, WEIGHTS[fusion][isBase ? 'base' : 'novel'])
  }
}

const geometricMean = (a: number, b: number, weightOfA: number): number =>
  a ** weightOfA * b ** (1 - weightOfA)

function classProbability(
  { posterior }: Pick<ScorableCandidate, 'posterior'>,
  detectorClasses: ReadonlyMap<number, unknown>,
): number {
  let probability = 0
  posterior.classes.forEach((detectorClass, i) => {
    if (detectorClasses.has(detectorClass)) probability += posterior.probabilities[i]
  })
  return probability
}
