import { assignColours } from './colours.ts'
import { normaliseName } from './names.ts'
import type { Located, SourceText } from './source-text.ts'
import { MAX_NAME_LENGTH, type Vocabulary } from './vocabulary.ts'

/** A class as it was read, each word with its place in the text. */
export interface ClassDraft {
  readonly name: Located<string>
  readonly synonyms: readonly Located<string>[]
  readonly negatives: readonly Located<string>[]
  readonly prompts: readonly string[]
  readonly threshold: number | null
  readonly colour: string | null
}

export interface VocabularyDraft {
  readonly classes: readonly ClassDraft[]
  readonly negatives: readonly Located<string>[]
}

/**
 * A word as it will be kept: Unicode composed (NFC), inner whitespace as single spaces. Reports a
 * word that cannot be a name and answers null.
 */
export function readWord(
  { value, at }: Located<string>,
  source: SourceText,
): Located<string> | null {
  const word = value.normalize('NFC').replace(/\s+/gu, ' ').trim()
  if (normaliseName(word) === '') {
    source.report(at, 'A name is empty. Write a word here or remove the separator.')
    return null
  }
  if (/^[-－]/u.test(word)) {
    source.report(
      at,
      `"${word}" begins with "-". In JSON negatives stand in a list of their own, "negatives": ["…"]; in a text the "-" stands before the quotes.`,
    )
    return null
  }
  if (word.includes('\uFFFD')) {
    source.report(at, `"${word}" has unreadable characters. Save the file as UTF-8.`)
    return null
  }
  // Category Cc: such a byte stands in no word list.
  if (/\p{Cc}/u.test(word)) {
    source.report(at, 'There is a control character in a name. Is this a text file?')
    return null
  }
  if (word.length > MAX_NAME_LENGTH) {
    source.report(
      at,
      `A name has ${word.length} characters, and at most ${MAX_NAME_LENGTH} are possible. Shorten it or split it at commas.`,
    )
    return null
  }
  return { value: word, at }
}

/**
 * What only shows in the whole: words used twice, words that are their own negative, no class at all.
 *
 * @throws VocabularyError with everything reported on the source
 */
export function finishVocabulary(draft: VocabularyDraft, source: SourceText): Vocabulary {
  const names = new Map<string, Located<string>>()
  for (const { name, synonyms } of draft.classes) {
    for (const word of [name, ...synonyms]) reportIfTwice(word, names, source)
  }
  for (const { name, synonyms, negatives } of draft.classes) {
    const own = new Set([name, ...synonyms].map(({ value }) => normaliseName(value)))
    const seen = new Map<string, Located<string>>()
    for (const negative of negatives) {
      reportIfTwice(negative, seen, source)
      if (!own.has(normaliseName(negative.value))) continue
      source.report(
        negative.at,
        `"${negative.value}" is a name of the class "${name.value}" and a negative of it. Remove one of them.`,
      )
    }
  }
  const seen = new Map<string, Located<string>>()
  for (const negative of draft.negatives) {
    reportIfTwice(negative, seen, source)
    const name = names.get(normaliseName(negative.value))
    if (!name) continue
    source.report(
      negative.at,
      `"${negative.value}" is a name of a class (line ${source.lineOf(name.at)}) and a negative of the whole vocabulary. Remove one of them.`,
    )
  }
  source.throwIfReported()
  if (draft.classes.length === 0) {
    source.fail(0, 'There is no class. Write at least one name, such as: bus')
  }
  const colours = assignColours(draft.classes.map(({ colour }) => colour))
  const valueOf = ({ value }: Located<string>): string => value
  return {
    classes: draft.classes.map(({ name, synonyms, negatives, prompts, threshold }, i) => ({
      name: name.value,
      synonyms: synonyms.map(valueOf),
      prompts,
      negatives: negatives.map(valueOf),
      threshold,
      colour: colours[i],
    })),
    negatives: draft.negatives.map(valueOf),
  }
}

function reportIfTwice(
  word: Located<string>,
  seen: Map<string, Located<string>>,
  source: SourceText,
): void {
  const key = normaliseName(word.value)
  const first = seen.get(key)
  if (!first) {
    seen.set(key, word)
    return
  }
  const where = `line ${source.lineOf(first.at)}`
  const as = first.value === word.value ? '' : ` as "${first.value}"`
  source.report(word.at, `"${word.value}" is already there${as} (${where}). Remove one of them.`)
}
