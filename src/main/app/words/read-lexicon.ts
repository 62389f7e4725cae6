import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { Lexicon } from '#shared/vocabulary/lexicon.ts'

const LEXICON_FILE = 'lexicon.json'

/** It is the same for all projects of a process, and takes 50 ms to read. */
const lexicons = new Map<string, Promise<Lexicon>>()

/**
 * The lexicon of the product, read once a process.
 *
 * @param resourcesFolder of the product; may lie in an asar, which only `node:fs` looks into
 * @throws LexmaskError FILE_NOT_FOUND, FILE_UNREADABLE, FORMAT_INVALID, naming the file
 */
export function readLexicon(resourcesFolder: string): Promise<Lexicon> {
  const file = join(resourcesFolder, LEXICON_FILE)
  const known = lexicons.get(file)
  if (known) return known
  const read = parsedLexicon(file)
  lexicons.set(file, read)
  // Whoever repairs it need not start again.
  read.catch(() => lexicons.delete(file))
  return read
}

async function parsedLexicon(file: string): Promise<Lexicon> {
  const refuse = (code: LexmaskError['code'], problem: string): LexmaskError =>
    new LexmaskError(code, `The lexicon ${file} ${problem}. Install Lexmask again.`, { file })
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? refuse('FILE_NOT_FOUND', 'is missing')
      : refuse('FILE_UNREADABLE', `cannot be read (${error.code ?? error.message})`)
  })
  try {
    return Lexicon.parse(JSON.parse(text))
  } catch (error) {
    const { message } = error as Error
    throw refuse(
      'FORMAT_INVALID',
      error instanceof LexmaskError
        ? 'is not a lexicon of this version'
        : `is damaged (${message})`,
    )
  }
}
