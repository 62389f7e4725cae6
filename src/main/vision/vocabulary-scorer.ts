import type { Box } from '#shared/geometry/box.ts'
import type { ServiceWay } from '#shared/vocabulary/word-server.ts'
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
  /** The box head's unit vector, where `vector` is of CLIP's image encoder and both count. */
  readonly boxHeadVector?: Float32Array | null
}

/** How the models understand one name of a class. */
export interface WordMeaning {
  readonly word: string
  readonly way: ServiceWay
  /** Unit text vectors, the nearest of which counts; none when no text encoder or table serves the word. */
  readonly vectors: readonly Float32Array[]
}

/** How the models understand a look-alike. */
export interface NegativeMeaning {
  readonly word: string
  /** Indices of the detector classes that it takes away. */
  readonly detectorClasses: readonly number[]
  /** Unit text vectors. */
  readonly vectors: readonly Float32Array[]
}

export interface ClassMeaning {
  /** The class's name and its synonyms. */
  readonly names: readonly WordMeaning[]
  /** Indices of the detector classes whose objects are of this class, and how it stands to them. */
  readonly detectorClasses: ReadonlyMap<number, ServiceWay>
  readonly negatives: readonly NegativeMeaning[]
}

export interface VocabularyMeaning {
  readonly classes: readonly ClassMeaning[]
  /** Of the whole vocabulary. */
  readonly negatives: readonly NegativeMeaning[]
}

/** Calls the candidates of one image by the words of a vocabulary. */
export type VocabularyScorer = (candidates: readonly ScorableCandidate[]) => Detection[]

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/** All text vectors of some words. */
export function vectorsOf(
  words: readonly { readonly vectors: readonly Float32Array[] }[],
): Float32Array[] {
  return words.flatMap(({ vectors }) => vectors)
}
