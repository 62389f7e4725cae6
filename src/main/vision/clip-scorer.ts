import type { Detection } from './detections.ts'
import { fuseScores, type FusionOptions } from './fusion.ts'
import type { VocabularyMeaning, VocabularyScorer } from './vocabulary-scorer.ts'
import { wordSoftmax, type WordSoftmaxOptions } from './word-softmax.ts'

export interface ClipScorerOptions extends FusionOptions, WordSoftmaxOptions {
  readonly scoreFloor: number
}

/**
 * The recipes that ask CLIP: cosine of the region's image vector with the class's text vectors, times
 * the logit scale, softmax over the classes and the negatives, fused with what the detector says.
 */
export function clipScorer(
  vocabulary: VocabularyMeaning,
  options: ClipScorerOptions,
): VocabularyScorer {
  const probabilities = wordSoftmax(vocabulary, [], options)
  return (candidates) =>
    candidates.flatMap((candidate, index): Detection[] => {
      if (!candidate.vector) return []
      return probabilities(candidate.vector).flatMap((p, classIndex) => {
        if (p === null) return []
        const { detectorClasses } = vocabulary.classes[classIndex]
        const score = fuseScores(candidate, detectorClasses, p, options)
        if (score < options.scoreFloor) return []
        return { candidate: index, classIndex, isNegative: false, score, servedAs: 'clip' }
      })
    })
}
