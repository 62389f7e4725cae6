import { isClipRecipe, type RecipeName } from '#shared/contract/recipes.ts'
import type { Lexicon, LexiconMatch, LexiconRelation } from './lexicon.ts'
import { normaliseName } from './names.ts'

/** The ways in which a word can be served, the best first. */
export const SERVICE_WAYS = [
  /** It names a class of the detector. */
  'exact',
  /** It means a class of the detector. */
  'synonym',
  /** It is a kind of a class: all of that class is labelled. */
  'kind',
  /** It is wider than some classes: those are labelled, and nothing else that it means. */
  'covers',
  /** Regions are compared with text vectors: its own, or in `region-text` those of names it leads to. */
  'region-text',
  /** A CLIP pack compares each region with it. */
  'clip',
  'unserved',
] as const
export type ServiceWay = (typeof SERVICE_WAYS)[number]

/** What one word does in a recipe, without a model. */
export interface WordService {
  readonly word: string
  /** How the recipe serves it. */
  readonly way: ServiceWay
  /** All the ways that are open to it with what is installed, the best first; never empty. */
  readonly ways: readonly ServiceWay[]
  /** Classes of the detector that it stands for, in their order; `detectorRelation` says how. */
  readonly detectorClasses: readonly string[]
  readonly detectorRelation: LexiconRelation | null
  /** The noun of the lexicon that the word was taken for; null when the lexicon was not needed. */
  readonly noun: string | null
  /** Names whose text vectors stand for the word; `textRelation` says how. */
  readonly textNames: readonly string[]
  readonly textRelation: LexiconRelation | null
}

/** Names that have text vectors. */
export interface TextNames {
  readonly all: readonly string[]
  /** Those that a word means by itself or as a listed synonym, in any number; null for none. */
  readonly find: (word: string) => TextNameMatch | null
}

export interface TextNameMatch {
  /** Several when the word has several meanings ("bow"). */
  readonly names: readonly string[]
  readonly relation: 'exact' | 'synonym'
}

/** What there is to serve words with. */
export interface ServiceSources {
  readonly recipe: RecipeName
  /** Names of the detector's classes. */
  readonly detectorClasses: readonly string[]
  readonly lexicon: Lexicon
  /** null when there is no text table, nor a pack with text vectors. */
  readonly textNames: TextNames | null
  readonly hasClip: boolean
}

/** Says of any word how a recipe serves it. Scoring and the report ask the same one. */
export interface WordServer {
  readonly recipe: RecipeName
  readonly hasClip: boolean
  readonly serve: (word: string) => WordService
}

/**
 * Whether a word is found by text vectors on which no model here was trained: measured, such words
 * are seldom found at all.
 */
export const isUntrained = ({ way, textNames, detectorClasses }: WordService): boolean =>
  way === 'region-text' && !textNames.some((name) => detectorClasses.includes(name))

/** The one place where it is decided what a word means to the models. */
export function createWordServer(sources: ServiceSources): WordServer {
  const { recipe, detectorClasses, lexicon, textNames, hasClip } = sources
  const overDetector = lexicon.among(detectorClasses)
  // Regions of this recipe lie in the space of all these names, and not only of the detector's.
  const overTexts =
    recipe === 'region-text' && textNames !== null ? lexicon.among(textNames.all) : null
  const classesOfTextName = new Map<string, string[]>()
  for (const name of detectorClasses) {
    const first = textNames?.find(name)?.names[0]
    if (first === undefined) continue
    classesOfTextName.set(first, [...(classesOfTextName.get(first) ?? []), name])
  }

  const serve = (word: string): WordService => {
    const own = textNames?.find(word) ?? null
    const shared = (own?.names ?? []).flatMap((name) => classesOfTextName.get(name) ?? [])
    const match = closest(overDetector.lookup(word), shared, word)
    const meant = overTexts !== null && isName(match) ? match : null
    const borrowed = meant ?? (own === null ? (overTexts?.lookup(word) ?? null) : null)
    const text = borrowed ? { names: borrowed.classes, relation: borrowed.relation } : own
    const ways: ServiceWay[] = [
      ...(match ? [match.relation] : []),
      ...(text ? (['region-text'] as const) : []),
      ...(hasClip ? (['clip'] as const) : []),
    ]
    return {
      word,
      way: ways.find((way) => serves(recipe, way)) ?? 'unserved',
      ways: ways.length > 0 ? ways : ['unserved'],
      detectorClasses: match?.classes ?? [],
      detectorRelation: match?.relation ?? null,
      noun: match?.via ?? borrowed?.via ?? null,
      textNames: text?.names ?? [],
      textRelation: text?.relation ?? null,
    }
  }
  return { recipe, hasClip, serve }
}

/** A word that means a class of the pack is best found by the vector that the pack was trained with. */
const isName = (match: LexiconMatch | null): boolean =>
  match?.relation === 'exact' || match?.relation === 'synonym'

/** Whether a recipe scores words in this way. */
function serves(recipe: RecipeName, way: ServiceWay): boolean {
  if (isClipRecipe(recipe)) return way === 'clip'
  switch (recipe) {
    case 'detector':
      return way !== 'clip'
    case 'region-text':
      return way === 'region-text'
  }
}

/** A word that shares its entry of the text table with a class of the detector means that class. */
function closest(
  match: LexiconMatch | null,
  shared: readonly string[],
  word: string,
): LexiconMatch | null {
  if (shared.length === 0 || isName(match)) {
    return match
  }
  return { relation: 'synonym', classes: [...new Set(shared)], via: normaliseName(word) }
}
