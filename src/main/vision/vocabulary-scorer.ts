import type { Box } from '#shared/geometry/box.ts'
import type { Posterior } from './candidate.ts'
import type { Detection } from './detections.ts'

/** What scoring needs of a candidate; its mask stays where it is. */
export interface ScorableCandidate {
  readonly box: Box
  readonly objectness: number
  readonly detectorClass: number | null
  readonly posterior: Posterior
  /** Unit region vector; null when the recipe has none. */
  readonly vector: Float32Array | null
}

/** How the models understand one name of a class, or one negative. */
export interface WordMeaning {
  readonly word: string
  /** Indices of the detector classes that the word names. */
  readonly detectorClasses: readonly number[]
  /** Unit text vector; null when no text encoder or table serves the word. */
  readonly vector: Float32Array | null
}

export interface ClassMeaning {
  /** The class's name and its synonyms. */
  readonly names: readonly WordMeaning[]
  readonly negatives: readonly WordMeaning[]
}

export interface VocabularyMeaning {
  readonly classes: readonly ClassMeaning[]
  /** Of the whole vocabulary. */
  readonly negatives: readonly WordMeaning[]
}

/** Calls the candidates of one image by the words of a vocabulary. */
export type VocabularyScorer = (candidates: readonly ScorableCandidate[]) => Detection[]

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/** A class that one of its words' detector classes names. */
export function detectorClassesOf(words: readonly WordMeaning[]): Set<number> {
  return new Set(words.flatMap(({ detectorClasses }) => detectorClasses))
}
