import { readFileSync } from 'node:fs'

/** What people decided about words; WordNet gives the rest. Lives beside this file, as JSON. */
export interface LexiconSources {
  readonly classes: readonly ClassSource[]
  readonly widerNouns: readonly WiderSource[]
  readonly senses: SenseSource
  /** English noun → Chinese names. */
  readonly chinese: Readonly<Record<string, readonly string[]>>
  /** Name in a text table → synset: "bat (animal)" → "bat.n.01". */
  readonly tableNames: Readonly<Record<string, string>>
}

export interface ClassSource {
  readonly name: string
  /** COCO's supercategory. */
  readonly group: string
  /** Synsets that mean the class; none when WordNet lacks it. */
  readonly synsets?: readonly string[]
  /** The wider synsets of a class that WordNet lacks. */
  readonly under?: readonly string[]
  /** Further words that mean it. */
  readonly words?: readonly string[]
  /** Further kinds of it: words, or synsets with all that is under them. */
  readonly kinds?: readonly string[]
  /** Synsets that WordNet has right under it and that look otherwise. */
  readonly not?: readonly string[]
}

/** A wider noun as people mean it in front of a picture, where WordNet means something else. */
export interface WiderSource {
  readonly words: readonly string[]
  readonly covers: readonly string[]
}

export interface SenseSource {
  /** Word → the synset that it means in a picture. */
  readonly senses: Readonly<Record<string, string>>
  /** Words that mean too many things, or none that is here. */
  readonly none: readonly string[]
  /** Synsets too wide to label by, whatever the rule says. */
  readonly leftOut: readonly string[]
  /** Nouns that look like the plural of another noun and are none: "glasses". */
  readonly otherNouns: readonly string[]
}

export function readSources(): LexiconSources {
  return {
    classes: readJson<LexiconSources['classes']>('classes.json'),
    widerNouns: readJson<LexiconSources['widerNouns']>('wider-nouns.json'),
    senses: readJson<SenseSource>('senses.json'),
    chinese: readJson<LexiconSources['chinese']>('chinese.json'),
    tableNames: readJson<LexiconSources['tableNames']>('lvis.json'),
  }
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T
}
