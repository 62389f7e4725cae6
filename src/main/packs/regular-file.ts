import { readFile, stat } from 'node:fs/promises'

/**
 * A pipe or a device that lies in a pack would be read for ever. Links to files are files.
 *
 * @returns bytes
 * @throws Error that says what it is; NodeJS.ErrnoException when it is not there
 */
export async function sizeOfFile(path: string): Promise<number> {
  const found = await stat(path)
  if (found.isFile()) return found.size
  throw new Error(found.isDirectory() ? 'it is a folder' : 'it is a device or a pipe, not a file')
}

/**
 * The text of a file of which nobody knows who wrote it.
 *
 * @throws Error as `sizeOfFile`, and for one that is larger
 */
export async function readTextOf(path: string, maxBytes: number): Promise<string> {
  const bytes = await sizeOfFile(path)
  if (bytes > maxBytes) throw new Error(`it has ${bytes} bytes, more than ${maxBytes}`)
  return readFile(path, 'utf8')
}
