import type { ClassSuggestion } from '#shared/contract/commands.ts'
import type { PromptedRegion } from '#main/inference/protocol.ts'
import { float16FromVector } from '#main/vision/float16.ts'
import type { ImageScorer, ScoredRegion } from '../scoring/scoring.ts'

const AT_MOST = 5
/** Below it a suggestion is a guess, as it is no detection either; the best one is told all the same. */
const SCORE_FLOOR = 0.02

/**
 * What a region may be called: the vocabulary's classes as a run would score them there, and the
 * detector's own words for what no class takes. Best first.
 */
export function suggestClasses(
  region: PromptedRegion,
  {
    score,
    vocabulary,
    detectorClasses,
  }: Pick<ImageScorer, 'score' | 'vocabulary' | 'detectorClasses'>,
  detectorNames: readonly string[],
): ClassSuggestion[] {
  const { posterior } = region
  const { called } = score(candidatesOf(region))
  const bestOfClass = new Map<number, number>()
  for (const { classIndex, isNegative, score: found } of called) {
    if (isNegative || classIndex === null) continue
    bestOfClass.set(classIndex, Math.max(found, bestOfClass.get(classIndex) ?? 0))
  }
  const ofClasses = Array.from(bestOfClass, ([index, found]) => {
    const { id, name } = vocabulary.classes[index]
    return { classId: id, name, score: found }
  })
  const ownWords = Array.from(posterior.classes, (detectorClass, i) => ({
    detectorClass,
    suggestion: {
      classId: null,
      name: detectorNames[detectorClass],
      score: posterior.probabilities[i],
    },
  }))
    .filter(({ detectorClass }) => !detectorClasses.some((taken) => taken.has(detectorClass)))
    .map(({ suggestion }) => suggestion)
  return [...ofClasses, ...ownWords]
    .sort((a, b) => b.score - a.score)
    .filter((suggestion, i) => i === 0 || suggestion.score >= SCORE_FLOOR)
    .slice(0, AT_MOST)
}

/** One region as a detector tells it: a candidate for each class that it may be of. */
function candidatesOf({ box, posterior, vector }: PromptedRegion): ScoredRegion[] {
  if (!box) return []
  return Array.from(posterior.classes, (detectorClass) => ({
    box,
    // A person says that something is there.
    objectness: 1,
    detectorClass,
    posterior,
    vector: vector && float16FromVector(vector),
  }))
}
