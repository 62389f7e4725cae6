import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'

export interface ScannedImage {
  /** Absolute, in the system's own form. */
  readonly path: string
  /**
   * POSIX, relative to the scanned folder. Its letters are those on the disk, not normalised: an
   * export's `file_name` has to open the file, and on Linux é and e + ´ are two names.
   */
  readonly name: string
  readonly bytes: number
  readonly modifiedMs: number
}

export type SkipReason =
  /** A link to a folder that contains the link. */
  | 'loop'
  /** A link to something outside of the scanned folder. */
  | 'outside'
  /** A link to something that is found under its own name, or was found through another link. */
  | 'duplicate'
  /** A link to nothing. */
  | 'broken-link'
  /** A photo in a format that cannot be decoded here, such as HEIC or BMP. */
  | 'unsupported-format'
  /** No permission, or a drive that does not answer. */
  | 'unreadable'
  /** A name that is no text in UTF-8, and so leads nowhere. */
  | 'nameless'
  /** Named as an image, but a pipe, a socket or a device. */
  | 'not-a-file'

export interface SkippedEntry {
  /** As `ScannedImage.name`; of a folder, everything below it was skipped. */
  readonly name: string
  readonly reason: SkipReason
}

export interface ScanOptions {
  /** Called for everything that a person may miss; hidden entries and other files are not. */
  readonly onSkipped?: (entry: SkippedEntry) => void
}

/** Of image files that can be read, in lower case. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
])

const FOREIGN_IMAGE_EXTENSIONS = new Set(
  ['.bmp', '.dib', '.heic', '.heif', '.jp2', '.jxl', '.psd', '.exr', '.ppm', '.pgm'].concat([
    '.dcm',
    '.dng',
    '.cr2',
    '.cr3',
    '.nef',
    '.arw',
    '.raf',
    '.orf',
    '.rw2',
  ]),
)

/** Made by NAS boxes, archive programs and systems for themselves; full of thumbnails. */
const SYSTEM_FOLDERS = new Set([
  '@eadir',
  '#recycle',
  '__macosx',
  '$recycle.bin',
  'system volume information',
])

const isHidden = (name: string) => name.startsWith('.') || SYSTEM_FOLDERS.has(name.toLowerCase())

/** Node reads bytes that are no text as this character; the system knows no file of that name. */
const isNameless = (name: string) => name.includes('\ufffd')

/** Entries whose size and time are asked for at once: one at a time is slow on a network drive. */
const STAT_BATCH = 64

/**
 * The images in a folder and all folders below it, in the order of the code points of their names:
 * the same on every system. Every file comes once, whatever links lead to it. Memory follows the
 * largest folder, not the number of images.
 *
 * @throws LexmaskError FOLDER_MISSING, NOT_A_FOLDER, FILE_UNREADABLE of the folder itself; NO_IMAGES
 *   at the end, when there was none
 */
export async function* scanFolder(
  folder: string,
  { onSkipped = () => {} }: ScanOptions = {},
): AsyncGenerator<ScannedImage> {
  const root = resolve(folder)
  await requireFolder(root)
  const walk = new FolderWalk(root, await realpath(root), onSkipped)
  let count = 0
  for await (const image of walk.images()) {
    count++
    yield image
  }
  if (count === 0) {
    throw new LexmaskError(
      'NO_IMAGES',
      `There are no images in “${folder}” or the folders in it. Looked for: ` +
        `${[...IMAGE_EXTENSIONS].join(' ')}; hidden folders are not searched.`,
      { folder: root, skipped: walk.skippedCount },
    )
  }
}

/**
 * Files that a person picked, in the order of their names, each once. Names are relative to the
 * deepest folder that holds them all, so that two files of one name stay apart. Links are followed
 * wherever they lead, as the person named them.
 *
 * @throws LexmaskError NO_IMAGES when none of them is an image
 */
export async function* scanFiles(
  paths: readonly string[],
  { onSkipped = () => {} }: ScanOptions = {},
): AsyncGenerator<ScannedImage> {
  const absolute = [...new Set(paths.map((path) => resolve(path)))]
  const folder = commonFolder(absolute)
  const files = absolute
    .map((path) => ({ path, name: posixName(folder, path) }))
    .sort((a, b) => compareCodePoints(a.name, b.name))
  let count = 0
  for (const { path, name } of files) {
    const kind = kindByName(name)
    if (kind === 'other') continue
    if (kind === 'foreign-image') {
      onSkipped({ name, reason: 'unsupported-format' })
      continue
    }
    const facts = await stat(path).catch(() => null)
    if (facts === null || !facts.isFile()) {
      onSkipped({ name, reason: facts === null ? 'unreadable' : 'not-a-file' })
      continue
    }
    count++
    yield { path, name, bytes: facts.size, modifiedMs: facts.mtimeMs }
  }
  if (count === 0) {
    throw new LexmaskError(
      'NO_IMAGES',
      `${paths.length === 1 ? `“${paths[0]}” is not` : `None of the ${paths.length} files is`} ` +
        `an image that can be read. Supported: ${[...IMAGE_EXTENSIONS].join(' ')}.`,
      { files: paths.length },
    )
  }
}

/** Code points and not UTF-16 units, so that other programs sort the same. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i)
    const unitB = b.charCodeAt(i)
    if (unitA === unitB) continue
    // Halves of a pair stand for code points above all others, but are units below 0xE000.
    const isHalfA = unitA >= 0xd800 && unitA < 0xe000
    const isHalfB = unitB >= 0xd800 && unitB < 0xe000
    return isHalfA === isHalfB ? unitA - unitB : isHalfA ? 1 : -1
  }
  return a.length - b.length
}

function kindByName(name: string): 'image' | 'foreign-image' | 'other' {
  const extension = extname(name).toLowerCase()
  if (IMAGE_EXTENSIONS.has(extension)) return 'image'
  return FOREIGN_IMAGE_EXTENSIONS.has(extension) ? 'foreign-image' : 'other'
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? '.')
  for (const path of paths) {
    // Two drives of Windows share no folder.
    while (!isInside(path, folder) && dirname(folder) !== folder) folder = dirname(folder)
  }
  return folder
}

/** Between two drives of Windows the drive's letter becomes a folder: names are never absolute. */
function posixName(folder: string, path: string): string {
  return relative(folder, path)
    .replace(/^([a-z]):(?=\\)/i, '$1')
    .split(sep)
    .join('/')
}

/** Whether a path is the folder or below it; both absolute. */
function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** @throws LexmaskError FOLDER_MISSING, NOT_A_FOLDER, FILE_UNREADABLE */
export async function requireFolder(path: string): Promise<void> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new LexmaskError(
        'FOLDER_MISSING',
        `“${path}” does not exist. Check its name, or the drive it is on.`,
        { folder: path },
        { cause: error },
      )
    }
    throw unreadableFolder(path, error)
  })
  if (!facts.isDirectory()) {
    throw new LexmaskError(
      'NOT_A_FOLDER',
      `“${path}” is a file. Give the folder that holds the images.`,
      { folder: path },
    )
  }
  await readdir(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadableFolder(path, error)
  })
}

function unreadableFolder(path: string, error: NodeJS.ErrnoException): LexmaskError {
  return new LexmaskError(
    'FILE_UNREADABLE',
    `The folder “${path}” could not be read. Check its permissions, or the drive it is on.`,
    { folder: path, cause: error.code ?? error.message },
    { cause: error },
  )
}

/** A folder to walk: where it was found, and where it lies once links are resolved. */
interface Folder {
  readonly path: string
  readonly realPath: string
  /** The names of what is in it begin so: empty, or ending in a slash. */
  readonly prefix: string
}

/** What the disk says about one entry; gathered many at a time, judged one by one in order. */
interface Entry {
  readonly path: string
  readonly realPath: string
  readonly name: string
  readonly isLink: boolean
  /** Of a link, of what it leads to. */
  readonly kind: 'file' | 'folder' | 'other'
  readonly bytes: number
  readonly modifiedMs: number
  /** Why the entry cannot be used at all; null when it can. */
  readonly fault: SkipReason | null
}

class FolderWalk {
  skippedCount = 0
  readonly #root: Folder
  readonly #onSkipped: (entry: SkippedEntry) => void
  /** Real paths of what only links lead to; what the walk meets by itself need not be kept. */
  readonly #linked = new Set<string>()

  constructor(root: string, realRoot: string, onSkipped: (entry: SkippedEntry) => void) {
    this.#root = { path: root, realPath: realRoot, prefix: '' }
    this.#onSkipped = onSkipped
  }

  images(): AsyncGenerator<ScannedImage> {
    return this.#imagesIn(this.#root)
  }

  async *#imagesIn(folder: Folder): AsyncGenerator<ScannedImage> {
    const entries = await readEntries(folder)
    if (entries === null) {
      this.#skip(folder.prefix.slice(0, -1), isNameless(folder.path) ? 'nameless' : 'unreadable')
      return
    }
    for (const entry of entries) {
      const reason = this.#reasonToSkip(entry, folder)
      if (reason === 'ignored') continue
      const { path, realPath, name, bytes, modifiedMs } = entry
      if (reason !== null) this.#skip(name, reason)
      else if (entry.kind === 'folder')
        yield* this.#imagesIn({ path, realPath, prefix: `${name}/` })
      else yield { path, name, bytes, modifiedMs }
    }
  }

  #reasonToSkip(entry: Entry, folder: Folder): SkipReason | 'ignored' | null {
    const { name, realPath, isLink, kind, fault } = entry
    if (fault !== null) return fault
    const kindOfName = kindByName(name)
    if (kind !== 'folder') {
      if (kindOfName === 'other') return 'ignored'
      if (kindOfName === 'foreign-image') return 'unsupported-format'
      if (kind === 'other') return 'not-a-file'
    }
    if (isLink) {
      if (!isInside(realPath, this.#root.realPath)) return 'outside'
      if (kind === 'folder' && isInside(folder.realPath, realPath)) return 'loop'
    }
    if (this.#isMetWithoutLinks(realPath, kind)) return isLink ? 'duplicate' : null
    if (this.#linked.has(realPath)) return 'duplicate'
    this.#linked.add(realPath)
    return null
  }

  /** Whether the walk comes by on its own: not below a hidden folder, and named as an image. */
  #isMetWithoutLinks(realPath: string, kind: Entry['kind']): boolean {
    const parts = relative(this.#root.realPath, realPath).split(sep)
    return !parts.some(isHidden) && (kind === 'folder' || kindByName(realPath) === 'image')
  }

  #skip(name: string, reason: SkipReason): void {
    this.skippedCount++
    this.#onSkipped({ name, reason })
  }
}

/** In the order of the names; null when the folder cannot be read. */
async function readEntries(folder: Folder): Promise<Entry[] | null> {
  let listed: Dirent[]
  try {
    listed = await readdir(folder.path, { withFileTypes: true })
  } catch {
    return null
  }
  const wanted = listed.filter(
    (entry) =>
      !isHidden(entry.name) &&
      (entry.isDirectory() || entry.isSymbolicLink() || kindByName(entry.name) !== 'other'),
  )
  const entries: Entry[] = []
  for (let at = 0; at < wanted.length; at += STAT_BATCH) {
    const batch = wanted.slice(at, at + STAT_BATCH)
    entries.push(...(await Promise.all(batch.map((entry) => lookAt(entry, folder)))))
  }
  // A folder sorts as its contents do, with the slash that follows its name.
  const key = ({ kind, name }: Entry) => (kind === 'folder' ? `${name}/` : name)
  return entries.sort((a, b) => compareCodePoints(key(a), key(b)))
}

async function lookAt(entry: Dirent, folder: Folder): Promise<Entry> {
  const isLink = entry.isSymbolicLink()
  const path = join(folder.path, entry.name)
  const unlinked = {
    path,
    realPath: join(folder.realPath, entry.name),
    name: folder.prefix + entry.name,
    isLink,
    bytes: 0,
    modifiedMs: 0,
  }
  if (entry.isDirectory()) return { ...unlinked, kind: 'folder', fault: null }
  try {
    const facts = await stat(path)
    return {
      ...unlinked,
      realPath: isLink ? await realpath(path) : unlinked.realPath,
      kind: facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : 'other',
      bytes: facts.size,
      modifiedMs: facts.mtimeMs,
      fault: null,
    }
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code
    const isGone = cause === 'ENOENT'
    const fault =
      cause === 'ELOOP'
        ? 'loop'
        : isGone && isNameless(entry.name)
          ? 'nameless'
          : isLink && isGone
            ? 'broken-link'
            : 'unreadable'
    return { ...unlinked, kind: 'other', fault }
  }
}
