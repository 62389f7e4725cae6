import type { Detection } from './detections.ts'
import type { VocabularyMeaning, VocabularyScorer } from './vocabulary-scorer.ts'
import { wordSoftmax } from './word-softmax.ts'

export interface RegionTextScorerOptions {
  readonly scoreFloor: number
  readonly synonyms: 'max' | 'mean'
  readonly logitScale: number
  readonly objectness: 'multiply' | 'ignore'
}

/**
 * The recipe `region-text`: softmax of the region vector over the vocabulary and all that competes
 * with it, among these the vector that the pack was trained to give to what is no object (ViLD-text,
 * Gu et al. 2022), times the objectness.
 *
 * @param rivals unit vectors: the background first, then words that the vocabulary does not use
 */
export function regionTextScorer(
  vocabulary: VocabularyMeaning,
  rivals: readonly Float32Array[],
  options: RegionTextScorerOptions,
): VocabularyScorer {
  const probabilities = wordSoftmax(vocabulary, rivals, options)
  return (candidates) =>
    candidates.flatMap(({ vector, objectness }, candidate): Detection[] => {
      if (!vector) return []
      const weight = options.objectness === 'multiply' ? objectness : 1
      return probabilities(vector).flatMap((p, classIndex) => {
        const score = (p ?? 0) * weight
        if (score < options.scoreFloor) return []
        return { candidate, classIndex, isNegative: false, score, servedAs: 'region-text' }
      })
    })
}
