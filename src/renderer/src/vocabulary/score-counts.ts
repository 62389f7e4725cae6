import type { ScoredCandidate, ScoreHistogram } from '#shared/contract/commands.ts'

/** Scores are counted in hundredths, and sliders move in them. */
const SCORE_STEPS = 100

/** The nearest score that a slider can stand on. */
export function steppedScore(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * SCORE_STEPS) / SCORE_STEPS
}

/** As everywhere: two digits, so that columns stand. */
export function scoreText(score: number | null): string {
  return score === null ? '–' : score.toFixed(2)
}

/** How many of a histogram reach a threshold that stands on a step. */
export function countFrom(bins: ScoreHistogram['bins'], threshold: number): number {
  return bins.slice(Math.round(threshold * SCORE_STEPS)).reduce((sum, count) => sum + count, 0)
}

/** How many candidates of an image reach a threshold, by class, and how many there are. */
export interface CandidateCount {
  readonly reaching: number
  readonly all: number
}

export function countCandidates(
  candidates: readonly ScoredCandidate[],
  classId: number,
  threshold: number,
): CandidateCount {
  const ofClass = candidates.filter((candidate) => candidate.classId === classId)
  return {
    reaching: ofClass.filter(({ score }) => score >= threshold).length,
    all: ofClass.length,
  }
}

/**
 * Heights of a histogram, 0..1, in fewer bars. On a square root, as a few good scores stand beside
 * hundreds of poor ones; a bar with anything in it is seen.
 */
export function barsOf(bins: ScoreHistogram['bins'], bars: number): number[] {
  const each = SCORE_STEPS / bars
  const sums = Array.from({ length: bars }, (_, bar) =>
    bins.slice(bar * each, (bar + 1) * each).reduce((sum, count) => sum + count, 0),
  )
  const most = Math.max(...sums)
  return sums.map((sum) => (sum === 0 ? 0 : Math.max(0.08, Math.sqrt(sum / most))))
}
