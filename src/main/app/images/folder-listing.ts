import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import type { FolderEntry, FolderListing } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { IMAGE_EXTENSIONS } from './scan-folder.ts'

/** Entries that are looked at together: a network drive answers each in its own time. */
const AT_ONCE = 64

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/**
 * What is in a folder, for a window that has no dialogs of the system. Links are followed; a link to
 * nothing and what may not be looked at are left out, as are hidden files.
 *
 * @param folder absolute; null for the first place
 * @param recentFolders of projects, the last opened first
 * @throws LexmaskError INVALID_INPUT, FOLDER_MISSING, NOT_A_FOLDER, FILE_UNREADABLE
 */
export async function listFolder(
  folder: string | null,
  recentFolders: readonly string[] = [],
): Promise<FolderListing> {
  const places = await placesToStart(recentFolders)
  const shown = folder === null ? await firstThatIsThere(recentFolders) : absolute(folder)
  const names = await readNames(shown)
  const entries: FolderEntry[] = []
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const looks = names.slice(start, start + AT_ONCE).map((name) => lookAt(join(shown, name)))
    for (const entry of await Promise.all(looks)) if (entry) entries.push(entry)
  }
  const parent = dirname(shown)
  return {
    folder: shown,
    parent: parent === shown ? null : parent,
    entries: entries.sort(
      (a, b) =>
        rankOf(a) - rankOf(b) || byName.compare(a.name, b.name) || (a.name < b.name ? -1 : 1),
    ),
    places,
  }
}

const rankOf = ({ kind }: FolderEntry): number => (kind === 'folder' ? 0 : 1)

function absolute(folder: string): string {
  if (isAbsolute(folder) && !folder.includes('\0')) return resolve(folder)
  throw new LexmaskError(
    'INVALID_INPUT',
    `“${folder}” is not a whole path. Write it from the top, such as ${homedir()}.`,
    { folder },
  )
}

async function readNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !isHidden(name))
  } catch (error) {
    throw folderFailure(folder, error as NodeJS.ErrnoException)
  }
}

/** By name: a file's own attribute for it, on Windows, is out of Node's reach. */
const isHidden = (name: string): boolean =>
  name.startsWith('.') || (process.platform === 'win32' && /^(\$|System Volume)/i.test(name))

async function lookAt(path: string): Promise<FolderEntry | null> {
  const found = await stat(path).catch(() => null)
  if (found === null) return null
  const facts = { name: basename(path), path, modifiedMs: Math.round(found.mtimeMs) }
  if (found.isDirectory()) return { ...facts, kind: 'folder', bytes: null }
  return found.isFile() ? { ...facts, kind: kindOf(path), bytes: found.size } : null
}

function kindOf(path: string): FolderEntry['kind'] {
  const extension = extname(path).toLowerCase()
  if (extension === '.lexmask') return 'project'
  return IMAGE_EXTENSIONS.has(extension) ? 'image' : 'file'
}

async function placesToStart(recentFolders: readonly string[]): Promise<FolderListing['places']> {
  const home = homedir()
  const drives = process.platform === 'win32' ? await windowsDrives() : ['/']
  const candidates = [home, join(home, 'Pictures'), ...drives, ...new Set(recentFolders)]
  const isThere = await Promise.all(candidates.map(isFolder))
  return [...new Set(candidates.filter((_, at) => isThere[at]))].map((path) => ({
    // The top of a drive has no name but its path.
    name: basename(path) || path,
    path,
  }))
}

async function windowsDrives(): Promise<string[]> {
  const drives = Array.from({ length: 26 }, (_, at) => `${String.fromCharCode(65 + at)}:\\`)
  const isThere = await Promise.all(drives.map(isFolder))
  return drives.filter((_, at) => isThere[at])
}

async function firstThatIsThere(folders: readonly string[]): Promise<string> {
  for (const folder of folders) if (await isFolder(folder)) return folder
  return homedir()
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function folderFailure(folder: string, error: NodeJS.ErrnoException): LexmaskError {
  const details = { folder, cause: error.code }
  switch (error.code ?? '') {
    case 'ENOENT':
      return new LexmaskError(
        'FOLDER_MISSING',
        `The folder “${folder}” does not exist. Check the name, or connect its drive.`,
        details,
      )
    case 'ENOTDIR':
      return new LexmaskError('NOT_A_FOLDER', `“${folder}” is a file. Choose a folder.`, details)
    case 'EACCES':
    case 'EPERM':
      return new LexmaskError(
        'FILE_UNREADABLE',
        `You are not allowed to look into “${folder}”. Change its permissions, or choose another folder.`,
        details,
      )
    default:
      return new LexmaskError(
        'FILE_UNREADABLE',
        `“${folder}” could not be read: its drive does not answer. Check it and try again.`,
        details,
        { cause: error },
      )
  }
}
