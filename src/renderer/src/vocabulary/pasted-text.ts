import { VocabularyError } from '#shared/vocabulary/vocabulary-error.ts'
import type { VocabularyProblem } from '#shared/vocabulary/vocabulary-error.ts'
import { parseVocabulary } from '#shared/vocabulary/parse.ts'
import type { Vocabulary } from '#shared/vocabulary/vocabulary.ts'

/** A name has hardly more words. */
const WORDS_OF_A_NAME = 4
/** Chinese has no spaces between words. */
const CHARACTERS_OF_A_NAME = 10

/** Whether a text reads like a sentence and not like names: then its things are offered. */
export function looksLikeSentence(text: string): boolean {
  if (/^\s*[{[]/u.test(text)) return false
  if (/[.!?。！？]\s*$/u.test(text.trim())) return true
  return text
    .split(/[\n,，、:：;；]/u)
    .some(
      (item) =>
        item.trim().split(/\s+/u).length > WORDS_OF_A_NAME ||
        (/\p{Script=Han}/u.test(item) && item.trim().length > CHARACTERS_OF_A_NAME),
    )
}

/** Whether a text is more than the one name that the field for it takes. */
export function isMoreThanNames(text: string): boolean {
  return /[\n:：{]/u.test(text.trim()) || looksLikeSentence(text)
}

export type ParsedList =
  | { readonly vocabulary: Vocabulary; readonly problems: readonly [] }
  | { readonly vocabulary: null; readonly problems: readonly VocabularyProblem[] }

/** A list as it was pasted, or all that is wrong with it. */
export function parsePastedList(text: string): ParsedList {
  if (text.trim() === '') return { vocabulary: { classes: [], negatives: [] }, problems: [] }
  try {
    return { vocabulary: parseVocabulary(text), problems: [] }
  } catch (error) {
    if (error instanceof VocabularyError) return { vocabulary: null, problems: error.problems }
    throw error
  }
}
