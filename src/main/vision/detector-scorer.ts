import type { Detection } from './detections.ts'
import { productsWithRow } from './row-products.ts'
import { combineSynonyms } from './synonyms.ts'
import {
  detectorClassesOf,
  dot,
  type ScorableCandidate,
  type VocabularyMeaning,
  type VocabularyScorer,
  type WordMeaning,
} from './vocabulary-scorer.ts'

export interface DetectorScorerOptions {
  readonly scoreFloor: number
  readonly synonyms: 'max' | 'mean'
  readonly logitScale: number
}

/** What the text table says, for words that no detector class means. */
export interface SemanticSpace {
  /** Unit vector of each detector class's name; null where the table lacks it. */
  readonly detectorVectors: readonly (Float32Array | null)[]
  /** Unit vectors of words that compete and are never emitted. */
  readonly distractors: readonly Float32Array[]
}

/** A word of the vocabulary with the place that its score counts for. */
interface Target {
  readonly classIndex: number | null
  readonly isNegative: boolean
}

/**
 * The recipe `detector`. A word that detector classes mean takes their probability. For the others
 * the region becomes a point in the text space, the convex combination of its detector classes
 * (ConSE, Norouzi et al. 2014), and is scored against the text table's other words.
 */
export function detectorScorer(
  vocabulary: VocabularyMeaning,
  space: SemanticSpace | null,
  options: DetectorScorerOptions,
): VocabularyScorer {
  const targetsOfClass = new Map<number, Target[]>()
  const addTargets = (words: readonly WordMeaning[], target: Target): void => {
    for (const detectorClass of detectorClassesOf(words)) {
      const targets = targetsOfClass.get(detectorClass) ?? []
      targetsOfClass.set(detectorClass, [...targets, target])
    }
  }
  vocabulary.classes.forEach(({ names, negatives }, classIndex) => {
    addTargets(names, { classIndex, isNegative: false })
    addTargets(negatives, { classIndex, isNegative: true })
  })
  addTargets(vocabulary.negatives, { classIndex: null, isNegative: true })
  const bySpace = space ? spaceScorer(vocabulary, space, options) : null

  return (candidates) => {
    const detections: Detection[] = []
    candidates.forEach((candidate, index) => {
      const probability = probabilityOf(candidate)
      if (candidate.detectorClass !== null && probability >= options.scoreFloor) {
        for (const target of targetsOfClass.get(candidate.detectorClass) ?? []) {
          detections.push({ candidate: index, score: probability, ...target })
        }
      }
      // Several candidates may come of one region: the one of its likeliest class stands for it.
      if (bySpace && candidate.detectorClass === candidate.posterior.classes[0]) {
        detections.push(...bySpace(candidate, index))
      }
    })
    return detections
  }
}

function probabilityOf({ detectorClass, posterior }: ScorableCandidate): number {
  if (detectorClass === null) return 0
  const at = posterior.classes.indexOf(detectorClass)
  return at < 0 ? 0 : posterior.probabilities[at]
}

type SpaceScorer = (candidate: ScorableCandidate, index: number) => Detection[]

function spaceScorer(
  vocabulary: VocabularyMeaning,
  { detectorVectors, distractors }: SemanticSpace,
  options: DetectorScorerOptions,
): SpaceScorer | null {
  let named = 0
  const groups: { classIndex: number; from: number; to: number }[] = []
  const nameVectors: Float32Array[] = []
  const competitors = [...vectorsOf(vocabulary.negatives), ...distractors]
  vocabulary.classes.forEach(({ names }, classIndex) => {
    const vectors = vectorsOf(names)
    // The classes that the detector knows are no longer among the distractors, and must not leave a
    // gap: beside "cat", all that is not quite a cat would be a "kitten".
    if (detectorClassesOf(names).size > 0) competitors.push(...vectors)
    else if (vectors.length > 0) {
      groups.push({ classIndex, from: named, to: (named += vectors.length) })
      nameVectors.push(...vectors)
    }
  })
  if (groups.length === 0) return null
  const words = [...nameVectors, ...competitors]
  // Cosines of a convex combination are sums of these products: 512 numbers a word become one.
  const products: Float32Array[] = []
  // When a region asks for them: all of them at once take longer than an answer may.
  const productsOf = (detectorClass: number): Float32Array | null => {
    const own = detectorVectors[detectorClass]
    return own && (products[detectorClass] ??= productsWithRow(own, words))
  }
  const squares = detectorVectors.map((a) =>
    Float32Array.from(detectorVectors, (b) => (a && b ? dot(a, b) : 0)),
  )
  const logits = new Float32Array(words.length)

  return ({ posterior }, index) => {
    let mass = 0
    let squaredLength = 0
    logits.fill(0)
    for (let i = 0; i < posterior.classes.length; i++) {
      const row = productsOf(posterior.classes[i])
      if (!row) continue
      const p = posterior.probabilities[i]
      mass += p
      for (let w = 0; w < row.length; w++) logits[w] += p * row[w]
      for (let j = 0; j < posterior.classes.length; j++) {
        squaredLength +=
          p * posterior.probabilities[j] * squares[posterior.classes[i]][posterior.classes[j]]
      }
    }
    if (mass < options.scoreFloor || squaredLength <= 0) return []
    const scale = options.logitScale / Math.sqrt(squaredLength)
    for (let w = 0; w < logits.length; w++) logits[w] *= scale
    const ofClasses = groups.map(({ from, to }) =>
      combineSynonyms(Array.from(logits.subarray(from, to)), options.synonyms),
    )
    const rivals = logits.subarray(named)
    let highest = Math.max(...ofClasses)
    for (const logit of rivals) highest = Math.max(highest, logit)
    let total = 0
    for (const logit of ofClasses) total += Math.exp(logit - highest)
    for (const logit of rivals) total += Math.exp(logit - highest)
    return groups.flatMap(({ classIndex }, g): Detection[] => {
      const score = (mass * Math.exp(ofClasses[g] - highest)) / total
      if (score < options.scoreFloor) return []
      return [{ candidate: index, classIndex, isNegative: false, score }]
    })
  }
}

function vectorsOf(words: readonly WordMeaning[]): Float32Array[] {
  return words.flatMap(({ vector }) => (vector ? [vector] : []))
}
