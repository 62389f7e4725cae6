import type { ClassRecord, Vocabulary } from '#shared/contract/records.ts'
import type { SearchedCandidate, StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { ImageScorer } from '../scoring/scoring.ts'

/** What a scorer of one class calls regions, by their ids. */
export function scoresById(
  scorer: ImageScorer,
  regions: readonly SearchedCandidate[] | readonly StoredCandidate[],
): Map<number, number> {
  const scores = new Map<number, number>()
  for (const { candidate, isNegative, score } of scorer.call(regions).called) {
    const { id } = regions[candidate]
    if (!isNegative) scores.set(id, Math.max(scores.get(id) ?? 0, score))
  }
  return scores
}

/** The words between commas, each once. */
export function wordsIn(text: string): string[] {
  return [...new Set(text.split(/[,，;；]/).flatMap((word) => word.trim() || []))]
}

/** One class of all the words. */
export function vocabularyOfWords([name = '', ...synonyms]: readonly string[]): Vocabulary {
  const wanted: ClassRecord = {
    ...{ id: 1, name, synonyms, prompts: [], negatives: [] },
    ...{ threshold: null, colour: '#000000', position: 0 },
  }
  return { revision: 0, classes: [wanted], negatives: [] }
}
