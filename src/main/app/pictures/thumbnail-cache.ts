import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { placeFile } from '../files/place-file.ts'

export interface ThumbnailCacheOptions {
  /** Made when it is not there. Nobody else keeps files in it. */
  readonly folder: string
  /** Of all files together; the least recently used go first. */
  readonly maxBytes: number
}

/** Part of every key: another way of making thumbnails gets another number. */
const VERSION = 1
const ENDING = '.webp'

/**
 * Thumbnails on the disk. A cache that cannot be read or written is none, and no failure: on a full
 * disk or in a folder that is read-only, every thumbnail is made anew.
 */
export class ThumbnailCache {
  readonly #folder: string
  readonly #maxBytes: number
  /** Bytes by file name, the least recently used first; read from the folder at the first use. */
  #files: Promise<Map<string, number>> | null = null
  #totalBytes = 0

  constructor({ folder, maxBytes }: ThumbnailCacheOptions) {
    this.#folder = folder
    this.#maxBytes = maxBytes
  }

  /**
   * What names a thumbnail: the file as it is now, and its size. null when the file cannot be looked at.
   * @param side pixels
   */
  async keyOf(imageFile: string, side: number): Promise<string | null> {
    try {
      const { size, mtimeMs } = await stat(imageFile)
      const identity = JSON.stringify([VERSION, resolve(imageFile), size, mtimeMs, side])
      return createHash('sha256').update(identity).digest('hex')
    } catch {
      return null
    }
  }

  async get(key: string): Promise<Uint8Array | null> {
    const name = key + ENDING
    const file = join(this.#folder, name)
    try {
      const bytes = await readFile(file)
      if (!isWholeWebp(bytes)) return null
      const files = await this.#opened()
      this.#note(files, name, bytes.length)
      // So that the next start knows what was used.
      const now = new Date()
      await utimes(file, now, now).catch(() => undefined)
      return bytes
    } catch {
      return null
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    try {
      const files = await this.#opened()
      await placeFile(join(this.#folder, key + ENDING), bytes)
      this.#note(files, key + ENDING, bytes.length)
      await this.#makeRoom(files)
    } catch {
      // No cache, then.
    }
  }

  #opened(): Promise<Map<string, number>> {
    return (this.#files ??= this.#readFolder())
  }

  async #readFolder(): Promise<Map<string, number>> {
    await mkdir(this.#folder, { recursive: true }).catch(() => undefined)
    const names = await readdir(this.#folder).catch(() => [])
    const found: { name: string; bytes: number; usedMs: number }[] = []
    for (const name of names.filter((one) => one.endsWith(ENDING))) {
      const facts = await stat(join(this.#folder, name)).catch(() => null)
      if (facts) found.push({ name, bytes: facts.size, usedMs: facts.mtimeMs })
    }
    found.sort((a, b) => a.usedMs - b.usedMs)
    this.#totalBytes = found.reduce((sum, { bytes }) => sum + bytes, 0)
    return new Map(found.map(({ name, bytes }) => [name, bytes]))
  }

  /** It was used just now. */
  #note(files: Map<string, number>, name: string, bytes: number): void {
    this.#totalBytes += bytes - (files.get(name) ?? 0)
    files.delete(name)
    files.set(name, bytes)
  }

  async #makeRoom(files: Map<string, number>): Promise<void> {
    for (const [name, bytes] of files) {
      if (this.#totalBytes <= this.#maxBytes) return
      files.delete(name)
      this.#totalBytes -= bytes
      await rm(join(this.#folder, name), { force: true })
    }
  }
}

/** A power cut can leave a file of its name without its bytes. */
function isWholeWebp(bytes: Buffer): boolean {
  return (
    bytes.length > 12 &&
    bytes.toString('latin1', 0, 4) === 'RIFF' &&
    bytes.readUInt32LE(4) + 8 === bytes.length
  )
}
