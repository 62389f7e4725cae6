import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { sizeOfFile } from './regular-file.ts'

export interface ListedFile {
  /** In the folder, with slashes. */
  readonly path: string
  readonly bytes: number
}

/** No pack has as many; a home folder with a stray `model.json` has. */
const MOST_FILES = 10_000

/**
 * The files of a pack's folder and the folders in it. Hidden ones (`.git`, `.DS_Store`) are no part of a
 * pack. A link to a file is that file, as caches of models have them; a link to a folder could lead
 * anywhere, and round in a circle.
 *
 * @throws LexmaskError PACK_INVALID naming what is neither a file nor a folder, or that there are too many
 */
export async function listFiles(folder: string): Promise<ListedFile[]> {
  const files: ListedFile[] = []
  const waiting = ['']
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    const entries = await readdir(join(folder, inside), { withFileTypes: true })
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`
      if (entry.isDirectory()) waiting.push(path)
      else files.push({ path, bytes: await sizeIn(folder, path) })
    }
    if (files.length + waiting.length > MOST_FILES) {
      throw invalid(folder, `it has more than ${MOST_FILES} files`)
    }
  }
  return files
}

async function sizeIn(folder: string, path: string): Promise<number> {
  try {
    return await sizeOfFile(join(folder, path))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw invalid(folder, `${path}: ${code === 'ENOENT' ? 'it is a link to nothing' : message}`)
  }
}

function invalid(folder: string, what: string): LexmaskError {
  return new LexmaskError(
    'PACK_INVALID',
    `The pack in ${folder} cannot be copied: ${what}. A pack consists of files, and of folders with ` +
      'files: leave in it what belongs to it.',
    { folder },
  )
}

export const bytesOf = (files: readonly ListedFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)
