import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

export interface PageFile {
  readonly mediaType: string
  /** Its name changes with its content, so that it may be kept for ever. */
  readonly isImmutable: boolean
  readonly bytes: Uint8Array
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/**
 * The built page. A URL is only ever looked up among the names of the files that are there, and never
 * made into a path: nothing outside of the folder can be asked for.
 */
export class PageFiles {
  readonly #folder: string
  #paths: ReadonlyMap<string, string> | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param pathname of a URL, such as `/assets/index.js`; null when the page has no such file */
  async get(pathname: string): Promise<PageFile | null> {
    const name = pathname === '/' ? '/index.html' : pathname
    // A new build has other names, which only its new index tells.
    if (this.#paths === null || name === '/index.html') this.#paths = await this.#findFiles()
    const path = this.#paths.get(name)
    if (path === undefined) return null
    const bytes = await readFile(path)
    const mediaType = MEDIA_TYPES[extname(path)]
    return { mediaType, isImmutable: name.startsWith('/assets/'), bytes }
  }

  async #findFiles(): Promise<ReadonlyMap<string, string>> {
    const names = await readdir(this.#folder, { recursive: true })
    return new Map(
      names
        .filter((name) => extname(name) in MEDIA_TYPES)
        .map((name) => [`/${name.split(sep).join('/')}`, join(this.#folder, name)]),
    )
  }
}
