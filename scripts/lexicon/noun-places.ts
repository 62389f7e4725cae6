import { normaliseName } from '#shared/vocabulary/names.ts'
import type { LexiconSources } from './sources.ts'
import { isSynsetName, type Synset, type WordNet } from './wordnet.ts'

/** Where a noun stands: a synset, or a reviewed word that WordNet lacks or has elsewhere. */
export interface NounPlace {
  /** A synset's offset, or the word. */
  readonly key: string
  readonly synset: Synset | null
  /** Keys of the wider nouns. */
  readonly wider: readonly string[]
}

/** Of the most general synsets these are what a person may ask for. */
const GENERAL_AND_USEFUL = new Set(['person.n.01', 'animal.n.01', 'plant.n.02', 'food.n.01'])

/** A noun over classes of more of COCO's groups than this says nothing about what is seen. */
const MAX_GROUPS = 2

/**
 * The part of WordNet that matters: all that is under the classes and the names of the text table,
 * and all that is above; with the reviewed corrections.
 */
export class NounPlaces {
  readonly #wordNet: WordNet
  readonly #classKeys = new Map<string, readonly string[]>()
  readonly #tableKeys = new Map<string, string>()
  readonly #places = new Map<string, NounPlace>()
  readonly #tooWide = new Set<string>()

  constructor(wordNet: WordNet, sources: LexiconSources) {
    this.#wordNet = wordNet
    const removed = this.#removedEdges(sources)
    const added = new Map<string, string[]>()
    const roots: Synset[] = []
    for (const { name, synsets = [], under = [], kinds = [] } of sources.classes) {
      const own = synsets.map((one) => wordNet.named(one))
      const keys = own.length > 0 ? own.map(({ offset }) => offset) : [normaliseName(name)]
      this.#classKeys.set(name, keys)
      roots.push(...own, ...under.map((one) => wordNet.named(one)))
      if (own.length === 0) {
        this.#addWord(
          keys[0],
          under.map((one) => wordNet.named(one).offset),
        )
      }
      for (const kind of kinds) {
        if (!isSynsetName(kind)) {
          this.#addWord(normaliseName(kind), keys.slice(0, 1))
          continue
        }
        const synset = wordNet.named(kind)
        roots.push(synset)
        added.set(synset.offset, [...(added.get(synset.offset) ?? []), keys[0]])
      }
    }
    for (const [name, synsetName] of Object.entries(sources.tableNames)) {
      const synset = wordNet.named(synsetName)
      roots.push(synset)
      this.#tableKeys.set(name, synset.offset)
    }
    for (const synset of this.#around(roots, removed)) {
      const wider = wordNet
        .wider(synset)
        .filter((one) => !removed.has(edge(synset, one)))
        .map(({ offset }) => offset)
      const all = [...new Set([...(added.get(synset.offset) ?? []), ...wider])]
      this.#places.set(synset.offset, { key: synset.offset, synset, wider: all })
    }
    this.#findTooWide(sources)
  }

  /** In the order of their keys. */
  all(): NounPlace[] {
    return [...this.#places.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** The words that are places of their own. */
  ownWords(): string[] {
    return this.all().flatMap(({ key, synset }) => (synset ? [] : [key]))
  }

  keysOfClass(name: string): readonly string[] {
    return this.#classKeys.get(name) ?? []
  }

  keyOfTableName(name: string): string {
    return this.#tableKeys.get(name) ?? ''
  }

  /** An abstraction such as "artifact": it covers classes, and no one would label by it. */
  isTooWide(key: string): boolean {
    return this.#tooWide.has(key)
  }

  #addWord(word: string, wider: readonly string[]): void {
    const before = this.#places.get(word)?.wider ?? []
    this.#places.set(word, { key: word, synset: null, wider: [...before, ...wider] })
  }

  #removedEdges({ classes }: LexiconSources): Set<string> {
    const removed = new Set<string>()
    for (const { name, synsets = [], not = [] } of classes) {
      const own = synsets.map((one) => this.#wordNet.named(one))
      for (const one of not) {
        const synset = this.#wordNet.named(one)
        const parents = own.filter(({ offset }) => synset.wider.includes(offset))
        if (parents.length === 0) throw new Error(`${one} is not right under ${name}`)
        for (const parent of parents) removed.add(edge(synset, parent))
      }
    }
    return removed
  }

  /** The synsets, all under them (without particular ones, such as a ship by name), all above those. */
  #around(roots: readonly Synset[], removed: ReadonlySet<string>): Set<Synset> {
    const found = new Set<Synset>()
    const goDown = (synset: Synset): void => {
      if (found.has(synset) || synset.isInstance) return
      found.add(synset)
      for (const one of this.#wordNet.narrower(synset)) {
        if (!removed.has(edge(one, synset))) goDown(one)
      }
    }
    roots.forEach(goDown)
    const goUp = (synset: Synset): void => {
      for (const one of this.#wordNet.wider(synset)) {
        if (found.has(one)) continue
        found.add(one)
        goUp(one)
      }
    }
    ;[...found].forEach(goUp)
    return found
  }

  #findTooWide({ classes, senses }: LexiconSources): void {
    const groupsOver = new Map<string, Set<string>>()
    for (const { name, group } of classes) {
      const open = [...this.keysOfClass(name)]
      const seen = new Set(open)
      for (let key = open.pop(); key !== undefined; key = open.pop()) {
        for (const wider of this.#places.get(key)?.wider ?? []) {
          if (seen.has(wider)) continue
          seen.add(wider)
          open.push(wider)
          groupsOver.set(wider, (groupsOver.get(wider) ?? new Set()).add(group))
        }
      }
    }
    for (const [key, groups] of groupsOver) if (groups.size > MAX_GROUPS) this.#tooWide.add(key)
    for (const { key, synset } of this.#places.values()) {
      if (synset?.file === 'Tops') this.#tooWide.add(key)
    }
    for (const name of GENERAL_AND_USEFUL) this.#tooWide.delete(this.#wordNet.named(name).offset)
    for (const name of senses.leftOut) this.#tooWide.add(this.#wordNet.named(name).offset)
    for (const { name } of classes) {
      for (const key of this.keysOfClass(name)) this.#tooWide.delete(key)
    }
  }
}

const edge = (narrow: Synset, wide: Synset): string => `${narrow.offset}<${wide.offset}`
