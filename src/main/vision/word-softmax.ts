import { combineSynonyms } from './synonyms.ts'
import { dot, vectorsOf, type VocabularyMeaning } from './vocabulary-scorer.ts'

export interface WordSoftmaxOptions {
  readonly logitScale: number
  readonly synonyms: 'max' | 'mean'
}

/** Probability of each class of a vocabulary for a region vector; null for a class without a vector. */
export type WordSoftmax = (region: Float32Array) => (number | null)[]

/**
 * Softmax over the classes and everything that competes with them: the vocabulary's negatives and
 * `others`. A class's own negatives compete with that class alone.
 *
 * @param others unit vectors, such as background and distractors
 */
export function wordSoftmax(
  vocabulary: VocabularyMeaning,
  others: readonly Float32Array[],
  options: WordSoftmaxOptions,
): WordSoftmax {
  const classes = vocabulary.classes.map(({ names, negatives }) => ({
    // The alternatives of one word are one word, and its score is that of the nearest.
    names: names.map(({ vectors }) => vectors).filter((vectors) => vectors.length > 0),
    negatives: vectorsOf(negatives),
  }))
  const rivals = [...vectorsOf(vocabulary.negatives), ...others]

  return (region) => {
    const logit = (text: Float32Array): number => options.logitScale * dot(region, text)
    const nearest = (vectors: readonly Float32Array[]): number => highestOf(vectors.map(logit))
    const logits = classes.map(({ names }) => combineSynonyms(names.map(nearest), options.synonyms))
    const rivalLogits = rivals.map(logit)
    const highest = highestOf([...logits, ...rivalLogits])
    const common = sum([...logits, ...rivalLogits].map((value) => Math.exp(value - highest)))
    return classes.map(({ names, negatives }, index) => {
      // Without any text vector a class has no chance, and takes none from the others.
      if (names.length === 0) return null
      const own = negatives.map(logit)
      // The largest exponent is 0, so that nothing overflows and no denominator vanishes.
      const reference = Math.max(highest, highestOf(own))
      const exp = (value: number): number => Math.exp(value - reference)
      return exp(logits[index]) / (common * exp(highest) + sum(own.map(exp)))
    })
  }
}

const highestOf = (values: readonly number[]): number =>
  values.reduce((highest, value) => Math.max(highest, value), -Infinity)

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
