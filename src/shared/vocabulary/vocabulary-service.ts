import {
  mergeClaims,
  settleClaims,
  type Claims,
  type NegativeClaims,
  type SettledClaims,
} from './claims.ts'
import { isClipRecipe } from '../contract/recipes.ts'
import type { VocabularyClass } from './vocabulary.ts'
import type { WordServer, WordService } from './word-server.ts'

/** What of a vocabulary decides how it is served. */
export interface ServedVocabulary {
  readonly classes: readonly Pick<VocabularyClass, 'name' | 'synonyms' | 'negatives'>[]
  readonly negatives: readonly string[]
}

export interface ServedNegative {
  readonly service: WordService
  /** The class against which it stands; null for all. */
  readonly classIndex: number | null
}

/** How each word of a vocabulary is served, and who gets what several of them stand for. */
export interface VocabularyService {
  /** Of each class: its name, then its synonyms. */
  readonly words: readonly (readonly WordService[])[]
  /** Those of the classes in their order, then those of the whole vocabulary. */
  readonly negatives: readonly ServedNegative[]
  /** Over the classes of the detector: in the recipe `detector` alone, where they decide. */
  readonly detector: SettledClaims
  /** Over the names of text vectors, as far as regions are compared with them. */
  readonly texts: SettledClaims
}

const NOTHING: Claims = new Map()

/** What a word of a class claims of the detector's classes. */
export function detectorClaims({ detectorClasses, detectorRelation }: WordService): Claims {
  if (detectorRelation === null) return NOTHING
  return new Map(detectorClasses.map((name) => [name, detectorRelation]))
}

/** What a word claims of the names with text vectors. */
export function textClaims({ textNames, textRelation }: WordService): Claims {
  if (textRelation === null) return NOTHING
  return new Map(textNames.map((name) => [name, textRelation]))
}

/** @param allowsSeveral whether a region may have several classes */
export function serveVocabulary(
  vocabulary: ServedVocabulary,
  { recipe, serve }: WordServer,
  { allowsSeveral }: { readonly allowsSeveral: boolean },
): VocabularyService {
  const words = vocabulary.classes.map(({ name, synonyms }) => [name, ...synonyms].map(serve))
  const negatives = [
    ...vocabulary.classes.flatMap((one, classIndex) =>
      one.negatives.map((word) => ({ service: serve(word), classIndex })),
    ),
    ...vocabulary.negatives.map((word) => ({ service: serve(word), classIndex: null })),
  ]
  const settle = (
    claimsOf: (service: WordService) => Claims,
    isClaimed: (service: WordService) => boolean,
    several: boolean,
  ): SettledClaims =>
    settleClaims(
      words.map((services) => mergeClaims(services.filter(isClaimed).map(claimsOf))),
      negatives.map(({ service, classIndex }): NegativeClaims => ({
        word: service.word,
        classIndex,
        claims: claimsOf(service),
      })),
      { allowsSeveral: several },
    )
  return {
    words,
    negatives,
    detector: settle(
      recipe === 'detector' ? detectorClaims : () => NOTHING,
      ({ way }) => way !== 'region-text',
      allowsSeveral,
    ),
    texts: settle(
      isClipRecipe(recipe) ? () => NOTHING : textClaims,
      ({ way }) => way === 'region-text',
      // A softmax gives a vector's probability once: two classes of one vector would halve it.
      false,
    ),
  }
}

/** Names of the classes that nothing serves in the recipe. */
export const unservedClasses = ({ words }: VocabularyService): string[] =>
  words
    .filter((services) => services.every(({ way }) => way === 'unserved'))
    .map(([{ word }]) => word)
