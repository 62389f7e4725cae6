import type { JudgedScore } from './precision-recall.ts'

export interface ScoreHistogram {
  /** Detections that found an object, by score: bin i of n holds scores from i / n up to (i + 1) / n. */
  readonly right: number[]
  readonly wrong: number[]
}

/** @param bins a score of 1 is in the last one */
export function scoreHistogram(judged: readonly JudgedScore[], bins: number): ScoreHistogram {
  const right = new Array<number>(bins).fill(0)
  const wrong = new Array<number>(bins).fill(0)
  for (const { score, isRight } of judged) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(score * bins)))
    ;(isRight ? right : wrong)[bin]++
  }
  return { right, wrong }
}
