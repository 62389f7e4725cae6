import type { Lexicon, LexiconMatch } from './lexicon.ts'
import { normaliseName, pluralForms, singularForms } from './names.ts'
import type { VocabularyClass } from './vocabulary.ts'

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
  /** A text table has a vector for it, and regions are compared with that. */
  'region-text',
  /** A CLIP pack compares each region with it. */
  'clip',
  'unserved',
] as const
export type ServiceWay = (typeof SERVICE_WAYS)[number]

/** What one word of a class does, without a model. */
export interface WordService {
  readonly word: string
  /** All the ways that are open to it, the best first; never empty. */
  readonly ways: readonly ServiceWay[]
  /** Classes of the detector whose objects get the label; none from `region-text` on. */
  readonly detectorClasses: readonly string[]
  /** The noun of the lexicon that the word was taken for; null from `region-text` on. */
  readonly noun: string | null
  /** The name in the text table whose vector stands for the word; null when there is none. */
  readonly textName: string | null
}

/** How a class of a vocabulary will be served: as its best word is. */
export interface ClassService {
  readonly name: string
  readonly way: ServiceWay
  /** The word that is served best; the name when others are served no better. */
  readonly word: string
  /** The name, then the synonyms. */
  readonly words: readonly WordService[]
  /** English; for other languages there are the fields above. */
  readonly sentence: string
}

/** Plain JSON, as it goes over the contract. */
export interface ServiceReport {
  /** In the order of the vocabulary. */
  readonly classes: readonly ClassService[]
  /** What to do about the classes that are not served; null when all are. */
  readonly advice: string | null
}

/** What there is to serve words with. */
export interface ServiceSources {
  /** Names of the detector's classes. */
  readonly detectorClasses: readonly string[]
  readonly lexicon: Lexicon
  /** The name in a text table that a word means, null for none; null when there is no table. */
  readonly textNameOf: ((word: string) => string | null) | null
  readonly hasClip: boolean
}

const CLIP_ADVICE =
  'A CLIP pack serves any word: put the folder of one (docs/packs.md says which files it has) among ' +
  'the packs, or give it with --models, and use the recipe "crop".'

/** How each class of a vocabulary will be served, said before any model runs. */
export function reportService(
  classes: readonly Pick<VocabularyClass, 'name' | 'synonyms'>[],
  sources: ServiceSources,
): ServiceReport {
  const serve = wordServer(sources)
  const services = classes.map(({ name, synonyms }): ClassService => {
    const words = [name, ...synonyms].map(serve)
    const best = words.reduce((a, b) => (rankOf(b) < rankOf(a) ? b : a))
    return { name, way: best.ways[0], word: best.word, words, sentence: sentenceOf(name, best) }
  })
  const isComplete = services.every(({ way }) => way !== 'unserved')
  return { classes: services, advice: isComplete ? null : CLIP_ADVICE }
}

const rankOf = ({ ways }: WordService): number => SERVICE_WAYS.indexOf(ways[0])

function wordServer({
  detectorClasses,
  lexicon,
  textNameOf,
  hasClip,
}: ServiceSources): (word: string) => WordService {
  const overDetector = lexicon.among(detectorClasses)
  const classOfTextName = new Map<string, string>()
  for (const name of detectorClasses) {
    const textName = textNameOf?.(name) ?? null
    if (textName !== null && !classOfTextName.has(textName)) classOfTextName.set(textName, name)
  }
  return (word) => {
    const textName = textNameOf?.(word) ?? null
    const shared = textName === null ? undefined : classOfTextName.get(textName)
    const match = closest(overDetector.lookup(word), shared, word)
    const ways: ServiceWay[] = []
    if (match) ways.push(match.relation)
    if (textName !== null) ways.push('region-text')
    if (hasClip) ways.push('clip')
    if (ways.length === 0) ways.push('unserved')
    return {
      word,
      ways,
      detectorClasses: match?.classes ?? [],
      noun: match?.via ?? null,
      textName,
    }
  }
}

/** A word that shares its entry of the text table with a class of the detector means that class. */
function closest(
  match: LexiconMatch | null,
  shared: string | undefined,
  word: string,
): LexiconMatch | null {
  if (shared === undefined || match?.relation === 'exact' || match?.relation === 'synonym') {
    return match
  }
  return { relation: 'synonym', classes: [shared], via: normaliseName(word) }
}

/** What will happen to a class, in a line that stands alone. */
function sentenceOf(name: string, service: WordService): string {
  const { word, noun, detectorClasses } = service
  const isSameNoun = noun === null || normaliseName(noun) === normaliseName(word)
  const subject = word === name ? name : `${name} (as ${word})`
  const start = isSameNoun ? subject : `${subject}, that is ${noun}`
  const one = list(detectorClasses, 'or')
  const many = list(detectorClasses.map(plural), 'and')
  switch (service.ways[0]) {
    case 'exact':
      return `${subject}: the class ${one} of the detector`
    case 'synonym':
      return `${subject}: another word for ${one}`
    case 'kind':
      return `${start}: kind of ${one}; what is labelled are ${many}`
    case 'covers':
      return `${start}: covers ${list(detectorClasses, 'and')}; only these are labelled`
    case 'region-text':
      return `${subject}: by the text vector of ${service.textName}; less certain than a class of the detector`
    case 'clip':
      return `${subject}: by CLIP, which compares each region with the word`
    case 'unserved':
      return `${subject}: nothing here knows it; it needs a CLIP pack`
  }
}

/** One form for any number, where the rules of names would make another. */
const SAME_IN_PLURAL = new Set(['sheep', 'broccoli'])

function plural(name: string): string {
  if (SAME_IN_PLURAL.has(name) || singularForms(name).length > 0) return name
  return pluralForms(name)[0] ?? name
}

function list(names: readonly string[], conjunction: 'and' | 'or'): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} ${conjunction} ${names[names.length - 1]}`
}
