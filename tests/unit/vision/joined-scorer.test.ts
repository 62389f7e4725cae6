import { expect, it } from 'vitest'
import type { Detection } from '#main/vision/detections.ts'
import { joinedScorer } from '#main/vision/joined-scorer.ts'
import type { ScorableCandidate, VocabularyScorer } from '#main/vision/vocabulary-scorer.ts'
import { region, unit } from '../../support/scoring.ts'

/** Gives class 0 the first number of a region's vector, and class 1 the second. */
const byAxes: VocabularyScorer = (candidates) =>
  candidates.flatMap(({ vector }, candidate) =>
    [...(vector ?? [])].map((score, classIndex): Detection => {
      return { candidate, classIndex, isNegative: false, score, servedAs: 'clip' }
    }),
  )

const scoresOf = (regions: readonly ScorableCandidate[], scoreFloor = 0): number[][] =>
  joinedScorer(byAxes, byAxes, { scoreFloor })(regions).map(({ candidate, classIndex, score }) => [
    candidate,
    classIndex ?? -1,
    Number(score.toFixed(4)),
  ])

const both = region([], {
  vector: Float32Array.of(0.36, 0.04),
  boxHeadVector: Float32Array.of(0.25, 1),
})

it('is the root of the product of what both vectors of a region say', () => {
  expect(scoresOf([both])).toEqual([
    [0, 0, 0.3],
    [0, 1, 0.2],
  ])
})

it('is the one score there is for a region without a vector of the box head', () => {
  expect(scoresOf([region([], { vector: Float32Array.of(0.36, 0.04) }), both])).toEqual([
    [0, 0, 0.36],
    [0, 1, 0.04],
    [1, 0, 0.3],
    [1, 1, 0.2],
  ])
})

it('leaves out what CLIP was not shown, and what falls under the floor when both are joined', () => {
  expect(scoresOf([region([], { boxHeadVector: unit(30) })])).toEqual([])
  expect(scoresOf([both], 0.25)).toEqual([[0, 0, 0.3]])
})
