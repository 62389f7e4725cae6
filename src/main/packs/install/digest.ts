import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** What a file is held against: its sha256, or the id that Git gives to a file of that content. */
export interface Digest {
  readonly algorithm: 'sha256' | 'git-sha1'
  /** Lower case. */
  readonly hex: string
}

export interface FileDigests {
  readonly bytes: number
  readonly sha256: string
}

/**
 * The digest that a host publishes as an ETag: hosts of Git repositories give the sha256 of a large
 * file and the blob id of a small one. null for any other tag.
 */
export function digestOfEtag(etag: string | null): Digest | null {
  const hex = /^(?:W\/)?"?([0-9a-f]+)"?$/.exec(etag ?? '')?.[1] ?? ''
  if (hex.length === 64) return { algorithm: 'sha256', hex }
  if (hex.length === 40) return { algorithm: 'git-sha1', hex }
  return null
}

/** @throws NodeJS.ErrnoException */
export async function digestFile(file: string, signal?: AbortSignal): Promise<FileDigests> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).byteLength
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Whether a file, of which size and sha256 are known, is the one of a digest. */
export async function isOfDigest(
  file: string,
  { bytes, sha256 }: FileDigests,
  digest: Digest,
): Promise<boolean> {
  if (digest.algorithm === 'sha256') return digest.hex === sha256
  // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
  const hash = createHash('sha1').update(`blob ${bytes}\0`)
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer)
  }
  return hash.digest('hex') === digest.hex
}
