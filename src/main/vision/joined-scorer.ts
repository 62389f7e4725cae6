import type { Detection } from './detections.ts'
import type { VocabularyScorer } from './vocabulary-scorer.ts'

/**
 * The two-score method: the geometric mean √(s1 · s2) of what a trained box head's vector says of a
 * region (s1) and what CLIP's says (s2). A region without a vector of the box head has s2 alone.
 *
 * @param trained s1, of the box head's vectors; gives every class that `free` gives, whatever its score
 * @param free s2, of CLIP's vectors, whatever its score
 */
export function joinedScorer(
  trained: VocabularyScorer,
  free: VocabularyScorer,
  { scoreFloor }: { readonly scoreFloor: number },
): VocabularyScorer {
  const keyOf = ({ candidate, classIndex }: Detection): string => `${candidate} ${classIndex}`
  return (candidates) => {
    const byBoxHead = candidates.map((one) => ({ ...one, vector: one.boxHeadVector ?? null }))
    const first = new Map(trained(byBoxHead).map((one) => [keyOf(one), one.score]))
    return free(candidates).flatMap((one): Detection[] => {
      const hasBoth = byBoxHead[one.candidate].vector !== null
      const score = hasBoth ? Math.sqrt((first.get(keyOf(one)) ?? 0) * one.score) : one.score
      return score < scoreFloor ? [] : [{ ...one, score }]
    })
  }
}
