import { listOf, readLexiconFile, readNode, type LexiconFile } from './lexicon-file.ts'
import { otherSpelling } from './lexicon-spelling.ts'
import { nameForms, normaliseName } from './names.ts'
import { MAX_NAME_LENGTH } from './vocabulary.ts'

/**
 * How a word stands to the classes it leads to, the closest first: it is a class's own name (in any
 * number, spelled together or apart), it means a class, it is a kind of one, or it is wider than some.
 */
export type LexiconRelation = 'exact' | 'synonym' | 'kind' | 'covers'

export interface LexiconMatch {
  readonly relation: LexiconRelation
  /** Names of the classes, as they were given, in their order. */
  readonly classes: readonly string[]
  /** The noun of the lexicon that the word was taken for: "poodle" for "Poodles" and for "贵宾犬". */
  readonly via: string
}

/** "car (automobile)" is a car; the part in brackets tells homonyms apart. */
const QUALIFIER = /\s*\([^)]*\)\s*$/

const join = (name: string): string => name.replaceAll(' ', '')

/** Which words lead to which of a list of classes, by what nouns mean. Pure; asks nobody. */
export class Lexicon {
  /** The classes that words are led to. */
  readonly classNames: readonly string[]
  readonly #nouns: NounGraph
  readonly #classOfName = new Map<string, number>()
  /** By singular and plural, and by these with nothing between the words. */
  readonly #classOfForm = new Map<string, number>()
  /** Classes that a node means. */
  readonly #classesOfNode = new Map<string, number[]>()
  /** Classes that lie under a node, and not only at it. */
  readonly #classesUnderNode = new Map<string, number[]>()

  readonly #nearestOfNode = new Map<string, Nearest | null>()

  private constructor(nouns: NounGraph, classNames: readonly string[]) {
    this.#nouns = nouns
    this.classNames = classNames
    classNames.forEach((name, index) => {
      setFirst(this.#classOfName, normaliseName(name), index)
      // Forms of the class names, since there are fewer of those than of words that are looked up.
      for (const form of [...nameForms(name), ...nameForms(name.replace(QUALIFIER, ''))]) {
        setFirst(this.#classOfForm, form, index)
        setFirst(this.#classOfForm, join(form), index)
      }
      const nodes = nouns.nodesOfClass(name)
      for (const node of nodes) append(this.#classesOfNode, node, index)
      for (const node of nouns.above(nodes)) append(this.#classesUnderNode, node, index)
    })
  }

  /**
   * Over the classes of the usual detectors (COCO's 80).
   *
   * @param value the parsed resources/lexicon.json
   * @throws LexmaskError FORMAT_INVALID when it is another file
   */
  static parse(value: unknown): Lexicon {
    const file = readLexiconFile(value)
    return new Lexicon(new NounGraph(file), Object.keys(file.classes))
  }

  /** The same nouns over other classes: those of a detector, or the names of a text table. */
  among(classNames: readonly string[]): Lexicon {
    return new Lexicon(this.#nouns, classNames)
  }

  /** The closest relation of a word to the classes; null when it has none. */
  lookup(word: string): LexiconMatch | null {
    if (word.length > MAX_NAME_LENGTH) return null
    const name = normaliseName(word)
    const english = this.#nouns.englishOf(name)
    if (english === null) return this.#lookupEnglish(name)
    const match = this.#lookupEnglish(english)
    return match?.relation === 'exact' ? { ...match, relation: 'synonym' } : match
  }

  #lookupEnglish(name: string): LexiconMatch | null {
    if (name === '') return null
    const own = this.#classOfName.get(name)
    if (own !== undefined) return this.#exact(own)
    if (this.#nouns.isOtherNoun(name)) return null
    const named = this.#classOfForm.get(name) ?? this.#classOfForm.get(join(name))
    if (named !== undefined) return this.#exact(named)
    const noun = this.#nouns.find(name)
    return noun === null ? null : (this.#wider(noun) ?? this.#placed(noun))
  }

  #exact(index: number): LexiconMatch {
    return this.#match('exact', [index], normaliseName(this.classNames[index]))
  }

  /** What a reviewed wider noun covers: the listed classes, and of others what the graph says. */
  #wider(noun: string): LexiconMatch | null {
    const listed = this.#nouns.widerMembers(noun)
    if (listed === null) return null
    const under = this.#nouns.nodesOf(noun).flatMap((node) => {
      const all = this.#classesUnderNode.get(node) ?? []
      return all.filter((index) => !this.#nouns.isReviewedClass(this.classNames[index]))
    })
    const classes = [...listed.flatMap((node) => this.#classesOfNode.get(node) ?? []), ...under]
    return classes.length === 0 ? null : this.#match('covers', classes, noun)
  }

  #placed(noun: string): LexiconMatch | null {
    const nodes = this.#nouns.nodesOf(noun)
    const nearest = closest(nodes.map((node) => this.#nearest(node)))
    if (nearest) {
      const relation = nearest.steps === 0 ? 'synonym' : 'kind'
      return this.#match(relation, nearest.classes, noun)
    }
    const under = nodes.flatMap((node) => this.#classesUnderNode.get(node) ?? [])
    return under.length === 0 ? null : this.#match('covers', under, noun)
  }

  /** Remembered, since thousands of nouns share the way up. */
  #nearest(node: string): Nearest | null {
    const known = this.#nearestOfNode.get(node)
    if (known !== undefined) return known
    const at = this.#classesOfNode.get(node)
    const above = at ? null : closest(this.#nouns.wider(node).map((wider) => this.#nearest(wider)))
    const nearest = at
      ? { steps: 0, classes: at }
      : above && { steps: above.steps + 1, classes: above.classes }
    this.#nearestOfNode.set(node, nearest)
    return nearest
  }

  #match(relation: LexiconRelation, classes: readonly number[], via: string): LexiconMatch {
    const inOrder = [...new Set(classes)].sort((a, b) => a - b)
    return { relation, classes: inOrder.map((index) => this.classNames[index]), via }
  }
}

/** The classes that are fewest steps up from a node. */
interface Nearest {
  readonly steps: number
  readonly classes: readonly number[]
}

/** Those of the fewest steps, together; null when there are none. */
function closest(all: readonly (Nearest | null)[]): Nearest | null {
  const found = all.filter((one) => one !== null)
  if (found.length < 2) return found[0] ?? null
  const steps = Math.min(...found.map((one) => one.steps))
  return {
    steps,
    classes: found.flatMap((one) => (one.steps === steps ? one.classes : [])),
  }
}

/** The nouns of the file, whatever the classes are. */
class NounGraph {
  readonly #widerNodes = new Map<string, readonly string[]>()
  readonly #nodesOf = new Map<string, string[]>()
  /** A noun of several words by its letters alone: "jumbojet" → "jumbo jet". */
  readonly #byJoined = new Map<string, string>()
  readonly #classNodes: ReadonlyMap<string, readonly string[]>
  readonly #tableNodes: ReadonlyMap<string, string>
  readonly #widerMembers = new Map<string, readonly string[]>()
  readonly #chinese: ReadonlyMap<string, string>
  readonly #otherNouns: ReadonlySet<string>

  constructor(file: LexiconFile) {
    for (const line of file.nouns) {
      const { id, words, wider } = readNode(line)
      this.#widerNodes.set(id, wider)
      for (const word of words) {
        append(this.#nodesOf, word, id)
        this.#indexJoined(word)
      }
    }
    this.#classNodes = new Map(
      Object.entries(file.classes).map(([name, ids]) => [name, listOf(ids)]),
    )
    this.#tableNodes = new Map(Object.entries(file.tableNames))
    for (const [words, classes] of Object.entries(file.wider)) {
      const members = listOf(classes).flatMap((name) => this.#classNodes.get(name) ?? [])
      for (const word of listOf(words)) {
        this.#widerMembers.set(word, members)
        this.#indexJoined(word)
      }
    }
    this.#chinese = new Map(Object.entries(file.chinese))
    this.#otherNouns = new Set(file.otherNouns)
  }

  englishOf(name: string): string | null {
    return this.#chinese.get(join(name)) ?? null
  }

  isOtherNoun(name: string): boolean {
    return this.#otherNouns.has(name)
  }

  isReviewedClass(name: string): boolean {
    return this.#classNodes.has(name)
  }

  /**
   * The noun that a name is: itself, else its singular or plural, else in the spelling of the other
   * English, else spelled together or apart.
   */
  find(name: string): string | null {
    if (this.#isNoun(name)) return name
    const forms = nameForms(name)
    const others = forms.flatMap((form) => otherSpelling(form) ?? [])
    for (const form of [...forms, ...others]) if (this.#isNoun(form)) return form
    for (const form of [...forms, ...others]) {
      const joined = join(form)
      if (this.#isNoun(joined)) return joined
      const apart = this.#byJoined.get(joined)
      if (apart !== undefined) return apart
    }
    return null
  }

  #isNoun(name: string): boolean {
    return this.#nodesOf.has(name) || this.#widerMembers.has(name)
  }

  nodesOf(noun: string): readonly string[] {
    return this.#nodesOf.get(noun) ?? []
  }

  /** Nodes of the classes that a reviewed wider noun covers; null for any other noun. */
  widerMembers(noun: string): readonly string[] | null {
    return this.#widerMembers.get(noun) ?? null
  }

  nodesOfClass(name: string): readonly string[] {
    const known = this.#classNodes.get(name)
    if (known) return known
    const ofTable = this.#tableNodes.get(name)
    if (ofTable !== undefined) return [ofTable]
    const noun = this.find(normaliseName(name.replace(QUALIFIER, '')))
    return noun === null ? [] : this.nodesOf(noun)
  }

  wider(node: string): readonly string[] {
    return this.#widerNodes.get(node) ?? []
  }

  /** All the wider nodes, each once; without the nodes themselves. */
  above(nodes: readonly string[]): string[] {
    const seen = new Set(nodes)
    for (const node of seen) for (const wider of this.wider(node)) seen.add(wider)
    return [...seen].slice(new Set(nodes).size)
  }

  #indexJoined(word: string): void {
    if (!word.includes(' ')) return
    setFirst(this.#byJoined, join(word), word)
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key)
  if (values) values.push(value)
  else map.set(key, [value])
}

function setFirst<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value)
}
