import { randomBytes } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Puts a file in its place as a whole or not at all. A link of that name is replaced, and never
 * written through. Not forced onto the disk: for what can be made again.
 *
 * @throws what the system says; nothing is left behind then
 */
export async function placeFile(file: string, bytes: Uint8Array): Promise<void> {
  const part = join(dirname(file), `.lexmask-${randomBytes(6).toString('hex')}.part`)
  try {
    await writeFile(part, bytes, { flag: 'wx' })
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw error
  }
}
