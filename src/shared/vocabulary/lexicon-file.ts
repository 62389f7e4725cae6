import { LexmaskError } from '#shared/contract/errors.ts'

/**
 * `resources/lexicon.json`: nouns as a graph from kinds to wider nouns. It is text a person can
 * review line by line, so a node is one string:
 *
 *     "poodle|poodle dog<dog"          words, then the nodes of the wider nouns
 *     "crane#2|crane bird<wader"       an id with "#" is a name only and no word
 *
 * A word that stands on several nodes means all of them.
 */
export interface LexiconFile {
  readonly format: 1
  /** Where the facts come from, and WordNet's notice, which has to go with them. */
  readonly notice: readonly string[]
  /** The classes of the usual detectors, in their order: "cow" → "cattle|cow", ids of nodes. */
  readonly classes: Readonly<Record<string, string>>
  /** Names that text tables use in another meaning than people: "bat (animal)" → id of a node. */
  readonly tableNames: Readonly<Record<string, string>>
  /** Wider nouns as people mean them, reviewed: "vehicle|transport" → "bicycle|car|…", classes. */
  readonly wider: Readonly<Record<string, string>>
  /** Chinese name → the English noun. */
  readonly chinese: Readonly<Record<string, string>>
  /** Nouns that look like a form of a noun here and are none: "glasses". */
  readonly otherNouns: readonly string[]
  readonly nouns: readonly string[]
}

/** A noun, or what several nouns mean. */
export interface LexiconNode {
  readonly id: string
  /** Normalised; none for a node that only connects others. */
  readonly words: readonly string[]
  readonly wider: readonly string[]
}

export const isWord = (token: string): boolean => !token.includes('#')

/** The words of a list in the file. */
export const listOf = (text: string): string[] => text.split('|')

export function readNode(line: string): LexiconNode {
  const [names, ...wider] = line.split('<')
  const tokens = listOf(names)
  return { id: tokens[0], words: tokens.filter(isWord), wider }
}

export function writeNode({ id, words, wider }: LexiconNode): string {
  const names = [id, ...words.filter((word) => word !== id)]
  return [names.join('|'), ...wider].join('<')
}

/**
 * Checks the shape of a parsed lexicon.
 *
 * @throws LexmaskError FORMAT_INVALID when it is another file
 */
export function readLexiconFile(value: unknown): LexiconFile {
  const file = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const isStrings = (list: unknown): boolean =>
    Array.isArray(list) && list.every((entry) => typeof entry === 'string')
  const isTexts = (table: unknown): boolean =>
    typeof table === 'object' && table !== null && isStrings(Object.values(table))
  const fits =
    file.format === 1 &&
    [file.notice, file.nouns, file.otherNouns].every(isStrings) &&
    [file.classes, file.tableNames, file.wider, file.chinese].every(isTexts)
  if (!fits) {
    throw new LexmaskError(
      'FORMAT_INVALID',
      'The lexicon cannot be read: it is not a lexicon of this version. Install Lexmask again.',
    )
  }
  return value as LexiconFile
}
