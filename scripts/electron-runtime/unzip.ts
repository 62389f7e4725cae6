import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise } from 'yauzl'

const EXECUTABLE_BIT = 0o100

/**
 * Unpacks what `target` names a file for. Names that lead out of a folder are refused by yauzl.
 * @param target where a file of the zip goes, or null to leave it out
 */
export async function unzip(zip: string, target: (name: string) => string | null): Promise<void> {
  const archive = await openPromise(zip)
  for await (const entry of archive.eachEntry()) {
    const file = entry.fileName.endsWith('/') ? null : target(entry.fileName)
    if (file === null) continue
    const unixMode = entry.externalFileAttributes >>> 16
    await mkdir(dirname(file), { recursive: true })
    await pipeline(
      await archive.openReadStreamPromise(entry),
      createWriteStream(file, { mode: unixMode & EXECUTABLE_BIT ? 0o755 : 0o644 }),
    )
  }
}
