import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Write a pack: its files, and `model.json` with what it says of itself and the digests of them.
 *
 * @param folder is made when it is not there
 */
export async function writePack(
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
  description: object,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const digests: Record<string, { bytes: number; sha256: string }> = {}
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(folder, name), bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    digests[name] = { bytes: bytes.byteLength, sha256 }
  }
  const text = JSON.stringify({ ...description, files: digests }, null, 2)
  await writeFile(join(folder, 'model.json'), `${text}\n`)
}
