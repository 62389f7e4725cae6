import { decomposeCholesky, solveCholesky } from './cholesky.ts'

/** What a person said of a region and a class. */
export interface ProbeExample {
  /** [d] */
  readonly features: Float32Array
  /** Logit of what was believed before. */
  readonly offset: number
  readonly isYes: boolean
}

const MOST_STEPS = 100
/** Logits that move by less are there. */
const TOLERANCE = 1e-4

export const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit))

/** Of a probability that is kept away from 0 and 1, where the logit has no end. */
export function logitOf(probability: number): number {
  const p = Math.min(1 - 1e-4, Math.max(1e-4, probability))
  return Math.log(p / (1 - p))
}

/**
 * The weights w that minimise, over examples i with features x, offset o and answer y in {0, 1},
 *
 *     −Σ log p(yᵢ | oᵢ + w·xᵢ) + ridge/2 · |w|²,    p(1 | z) = 1 / (1 + e^−z)
 *
 * (ridge logistic regression with an offset, le Cessie & van Houwelingen 1992): how what was believed
 * before is to be corrected. By the bound of Böhning & Lindsay (1988), whose steps all have the same
 * matrix X·Xᵀ/4 + ridge·I, so that it is decomposed once, and each of which makes the sum smaller.
 * The first step is ridge regression of the residuals y − p. Solved for the weights or, where there
 * are fewer examples than features, for one number an example.
 *
 * @param ridge above 0
 * @returns Float64Array // [d]
 */
export function fitProbe(examples: readonly ProbeExample[], ridge: number): Float64Array {
  const dimension = examples.length === 0 ? 0 : examples[0].features.length
  return examples.length < dimension
    ? fitByExamples(examples, dimension, ridge)
    : fitByFeatures(examples, dimension, ridge)
}

/** y − p of all examples. */
function residuals(examples: readonly ProbeExample[], corrections: Float64Array): Float64Array {
  return Float64Array.from(
    examples,
    ({ offset, isYes }, i) => (isYes ? 1 : 0) - logistic(offset + corrections[i]),
  )
}

/** Weights are sums of the features: w = Xᵀa. */
function fitByExamples(
  examples: readonly ProbeExample[],
  dimension: number,
  ridge: number,
): Float64Array {
  const n = examples.length
  const products = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = product32(examples[i].features, examples[j].features)
      products[i * n + j] = product
      products[j * n + i] = product
    }
  }
  const matrix = products.map((product) => product / 4)
  for (let i = 0; i < n; i++) matrix[i * n + i] += ridge
  decomposeCholesky(matrix, n)
  const shares = new Float64Array(n)
  const corrections = new Float64Array(n)
  for (let step = 0; step < MOST_STEPS; step++) {
    const change = residuals(examples, corrections)
    for (let i = 0; i < n; i++) change[i] -= ridge * shares[i]
    solveCholesky(matrix, n, change)
    for (let i = 0; i < n; i++) shares[i] += change[i]
    let largest = 0
    for (let i = 0; i < n; i++) {
      let move = 0
      for (let j = 0; j < n; j++) move += products[i * n + j] * change[j]
      corrections[i] += move
      largest = Math.max(largest, Math.abs(move))
    }
    if (largest < TOLERANCE) break
  }
  const weights = new Float64Array(dimension)
  examples.forEach(({ features }, i) => {
    for (let k = 0; k < dimension; k++) weights[k] += shares[i] * features[k]
  })
  return weights
}

function fitByFeatures(
  examples: readonly ProbeExample[],
  dimension: number,
  ridge: number,
): Float64Array {
  const matrix = new Float64Array(dimension * dimension)
  for (const { features } of examples) {
    for (let i = 0; i < dimension; i++) {
      for (let j = 0; j <= i; j++) matrix[i * dimension + j] += (features[i] * features[j]) / 4
    }
  }
  for (let i = 0; i < dimension; i++) matrix[i * dimension + i] += ridge
  decomposeCholesky(matrix, dimension)
  const weights = new Float64Array(dimension)
  const corrections = new Float64Array(examples.length)
  for (let step = 0; step < MOST_STEPS; step++) {
    const rest = residuals(examples, corrections)
    const change = weights.map((weight) => -ridge * weight)
    examples.forEach(({ features }, i) => {
      for (let k = 0; k < dimension; k++) change[k] += rest[i] * features[k]
    })
    solveCholesky(matrix, dimension, change)
    for (let k = 0; k < dimension; k++) weights[k] += change[k]
    let largest = 0
    examples.forEach(({ features }, i) => {
      const move = correctionOf(change, features)
      corrections[i] += move
      largest = Math.max(largest, Math.abs(move))
    })
    if (largest < TOLERANCE) break
  }
  return weights
}

/** What a probe adds to the logit of a region. */
export function correctionOf(weights: Float64Array | Float32Array, features: Float32Array): number {
  let sum = 0
  for (let k = 0; k < features.length; k++) sum += weights[k] * features[k]
  return sum
}

function product32(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k]
  return sum
}
