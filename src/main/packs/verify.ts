import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { sizeOfFile } from './regular-file.ts'

/**
 * Hold a pack's file against its description and give its sha256. The file is streamed, since some
 * are hundreds of megabytes. Nothing is deleted or fetched when it differs: it may be the user's own.
 *
 * @throws LexmaskError PACK_INVALID, naming the file and what differs
 */
export async function verifyFile(
  folder: string,
  file: string,
  expected: { readonly bytes: number; readonly sha256: string } | undefined,
): Promise<{ path: string; sha256: string }> {
  const path = join(folder, file)
  const hash = createHash('sha256')
  try {
    const bytes = await sizeOfFile(path)
    // Another size needs no reading.
    if (expected && bytes !== expected.bytes) throw otherSize(path, expected.bytes, bytes)
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer)
    }
  } catch (error) {
    if (error instanceof LexmaskError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'is missing' : `cannot be read (${message})`
    throw new LexmaskError(
      'PACK_INVALID',
      `The model file ${path} ${why}. Copy the pack again, or choose another with --models.`,
      { file: path },
    )
  }
  const sha256 = hash.digest('hex')
  if (expected && sha256 !== expected.sha256) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The model file ${path} is not the one that its model.json describes (its sha256 differs). ` +
        'Copy the pack again.',
      { file: path, expected: expected.sha256, actual: sha256 },
    )
  }
  return { path, sha256 }
}

function otherSize(path: string, expected: number, actual: number): LexmaskError {
  return new LexmaskError(
    'PACK_INVALID',
    `The model file ${path} has ${actual} bytes where its model.json says ${expected}: ` +
      'it is truncated or another file. Copy the pack again.',
    { file: path, expected, actual },
  )
}
