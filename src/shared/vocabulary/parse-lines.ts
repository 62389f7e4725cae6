import { finishVocabulary, readWord, type ClassDraft } from './draft.ts'
import type { Located, SourceText } from './source-text.ts'
import type { Vocabulary } from './vocabulary.ts'

const COMMAS = ',，、'
const COLONS = ':：'
const DASHES = '-－'

/** A word, or the separator between two. */
type Token = Located<string> &
  ({ readonly kind: 'comma' | 'colon' } | { readonly kind: 'word'; readonly isNegative: boolean })
type Word = Token & { readonly kind: 'word' }

/** ` # …` and a `#` that begins the line; "C#" is a name. */
const COMMENT = /(^|\s)#/

/**
 * The tokens of a line. A word in double quotes may hold separators and `#`; `""` in it is a quote.
 */
export function tokensOf(
  { value: line, at: lineAt }: Located<string>,
  source: SourceText,
): Token[] {
  const tokens: Token[] = []
  let at = 0
  const skipSpace = (): void => {
    while (at < line.length && /\s/u.test(line[at])) at++
  }
  for (skipSpace(); at < line.length && line[at] !== '#'; skipSpace()) {
    const begin = lineAt + at
    if (COMMAS.includes(line[at])) {
      tokens.push({ kind: 'comma', value: line[at++], at: begin })
      continue
    }
    if (COLONS.includes(line[at])) {
      tokens.push({ kind: 'colon', value: line[at++], at: begin })
      continue
    }
    const isNegative = DASHES.includes(line[at])
    if (isNegative) {
      at++
      if (at === line.length || /\s/u.test(line[at])) {
        source.report(
          begin,
          'A "-" stands alone. Write "-word", without a space, for a negative; for a class remove the "-".',
        )
      }
    }
    const value = line[at] === '"' ? quoted() : bare()
    tokens.push({ kind: 'word', value, at: begin, isNegative })
  }
  return tokens

  function bare(): string {
    const rest = line.slice(at)
    const separator = rest.search(/[,，、:：]/)
    const comment = rest.search(COMMENT)
    const ends = [separator, comment, rest.length].filter((end) => end >= 0)
    const value = rest.slice(0, Math.min(...ends))
    at += value.length
    return value
  }

  function quoted(): string {
    const begin = lineAt + at
    const match = /^"((?:[^"]|"")*)"/.exec(line.slice(at))
    if (!match) {
      source.report(begin, 'The quote is not closed. Add a " at its end, or remove this one.')
      at = line.length
      return line.slice(begin - lineAt + 1)
    }
    at += match[0].length
    const junk = /^[^,，、:：]*/.exec(line.slice(at))?.[0] ?? ''
    if (junk.trim() !== '' && !/^\s+#/.test(junk)) {
      source.report(
        lineAt + at,
        'After a closing quote there can only be a comma, a colon or a comment. Move this into the quotes.',
      )
      at += junk.length
    }
    return match[1].replaceAll('""', '"')
  }
}

/** Words between commas; a comma at the end is forgiven. Reports whatever else stands there. */
function wordsOf(tokens: readonly Token[], source: SourceText, colonAdvice: string): Word[] {
  const words: Word[] = []
  let isSeparated = true
  for (const token of tokens) {
    if (token.kind === 'word') {
      words.push(token)
      isSeparated = false
    } else if (token.kind === 'colon') {
      source.report(token.at, colonAdvice)
      return words
    } else {
      if (isSeparated) {
        source.report(token.at, 'A name is empty. Write a word before this comma or remove it.')
      }
      isSeparated = true
    }
  }
  return words
}

function partition(
  words: readonly Word[],
  source: SourceText,
): { names: Located<string>[]; negatives: Located<string>[] } {
  const names: Located<string>[] = []
  const negatives: Located<string>[] = []
  for (const token of words) {
    const word = readWord(token, source)
    if (word) (token.isNegative ? negatives : names).push(word)
  }
  return { names, negatives }
}

const plainClass = (name: Located<string>): ClassDraft => ({
  name,
  synonyms: [],
  negatives: [],
  prompts: [],
  threshold: null,
  colour: null,
})

/** `a, b, -c`: names between commas or on lines of their own; `-c` is a negative of all. */
export function parseListSource(source: SourceText): Vocabulary {
  const names: Located<string>[] = []
  const negatives: Located<string>[] = []
  for (const line of source.lines()) {
    const words = wordsOf(
      tokensOf(line, source),
      source,
      'There are no synonyms in a list. For synonyms write one class a line, such as: bus: coach, minibus',
    )
    const found = partition(words, source)
    names.push(...found.names)
    negatives.push(...found.negatives)
  }
  return finishVocabulary({ classes: names.map(plainClass), negatives }, source)
}

/** One class a line: `name: synonym, synonym, -negative`; `-word` on its own is a negative of all. */
export function parseTextSource(source: SourceText): Vocabulary {
  const classes: ClassDraft[] = []
  const negatives: Located<string>[] = []
  for (const line of source.lines()) {
    const [first, second, ...rest] = tokensOf(line, source)
    if (first === undefined) continue
    if (first.kind !== 'word') {
      source.report(first.at, 'A name is missing. Write the class before this.')
    } else if (first.isNegative) {
      negatives.push(...negativesOfLine([first, ...(second ? [second, ...rest] : [])], source))
    } else {
      const draft = classOfLine(first, second, rest, source)
      if (draft) classes.push(draft)
    }
  }
  return finishVocabulary({ classes, negatives }, source)
}

function negativesOfLine(tokens: readonly Token[], source: SourceText): Located<string>[] {
  const advice = 'A negative has no synonyms. Write each negative as a line of its own.'
  const words = wordsOf(tokens, source, advice)
  const { names, negatives } = partition(words, source)
  for (const { value, at } of names) {
    source.report(
      at,
      `"${value}" stands in a line of negatives. Write -${value} for a negative, or give the class its own line.`,
    )
  }
  return negatives
}

function classOfLine(
  first: Word,
  second: Token | undefined,
  rest: readonly Token[],
  source: SourceText,
): ClassDraft | null {
  const name = readWord(first, source)
  if (second?.kind === 'comma' && rest.length > 0) {
    source.report(
      second.at,
      `Here a comma separates synonyms, and they come after a colon. Write "${first.value.trim()}: …" for synonyms, or one class a line.`,
    )
    return name && plainClass(name)
  }
  const advice = 'A class has one colon. Write a comma here, or quote the name: "a: b"'
  const { names: synonyms, negatives } = partition(wordsOf(rest, source, advice), source)
  return name && { ...plainClass(name), synonyms, negatives }
}
