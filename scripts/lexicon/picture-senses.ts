import { normaliseName } from '#shared/vocabulary/names.ts'
import type { LexiconSources } from './sources.ts'
import {
  isSynsetName,
  wordOfSynsetName,
  type NounFile,
  type Sense,
  type Synset,
  type WordNet,
} from './wordnet.ts'

/** What a photo can show. */
const IN_PICTURES: ReadonlySet<NounFile> = new Set<NounFile>([
  'Tops',
  'animal',
  'artifact',
  'body',
  'food',
  'object',
  'person',
  'plant',
  'substance',
])

/** A thing that a word means this much more rarely than something else is not what people mean. */
const RARE = 10
const isRare = ({ count }: Sense, senses: readonly Sense[]): boolean =>
  senses.some((other) => other.count > count * RARE)

/** A person has to be meant this many times as often as a thing of the same name. */
const CLEAR = 4

/**
 * What a word means when it names a thing in a picture. WordNet orders senses by how often texts use
 * them, and texts are about other things: the first kite is a bank check. So people decide where they
 * have decided (the reviewed senses and kinds, then the text table's names, whose synsets were chosen
 * for pictures), and a rule for the rest.
 */
export class PictureSenses {
  readonly #wordNet: WordNet
  readonly #decided = new Map<string, Set<Synset>>()

  constructor(wordNet: WordNet, { senses, classes, tableNames }: LexiconSources) {
    this.#wordNet = wordNet
    for (const word of senses.none) this.#decided.set(normaliseName(word), new Set())
    for (const [word, name] of Object.entries(senses.senses)) this.#decide(word, name)
    for (const name of classes.flatMap(({ kinds = [] }) => kinds).filter(isSynsetName)) {
      this.#decide(wordOfSynsetName(name), name)
    }
    // A name with a qualifier, "bat (animal)", is the one that people do not mean by the bare word.
    const before = new Set(this.#decided.keys())
    for (const [name, synsetName] of Object.entries(tableNames)) {
      const isClear = !name.includes('(') && !before.has(normaliseName(name))
      if (isClear && this.#hasLemma(synsetName, name)) this.#decide(name, synsetName)
    }
  }

  means(word: string, synset: Synset): boolean {
    if (synset.isOffensive) return false
    const decided = this.#decided.get(word)
    if (decided) return decided.has(synset)
    const lemma = synset.lemmas.find((one) => normaliseName(one) === word) ?? word
    return mainSense(this.#wordNet.senses(lemma)) === synset
  }

  #decide(word: string, synsetName: string): void {
    const key = normaliseName(word)
    const synsets = this.#decided.get(key) ?? new Set()
    this.#decided.set(key, synsets.add(this.#wordNet.named(synsetName)))
  }

  #hasLemma(synsetName: string, word: string): boolean {
    const { lemmas } = this.#wordNet.named(synsetName)
    return lemmas.some((lemma) => normaliseName(lemma) === normaliseName(word))
  }
}

/**
 * The first sense that a photo can show, unless texts mean something else by the word. Persons have
 * thousands of words that mean other things as well ("star", "pawn", "dish"), and a detector finds
 * persons in most photos: there the first sense of all counts, and only when no thing contends.
 */
function mainSense(all: readonly Sense[]): Synset | null {
  const senses = all.filter(({ synset }) => !synset.isInstance)
  const shown = senses.filter(({ synset }) => IN_PICTURES.has(synset.file))
  const main = shown.at(0) ?? senses.at(0)
  if (!main) return null
  if (main.synset.file !== 'person') return isRare(main, senses) ? null : main.synset
  const contender = shown.find(({ synset }) => synset.file !== 'person')
  if (main === senses[0] && (!contender || main.count >= CLEAR * (contender.count + 1))) {
    return main.synset
  }
  return contender && !isRare(contender, senses) ? contender.synset : null
}
