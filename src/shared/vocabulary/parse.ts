import { parseJsonSource } from './parse-json.ts'
import { parseListSource, parseTextSource, tokensOf } from './parse-lines.ts'
import { SourceText } from './source-text.ts'
import type { Vocabulary, VocabularyFormat } from './vocabulary.ts'

/** What an error calls a text that has no name of its own. */
const UNNAMED = 'The vocabulary'

/**
 * JSON begins with a bracket; a colon makes it one class a line; without one, a comma makes it a
 * list. A single column of words reads alike either way and counts as text.
 */
export function detectVocabularyFormat(text: string): VocabularyFormat {
  const source = new SourceText(text, UNNAMED)
  if (/^\s*[{[]/u.test(source.text)) return 'json'
  const kinds = new Set(
    source.lines().flatMap((line) => tokensOf(line, source).map(({ kind }) => kind)),
  )
  return kinds.has('comma') && !kinds.has('colon') ? 'list' : 'text'
}

/**
 * Read a vocabulary in any of its forms.
 *
 * @param options.source what errors call the text, such as a file name
 * @throws VocabularyError naming line and column of every problem and what to do
 */
export function parseVocabulary(
  text: string,
  options: { readonly format?: VocabularyFormat; readonly source?: string } = {},
): Vocabulary {
  const source = new SourceText(text, options.source ?? UNNAMED)
  switch (options.format ?? detectVocabularyFormat(text)) {
    case 'json':
      return parseJsonSource(source)
    case 'text':
      return parseTextSource(source)
    case 'list':
      return parseListSource(source)
  }
}
