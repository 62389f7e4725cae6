import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { CommandRequest } from '#shared/contract/commands.ts'
import type { Vocabulary as StoredVocabulary } from '#shared/contract/records.ts'
import { parseVocabulary } from '#shared/vocabulary/parse.ts'
import { VocabularyError } from '#shared/vocabulary/vocabulary-error.ts'
import type { Vocabulary } from '#shared/vocabulary/vocabulary.ts'
import { LexmaskError } from '#shared/contract/errors.ts'

/**
 * A file, or the words themselves.
 *
 * @param argument what errors call the words: the argument of the command line that they are
 * @throws LexmaskError FORMAT_INVALID naming line and column of the file, FILE_NOT_FOUND for what
 *   looks like a file, FILE_UNREADABLE; INVALID_INPUT for words that cannot be read
 */
export async function readVocabulary(
  fileOrWords: string,
  argument = '--vocabulary',
): Promise<Vocabulary> {
  const found = await stat(fileOrWords).catch(() => null)
  if (found?.isFile()) {
    const text = await readFile(fileOrWords, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new LexmaskError(
        'FILE_UNREADABLE',
        `The vocabulary file ${fileOrWords} could not be read (${error.code ?? error.message}). Check its permissions.`,
        { file: fileOrWords },
      )
    })
    return parseVocabulary(text, { source: basename(fileOrWords) })
  }
  if (LOOKS_LIKE_A_FILE.test(fileOrWords)) {
    throw new LexmaskError(
      'FILE_NOT_FOUND',
      `There is no vocabulary file ${fileOrWords}. Check the name, or give the words themselves: "car, bus".`,
      { file: fileOrWords },
    )
  }
  try {
    return parseVocabulary(fileOrWords, { format: 'list', source: argument })
  } catch (error) {
    // Of the command line and not of a file.
    if (!(error instanceof VocabularyError)) throw error
    throw new LexmaskError('INVALID_INPUT', error.message, error.details)
  }
}

/** A path, or one word with an ending: nobody looks for a "words.txt" in photos. */
const LOOKS_LIKE_A_FILE = /[\\/]|^[^\s,，、]+\.[a-z]{2,5}$/i

/** The change that makes a project's vocabulary this one; null when it is already. */
export function vocabularyChange(
  stored: StoredVocabulary,
  wanted: Vocabulary,
): CommandRequest<'vocabulary.replace'> | null {
  const known = new Map(stored.classes.map((one) => [one.name, one]))
  const classes = wanted.classes.map(
    ({ name, synonyms, prompts, negatives, threshold, colour }) => ({
      name,
      synonyms: [...synonyms],
      prompts: [...prompts],
      negatives: [...negatives],
      threshold,
      // A person may have chosen another one in the meantime.
      colour: known.get(name)?.colour ?? colour,
    }),
  )
  const same =
    JSON.stringify(classes) ===
      JSON.stringify(
        stored.classes.map(({ name, synonyms, prompts, negatives, threshold, colour }) => ({
          name,
          synonyms,
          prompts,
          negatives,
          threshold,
          colour,
        })),
      ) && JSON.stringify(stored.negatives) === JSON.stringify(wanted.negatives)
  return same ? null : { revision: stored.revision, classes, negatives: [...wanted.negatives] }
}
