import type { Detection } from './detections.ts'
import {
  detectorClassesOf,
  dot,
  type ScorableCandidate,
  type VocabularyMeaning,
  type VocabularyScorer,
  type WordMeaning,
} from './vocabulary-scorer.ts'

export interface CropScorerOptions {
  readonly scoreFloor: number
  readonly synonyms: 'max' | 'mean'
  readonly logitScale: number
  readonly fusion: 'objectness' | 'detector'
  readonly alpha: number
}

/** F-VLM's weights of the detector's score, for classes that it was trained on and for others. */
const BASE_DETECTOR_WEIGHT = 0.65
const NOVEL_DETECTOR_WEIGHT = 0.35

/**
 * The recipe `crop`: cosine of the region's image vector with the class's text vectors, times the
 * logit scale, softmax over the classes and the negatives, fused with what the detector says.
 *
 * `base` words are those that a detector class means; their detector score is its probability, that
 * of the others is the objectness.
 */
export function cropScorer(
  vocabulary: VocabularyMeaning,
  options: CropScorerOptions,
): VocabularyScorer {
  const classes = vocabulary.classes.map(({ names, negatives }) => ({
    names: vectorsOf(names),
    negatives: vectorsOf(negatives),
    detectorClasses: detectorClassesOf(names),
  }))
  const negatives = vectorsOf(vocabulary.negatives)

  return (candidates) => {
    const detections: Detection[] = []
    candidates.forEach((candidate, index) => {
      if (!candidate.vector) return
      const { vector } = candidate
      const logit = (text: Float32Array): number => options.logitScale * dot(vector, text)
      const logits = classes.map(({ names }) => combine(names.map(logit), options.synonyms))
      const negativeLogits = negatives.map(logit)
      const own = classes.map((one) => one.negatives.map(logit))
      // One reference for all exponentials, so that none overflows.
      let highest = -Infinity
      for (const value of [...logits, ...negativeLogits, ...own.flat()]) {
        highest = Math.max(highest, value)
      }
      const exp = (value: number): number => Math.exp(value - highest)
      const common = sum(logits.map(exp)) + sum(negativeLogits.map(exp))
      classes.forEach(({ detectorClasses }, classIndex) => {
        // A class's own negatives compete with that class alone.
        const p = exp(logits[classIndex]) / (common + sum(own[classIndex].map(exp)))
        const score = fuse(candidate, detectorClasses, p, options)
        if (score >= options.scoreFloor) {
          detections.push({ candidate: index, classIndex, isNegative: false, score })
        }
      })
    })
    return detections
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

function vectorsOf(words: readonly WordMeaning[]): Float32Array[] {
  return words.flatMap(({ vector }) => (vector ? [vector] : []))
}

/** A class without any text vector has no chance, and takes none from the others. */
function combine(logits: readonly number[], synonyms: 'max' | 'mean'): number {
  if (logits.length === 0) return -Infinity
  return synonyms === 'max' ? Math.max(...logits) : sum(logits) / logits.length
}

function fuse(
  candidate: ScorableCandidate,
  detectorClasses: ReadonlySet<number>,
  p: number,
  { fusion, alpha }: CropScorerOptions,
): number {
  if (fusion === 'objectness') return candidate.objectness ** alpha * p ** (1 - alpha)
  if (detectorClasses.size === 0) {
    return candidate.objectness ** NOVEL_DETECTOR_WEIGHT * p ** (1 - NOVEL_DETECTOR_WEIGHT)
  }
  let probability = 0
  candidate.posterior.classes.forEach((detectorClass, i) => {
    if (detectorClasses.has(detectorClass)) probability += candidate.posterior.probabilities[i]
  })
  return probability ** BASE_DETECTOR_WEIGHT * p ** (1 - BASE_DETECTOR_WEIGHT)
}
