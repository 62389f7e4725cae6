import { describe, expect, it } from 'vitest'
import { detectorDisagreement, doubtOf, rivalScore } from '#main/app/scoring/uncertainty.ts'
import type { Box } from '#shared/geometry/box.ts'

const certain = { score: 1, threshold: 0.2, rivalScore: 0, disagreement: 0 }

describe('the doubt of a proposal', () => {
  it('is none for a sure one without a rival', () => {
    expect(doubtOf(certain).uncertainty).toBe(0)
  })

  it('grows as its score comes down to the threshold', () => {
    expect(doubtOf({ ...certain, score: 0.6 })).toEqual({ reason: 'threshold', uncertainty: 0.5 })
    expect(doubtOf({ ...certain, score: 0.2 })).toEqual({ reason: 'threshold', uncertainty: 1 })
    // A threshold may have been raised above a proposal that undo brought back.
    expect(doubtOf({ ...certain, score: 0.1 }).uncertainty).toBe(1)
    expect(doubtOf({ ...certain, threshold: 1 }).uncertainty).toBe(0)
  })

  it('is that of the rival when another word fits nearly as well', () => {
    const doubt = doubtOf({ ...certain, score: 0.9, rivalScore: 0.81 })
    expect(doubt.reason).toBe('rival')
    expect(doubt.uncertainty).toBeCloseTo(0.9)
    expect(doubtOf({ ...certain, score: 0.5, rivalScore: 0.7 }).uncertainty).toBe(1)
  })

  it('is that of the detector when it sees something else', () => {
    expect(doubtOf({ ...certain, disagreement: 0.7 })).toEqual({
      reason: 'disagreement',
      uncertainty: 0.7,
    })
  })
})

describe('the rival of a detection', () => {
  const here: Box = [0, 0, 10, 10]
  const nearlyHere: Box = [0, 0, 10, 9]
  const elsewhere: Box = [100, 0, 110, 10]
  const boxes = [here, nearlyHere, elsewhere]
  const own = { candidate: 0, classIndex: 0 }
  const call = (
    candidate: number,
    classIndex: number | null,
    score: number,
    isNegative = false,
  ) => ({
    ...{ candidate, classIndex, score, isNegative, servedAs: 'exact' as const },
  })

  it('is the best other class of the same region, whatever made the region', () => {
    expect(rivalScore(own, [call(0, 0, 0.9), call(0, 1, 0.3), call(1, 2, 0.4)], boxes)).toBe(0.4)
  })

  it('is not another word for a neighbour, nor the same word', () => {
    expect(rivalScore(own, [call(2, 1, 0.9), call(1, 0, 0.8)], boxes)).toBe(0)
  })

  it('is a negative of all classes or of its own, not of another', () => {
    expect(rivalScore(own, [call(0, null, 0.3, true)], boxes)).toBe(0.3)
    expect(rivalScore(own, [call(0, 0, 0.4, true)], boxes)).toBe(0.4)
    expect(rivalScore(own, [call(0, 1, 0.5, true)], boxes)).toBe(0)
  })
})

describe('the disagreement of the detector', () => {
  const posterior = {
    classes: Uint16Array.of(3, 7, 9),
    probabilities: Float32Array.of(0.5, 0.25, 0.125),
  }

  it('is how much more it believes in another name', () => {
    expect(detectorDisagreement(posterior, new Set([7]))).toBe(0.25)
    expect(detectorDisagreement(posterior, new Set([7, 9]))).toBe(0.125)
    expect(detectorDisagreement(posterior, new Set([1]))).toBe(0.5)
  })

  it('is none when the word is what it sees, or when it has no name for the word', () => {
    expect(detectorDisagreement(posterior, new Set([3]))).toBe(0)
    expect(detectorDisagreement(posterior, new Set())).toBe(0)
  })
})
