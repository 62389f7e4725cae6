import type { Detection } from './detections.ts'
import type {
  ClassMeaning,
  ScorableCandidate,
  VocabularyMeaning,
  VocabularyScorer,
} from './vocabulary-scorer.ts'
import { wordSoftmax } from './word-softmax.ts'

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
 * `base` classes are those whose words mean detector classes, in whatever way; their detector score
 * is the probability of these, that of the others is the objectness.
 */
export function cropScorer(
  vocabulary: VocabularyMeaning,
  options: CropScorerOptions,
): VocabularyScorer {
  const probabilities = wordSoftmax(vocabulary, [], options)
  return (candidates) =>
    candidates.flatMap((candidate, index): Detection[] => {
      if (!candidate.vector) return []
      return probabilities(candidate.vector).flatMap((p, classIndex) => {
        if (p === null) return []
        const score = fuse(candidate, vocabulary.classes[classIndex].detectorClasses, p, options)
        if (score < options.scoreFloor) return []
        return { candidate: index, classIndex, isNegative: false, score, servedAs: 'clip' }
      })
    })
}

function fuse(
  candidate: ScorableCandidate,
  detectorClasses: ClassMeaning['detectorClasses'],
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
