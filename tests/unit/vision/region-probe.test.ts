import { describe, expect, it } from 'vitest'
import { decomposeCholesky, solveCholesky } from '#main/vision/cholesky.ts'
import {
  correctionOf,
  fitProbe,
  logistic,
  logitOf,
  type ProbeExample,
} from '#main/vision/region-probe.ts'
import { property, type SeededRandom } from '../../support/random.ts'

function randomExamples(random: SeededRandom, count: number, dimension: number): ProbeExample[] {
  return Array.from({ length: count }, () => ({
    features: Float32Array.from({ length: dimension }, () => random.between(-1, 1)),
    offset: random.between(-3, 3),
    isYes: random.next() < 0.5,
  }))
}

/** What `fitProbe` minimises, as it is written. */
function loss(examples: readonly ProbeExample[], weights: Float64Array, ridge: number): number {
  const ofAnswers = examples.map(({ features, offset, isYes }) => {
    const p = logistic(offset + correctionOf(weights, features))
    return -Math.log(isYes ? p : 1 - p)
  })
  const penalty = weights.reduce((sum, weight) => sum + weight * weight, 0)
  return ofAnswers.reduce((a, b) => a + b, 0) + (ridge / 2) * penalty
}

describe('Cholesky’s decomposition', () => {
  it('is the one of a known matrix', () => {
    const matrix = Float64Array.of(4, 0, 0, 12, 37, 0, -16, -43, 98)
    decomposeCholesky(matrix, 3)
    expect([...matrix]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3])
  })

  it('solves what multiplying gave', () => {
    property(
      (random) => {
        const n = random.integer(1, 12)
        const rows = Array.from({ length: n }, () =>
          Array.from({ length: n }, () => random.between(-1, 1)),
        )
        const at = (i: number, j: number): number =>
          rows[i].reduce((sum, value, k) => sum + value * rows[j][k], i === j ? 0.5 : 0)
        const wanted = Array.from({ length: n }, () => random.between(-5, 5))
        const vector = Float64Array.from({ length: n }, (_, i) =>
          wanted.reduce((sum, value, j) => sum + at(i, j) * value, 0),
        )
        const matrix = Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n))
        decomposeCholesky(matrix, n)
        solveCholesky(matrix, n, vector)
        wanted.forEach((value, i) => expect(vector[i]).toBeCloseTo(value, 6))
      },
      { cases: 100 },
    )
  })

  it('refuses a matrix that has none', () => {
    expect(() => decomposeCholesky(Float64Array.of(1, 0, 2, 1), 2)).toThrow(RangeError)
  })
})

describe('a probe', () => {
  it('is where no small step makes the loss smaller, for few examples and for many', () => {
    property(
      (random) => {
        const dimension = random.integer(1, 8)
        const examples = randomExamples(random, random.integer(1, 16), dimension)
        const ridge = random.between(0.1, 3)
        const weights = fitProbe(examples, ridge)
        const least = loss(examples, weights, ridge)
        for (let k = 0; k < dimension; k++) {
          for (const step of [-0.01, 0.01]) {
            const other = weights.slice()
            other[k] += step
            expect(loss(examples, other, ridge)).toBeGreaterThan(least - 1e-6)
          }
        }
      },
      { cases: 200 },
    )
  })

  it('is the same by examples and by features', () => {
    property(
      (random) => {
        const few = randomExamples(random, 4, 5)
        // A sixth feature that is always 0 changes nothing; a copy of each example is a half of the penalty.
        const byExamples = fitProbe(few, 0.7)
        const byFeatures = fitProbe([...few, ...few], 1.4)
        byExamples.forEach((weight, k) => expect(byFeatures[k]).toBeCloseTo(weight, 3))
      },
      { cases: 100 },
    )
  })

  it('corrects nothing without answers, or with a penalty beyond measure', () => {
    expect([...fitProbe([], 1)]).toEqual([])
    const one: ProbeExample = { features: Float32Array.of(1, 0), offset: 0, isYes: true }
    expect(Math.hypot(...fitProbe([one], 1e9))).toBeLessThan(1e-6)
  })

  it('has the weight of one answer that calculus gives', () => {
    // w = (1 - p(w)) / ridge: for a ridge of 1 and no offset, w = 1 / (1 + e^w).
    const [weight] = fitProbe([{ features: Float32Array.of(1), offset: 0, isYes: true }], 1)
    expect(weight).toBeCloseTo(0.401058, 4)
    expect(weight).toBeCloseTo(1 / (1 + Math.exp(weight)), 4)
  })

  it('keeps logits finite', () => {
    expect(logitOf(0)).toBeCloseTo(-9.21, 2)
    expect(logitOf(1)).toBeCloseTo(9.21, 2)
    expect(logistic(logitOf(0.3))).toBeCloseTo(0.3, 12)
  })
})
