import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Lower-case hex sha256 of a file's bytes, read piece by piece; null when it cannot be read. */
export async function hashOfFile(file: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file, { highWaterMark: 2 ** 18 }), hash)
    return hash.digest('hex')
  } catch {
    return null
  }
}
