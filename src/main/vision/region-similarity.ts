import type { Candidate, Posterior } from './candidate.ts'
import { float16Values } from './float16.ts'

type Comparable = Pick<Candidate, 'vector' | 'posterior' | 'detectorClass'>

/** 0..1 for a region; the more alike, the higher. */
export type Similarity = (region: Comparable) => number

/**
 * Cosine of region vectors, 0 for one that points away or has another dimension.
 * @param example float16 bits of a unit vector [d]
 */
export function vectorSimilarity(example: Uint16Array): Similarity {
  const values = float16Values()
  const own = Float32Array.from(example, (bits) => values[bits])
  return ({ vector }) => {
    if (vector?.length !== own.length) return 0
    let sum = 0
    for (let i = 0; i < own.length; i++) sum += own[i] * values[vector[i]]
    return Math.min(1, Math.max(0, sum))
  }
}

/** The highest cosine with any of these unit vectors [d], 0 for a region without a vector. */
export function textSimilarity(texts: readonly Float32Array[]): Similarity {
  const values = float16Values()
  return ({ vector }) => {
    let best = 0
    for (const text of texts) {
      if (vector?.length !== text.length) continue
      let sum = 0
      for (let i = 0; i < text.length; i++) sum += text[i] * values[vector[i]]
      if (sum > best) best = sum
    }
    return Math.min(1, best)
  }
}

/**
 * Puts regions in the order of exp(scale · cosine) · objectness, which is that of a softmax's numerator
 * times the objectness: a corner of an object may have the higher cosine, and is no object.
 *
 * @param scale logit scale
 * @returns exp(cosine − 1 + ln(objectness) / scale), in 0..1; 0 where the cosine is
 */
export function withObjectness(
  similarity: Similarity,
  scale: number,
): (region: Comparable & Pick<Candidate, 'objectness'>) => number {
  return (region) => {
    const cosine = similarity(region)
    if (cosine <= 0) return 0
    return Math.exp(cosine - 1 + Math.log(Math.max(region.objectness, 1e-6)) / scale)
  }
}

/**
 * Bhattacharyya's coefficient of what the detector sees in two regions: the sum over its classes of
 * `√(p·q)`, with the probabilities of each brought to the sum 1. Of several candidates that come of
 * one region, the one of its likeliest class stands for it, and the others are 0.
 */
export function posteriorSimilarity(example: Posterior): Similarity {
  const total = sumOf(example.probabilities)
  const roots = new Map<number, number>()
  example.classes.forEach((detectorClass, i) =>
    roots.set(detectorClass, Math.sqrt(example.probabilities[i] / total)),
  )
  return ({ posterior: { classes, probabilities }, detectorClass }) => {
    const all = sumOf(probabilities)
    if (detectorClass !== classes[0] || !(total > 0) || !(all > 0)) return 0
    let sum = 0
    for (let i = 0; i < classes.length; i++) {
      const root = roots.get(classes[i])
      if (root !== undefined) sum += root * Math.sqrt(probabilities[i] / all)
    }
    return Math.min(1, sum)
  }
}

function sumOf(numbers: Float32Array): number {
  let sum = 0
  for (const number of numbers) sum += number
  return sum
}
