import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { CommandRequest } from '#shared/contract/commands.ts'
import type { Vocabulary as StoredVocabulary } from '#shared/contract/records.ts'
import { parseVocabulary } from '#shared/vocabulary/parse.ts'
import type { Vocabulary } from '#shared/vocabulary/vocabulary.ts'
import { LexmaskError } from '#shared/contract/errors.ts'

/**
 * `--vocabulary`: a file, or the words themselves.
 *
 * @throws LexmaskError FORMAT_INVALID naming line and column, FILE_NOT_FOUND for what looks like a file
 */
export async function readVocabulary(fileOrWords: string): Promise<Vocabulary> {
  const found = await stat(fileOrWords).catch(() => null)
  if (found?.isFile()) {
    const text = await readFile(fileOrWords, 'utf8')
    return parseVocabulary(text, { source: basename(fileOrWords) })
  }
  if (/[\\/]|\.(txt|json)$/i.test(fileOrWords)) {
    throw new LexmaskError(
      'FILE_NOT_FOUND',
      `There is no vocabulary file ${fileOrWords}. Check the name, or give the words themselves: "car, bus".`,
      { file: fileOrWords },
    )
  }
  return parseVocabulary(fileOrWords, { format: 'list', source: '--vocabulary' })
}

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
