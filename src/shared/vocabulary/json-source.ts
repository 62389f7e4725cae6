import type { SourceText } from './source-text.ts'

/** A JSON value with the place where it begins, so that a wrong one can be pointed at. */
export type JsonNode = { readonly at: number } & (
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly entries: readonly JsonEntry[] }
)

export interface JsonEntry {
  readonly key: string
  readonly keyAt: number
  readonly value: JsonNode
}

/** A vocabulary nests three deep; a file that nests more is another one. */
const MAX_DEPTH = 32

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// Unrolled, so that a long text costs no stack. DEL and its kin are refused here as in any name.
const STRING = /"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\p{Cc}]*)*"/uy
const WORD = /[A-Za-z_$][\w$]*/y

/**
 * Read JSON (RFC 8259), keeping positions: `JSON.parse` gives none for a value of the wrong type.
 *
 * @throws VocabularyError at the first place that is not JSON
 */
export function readJson(source: SourceText): JsonNode {
  const { text } = source
  let at = 0
  skipSpace()
  const root = readValue(0)
  skipSpace()
  if (at < text.length) source.fail(at, 'The JSON ends before this. Remove what follows.')
  return root

  function skipSpace(): void {
    while (' \t\n\r'.includes(text[at] ?? 'x')) at++
    if (text.startsWith('//', at) || text.startsWith('/*', at)) {
      source.fail(at, 'JSON has no comments. Remove this one.')
    }
  }

  function take(pattern: RegExp): string | null {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? null
    if (found !== null) at += found.length
    return found
  }

  function readValue(depth: number): JsonNode {
    const begin = at
    if (depth > MAX_DEPTH) source.fail(at, 'This nests too deep to be a vocabulary.')
    if (text[at] === '{') return readObject(depth)
    if (text[at] === '[') return readArray(depth)
    if (text[at] === '"') return { kind: 'string', value: readString(), at: begin }
    const number = take(NUMBER)
    if (number !== null) return { kind: 'number', value: Number(number), at: begin }
    const word = take(WORD)
    if (word === 'true' || word === 'false') {
      return { kind: 'boolean', value: word === 'true', at: begin }
    }
    if (word === 'null') return { kind: 'null', at: begin }
    return source.fail(begin, adviceFor(begin, word))
  }

  function adviceFor(begin: number, word: string | null): string {
    if (begin >= text.length) return 'The JSON ends too early. Close every bracket and quote.'
    if (word !== null) return `"${word}" is no JSON value. Write a name in double quotes.`
    if (`'‘’“”`.includes(text[begin])) return 'Write names in straight double quotes: "bus"'
    if (']}'.includes(text[begin])) return 'There is a comma too many before this. Remove it.'
    return `"${text[begin]}" cannot stand here. Write a value, such as "bus".`
  }

  function readString(): string {
    const begin = at
    const literal = take(STRING)
    if (literal !== null) return JSON.parse(literal) as string
    const end = text.slice(begin + 1).search(/["\n\r]/)
    const closes = end >= 0 && text[begin + 1 + end] === '"'
    return source.fail(
      begin,
      closes
        ? 'A text has an escape or a character that JSON does not allow. Write \\\\ for a backslash and \\n for a line break.'
        : 'The quote is not closed on its line. Add a " at its end.',
    )
  }

  function readArray(depth: number): JsonNode {
    const begin = at++
    const items: JsonNode[] = []
    skipSpace()
    if (text[at] === ']') at++
    else {
      do {
        skipSpace()
        items.push(readValue(depth + 1))
        skipSpace()
      } while (isCommaThenMore(']', begin))
    }
    return { kind: 'array', items, at: begin }
  }

  function readObject(depth: number): JsonNode {
    const begin = at++
    const entries: JsonEntry[] = []
    skipSpace()
    if (text[at] === '}') at++
    else {
      do {
        skipSpace()
        entries.push(readEntry(depth, entries))
        skipSpace()
      } while (isCommaThenMore('}', begin))
    }
    return { kind: 'object', entries, at: begin }
  }

  function readEntry(depth: number, before: readonly JsonEntry[]): JsonEntry {
    const keyAt = at
    if (text[at] !== '"') {
      source.fail(
        at,
        text[at] === '}'
          ? 'There is a comma too many before this. Remove it.'
          : 'A key is missing. Write it in double quotes, such as "name".',
      )
    }
    const key = readString()
    if (before.some((entry) => entry.key === key)) {
      source.report(keyAt, `The key "${key}" is there twice. Remove one of them.`)
    }
    skipSpace()
    if (text[at] !== ':') source.fail(at, `A colon is missing after "${key}".`)
    at++
    skipSpace()
    return { key, keyAt, value: readValue(depth + 1) }
  }

  function isCommaThenMore(close: ']' | '}', opened: number): boolean {
    const found = text[at]
    if (found === ',' || found === close) {
      at++
      return found === ','
    }
    if (at >= text.length) {
      source.fail(opened, `This "${text[opened]}" is not closed. Add a "${close}" at its end.`)
    }
    return source.fail(at, `A comma or "${close}" is missing before this.`)
  }
}
