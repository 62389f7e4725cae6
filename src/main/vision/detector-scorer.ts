import type { Detection } from './detections.ts'
import { productsWithRow } from './row-products.ts'
import { combineSynonyms } from './synonyms.ts'
import {
  dot,
  vectorsOf,
  type NegativeMeaning,
  type ScorableCandidate,
  type VocabularyMeaning,
  type VocabularyScorer,
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

/** What a detector class is called. */
type Target = Pick<Detection, 'classIndex' | 'isNegative' | 'servedAs'>

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
  const targetsOfClass = targetsByDetectorClass(vocabulary)
  const bySpace = space ? spaceScorer(vocabulary, space, options) : null

  return (candidates) => {
    const detections: Detection[] = []
    candidates.forEach((candidate, index) => {
      const { detectorClass } = candidate
      const probability = probabilityOf(candidate)
      const targets = detectorClass === null ? [] : (targetsOfClass.get(detectorClass) ?? [])
      const byName =
        probability < options.scoreFloor
          ? []
          : targets.map((target) => ({ candidate: index, score: probability, ...target }))
      detections.push(...byName)
      // Several candidates may come of one region: the one of its likeliest class stands for it.
      if (bySpace && detectorClass === candidate.posterior.classes[0]) {
        const isNamed = (classIndex: number | null): boolean =>
          byName.some((other) => !other.isNegative && other.classIndex === classIndex)
        const byText = bySpace(candidate, index)
        detections.push(...byText.filter(({ classIndex }) => !isNamed(classIndex)))
      }
    })
    return detections
  }
}

function targetsByDetectorClass({ classes, negatives }: VocabularyMeaning): Map<number, Target[]> {
  const targetsOfClass = new Map<number, Target[]>()
  const add = (detectorClass: number, target: Target): void => {
    targetsOfClass.set(detectorClass, [...(targetsOfClass.get(detectorClass) ?? []), target])
  }
  const addNegatives = (words: readonly NegativeMeaning[], classIndex: number | null): void => {
    for (const detectorClass of new Set(words.flatMap((word) => word.detectorClasses))) {
      add(detectorClass, { classIndex, isNegative: true, servedAs: null })
    }
  }
  classes.forEach(({ detectorClasses, negatives: own }, classIndex) => {
    for (const [detectorClass, servedAs] of detectorClasses) {
      add(detectorClass, { classIndex, isNegative: false, servedAs })
    }
    addNegatives(own, classIndex)
  })
  addNegatives(negatives, null)
  return targetsOfClass
}

function probabilityOf({ detectorClass, posterior }: ScorableCandidate): number {
  if (detectorClass === null) return 0
  const at = posterior.classes.indexOf(detectorClass)
  return at < 0 ? 0 : posterior.probabilities[at]
}

/** A class with words that only the text table knows. */
interface TextClass {
  readonly classIndex: number
  /** For each such word, where its vectors lie. */
  readonly words: { readonly from: number; readonly to: number }[]
}

type SpaceScorer = (candidate: ScorableCandidate, index: number) => Detection[]

function spaceScorer(
  vocabulary: VocabularyMeaning,
  { detectorVectors, distractors }: SemanticSpace,
  options: DetectorScorerOptions,
): SpaceScorer | null {
  const named: Float32Array[] = []
  const groups: TextClass[] = []
  const competitors = [...vectorsOf(vocabulary.negatives), ...distractors]
  vocabulary.classes.forEach(({ names }, classIndex) => {
    const words: TextClass['words'] = []
    for (const { way, vectors } of names) {
      // The words that the detector knows are no longer among the distractors, and must not leave a
      // gap: beside "cat", all that is not quite a cat would be a "kitten".
      if (way !== 'region-text') competitors.push(...vectors)
      else if (vectors.length > 0) {
        words.push({ from: named.length, to: named.length + vectors.length })
        named.push(...vectors)
      }
    }
    if (words.length > 0) groups.push({ classIndex, words })
  })
  if (groups.length === 0) return null
  const rivalsEnd = named.length + competitors.length
  const words = [...named, ...competitors]
  const against = groups.map(({ classIndex }) => {
    const from = words.length
    words.push(...vectorsOf(vocabulary.classes[classIndex].negatives))
    return { from, to: words.length }
  })
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
    const ofClasses = groups.map(({ words: own }) =>
      combineSynonyms(
        own.map(({ from, to }) => Math.max(...logits.subarray(from, to))),
        options.synonyms,
      ),
    )
    const rivals = logits.subarray(named.length, rivalsEnd)
    let highest = Math.max(...ofClasses)
    for (const logit of rivals) highest = Math.max(highest, logit)
    let total = 0
    for (const logit of ofClasses) total += Math.exp(logit - highest)
    for (const logit of rivals) total += Math.exp(logit - highest)
    return groups.flatMap(({ classIndex }, g): Detection[] => {
      // A class's own negatives compete with that class alone.
      let withOwn = total
      for (const logit of logits.subarray(against[g].from, against[g].to)) {
        withOwn += Math.exp(logit - highest)
      }
      const score = (mass * Math.exp(ofClasses[g] - highest)) / withOwn
      if (score < options.scoreFloor) return []
      return [{ candidate: index, classIndex, isNegative: false, score, servedAs: 'region-text' }]
    })
  }
}
