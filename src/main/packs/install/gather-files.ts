import { constants } from 'node:fs'
import { copyFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { mirroredUrl, type ManifestFile } from '../manifest.ts'
import { digestFile, type FileDigests } from './digest.ts'
import { downloadFile, syncFile } from './download-file.ts'
import { writeFailure } from './file-failure.ts'
import { assertFits } from './free-space.ts'
import type { ProxyEnvironment } from './http-get.ts'
import { makeFolder } from './install-folder.ts'
import { DownloadMeter, type InstallProgress } from './progress-meter.ts'

export interface GatherOptions {
  /** A folder with files that were downloaded elsewhere: nothing is downloaded then. */
  readonly from: string | null
  readonly mirror: string | null
  readonly proxy: ProxyEnvironment | null
  readonly signal: AbortSignal
  /** Longest silence of a server. */
  readonly silenceMs: number
  /** Waits before further attempts. */
  readonly waitsMs: readonly number[]
  readonly onProgress: (progress: InstallProgress) => void
}

export interface GatheredFile extends FileDigests {
  readonly path: string
  readonly url: string
  readonly digestFrom: 'manifest' | 'host' | 'folder'
}

/**
 * Brings all files into a folder, each whole and checked: those that are there stay, those of an earlier
 * installation are copied, the others come out of the folder `from` or are downloaded.
 *
 * @param former of an installation that may have some of them; null when there is none
 * @param extraBytes what will be needed beside them
 * @throws LexmaskError as `downloadFile`; FILE_NOT_FOUND for what is not in `from`
 */
export async function gatherFiles(
  files: readonly ManifestFile[],
  folder: string,
  former: string | null,
  extraBytes: number,
  options: GatherOptions,
): Promise<GatheredFile[]> {
  const gathered = new Map<string, GatheredFile>()
  for (const file of files) {
    const there = await takeKnown(file, folder, former)
    if (there) gathered.set(file.path, there)
  }
  const missing = files.filter(({ path }) => !gathered.has(path))
  const needed = missing.map(async ({ path, bytes, roughBytes }) => {
    const have = await stat(`${join(folder, path)}.part`).then(
      ({ size }) => size,
      () => 0,
    )
    return Math.max(0, (bytes ?? roughBytes ?? 0) - have)
  })
  const bytes = (await Promise.all(needed)).reduce((sum, size) => sum + size, extraBytes)
  await assertFits(bytes, folder)
  const bring = options.from === null ? downloadAll : takeFromFolder
  for (const file of await bring(missing, files, folder, gathered, options)) {
    gathered.set(file.path, file)
  }
  return files.flatMap(({ path }) => gathered.get(path) ?? [])
}

/** A file whose sha256 is in the list needs no host to be recognised. */
async function takeKnown(
  { path, url, bytes, sha256 }: ManifestFile,
  folder: string,
  former: string | null,
): Promise<GatheredFile | null> {
  if (sha256 === null) return null
  const target = join(folder, path)
  const isIt = async (file: string): Promise<FileDigests | null> => {
    const found = await stat(file).catch(() => null)
    if (!found?.isFile() || (bytes !== null && found.size !== bytes)) return null
    const digests = await digestFile(file)
    return digests.sha256 === sha256 ? digests : null
  }
  const there = await isIt(target)
  if (there) return { path, url, ...there, digestFrom: 'manifest' }
  const before = former === null ? null : await isIt(join(former, path))
  if (former === null || before === null) return null
  await copyWhole(join(former, path), target)
  return { path, url, ...before, digestFrom: 'manifest' }
}

async function copyWhole(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  const part = `${to}.copy`
  try {
    // On file systems that can, the copy shares the blocks of the original.
    await copyFile(from, part, constants.COPYFILE_FICLONE)
    await syncFile(part)
    await rename(part, to)
  } catch (error) {
    await rm(part, { force: true })
    throw writeFailure(to, error)
  }
}

async function downloadAll(
  missing: readonly ManifestFile[],
  all: readonly ManifestFile[],
  folder: string,
  gathered: ReadonlyMap<string, GatheredFile>,
  options: GatherOptions,
): Promise<GatheredFile[]> {
  const meter = new DownloadMeter(options.onProgress)
  const sizes = new Map(all.map(({ path, bytes, roughBytes }) => [path, bytes ?? roughBytes]))
  let done = [...gathered.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  const downloaded: GatheredFile[] = []
  for (const { path, url, bytes, sha256 } of missing) {
    const target = join(folder, path)
    await makeFolder(dirname(target))
    const partFile = `${target}.part`
    const file = await downloadFile(
      { url: mirroredUrl(url, options.mirror), partFile, bytes, sha256 },
      {
        ...options,
        onProgress: (received, total) => {
          sizes.set(path, total ?? sizes.get(path) ?? null)
          const known = [...sizes.values()]
          const sum = known.reduce<number>((some, size) => some + (size ?? 0), 0)
          meter.show(done + received, known.includes(null) ? null : sum)
        },
      },
    )
    await rename(partFile, target).catch((error: unknown) => {
      throw writeFailure(target, error)
    })
    sizes.set(path, file.bytes)
    done += file.bytes
    downloaded.push({ path, url, ...file })
  }
  return downloaded
}

async function takeFromFolder(
  missing: readonly ManifestFile[],
  _all: readonly ManifestFile[],
  folder: string,
  _gathered: ReadonlyMap<string, GatheredFile>,
  { from }: GatherOptions,
): Promise<GatheredFile[]> {
  const given = await filesIn(from ?? folder)
  const taken: GatheredFile[] = []
  const absent: string[] = []
  for (const file of missing) {
    const found = await findGiven(file, given)
    if (found === null) {
      absent.push(nameOf(file))
      continue
    }
    await copyWhole(found.path, join(folder, file.path))
    const { path, url, sha256 } = file
    const digestFrom = sha256 === null ? 'folder' : 'manifest'
    taken.push({ path, url, ...found.digests, digestFrom })
  }
  if (absent.length === 0) return taken
  throw new LexmaskError(
    'FILE_NOT_FOUND',
    `${from} has no ${absent.join(', ')}, or another version of it. Download ` +
      `${absent.length === 1 ? 'it' : 'them'} from the addresses that lexmask packs list --json names.`,
    { folder: from, files: absent },
  )
}

const nameOf = ({ url }: ManifestFile): string => basename(new URL(url).pathname)

interface GivenFile {
  readonly path: string
  readonly name: string
  readonly bytes: number
}

async function filesIn(folder: string): Promise<GivenFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new LexmaskError(
        'FOLDER_MISSING',
        `The folder ${folder} cannot be read (${error.code ?? error.message}).`,
        { folder },
      )
    },
  )
  const files: GivenFile[] = []
  for (const { parentPath, name } of entries.filter((entry) => !entry.isDirectory())) {
    const path = join(parentPath, name)
    const found = await stat(path).catch(() => null)
    if (found?.isFile()) files.push({ path, name, bytes: found.size })
  }
  return files
}

/** By what is in it; by its name where nobody has told what is to be in it. */
async function findGiven(
  file: ManifestFile,
  given: readonly GivenFile[],
): Promise<{ path: string; digests: FileDigests } | null> {
  const { bytes, sha256, path } = file
  const names = [nameOf(file), basename(path)]
  const likely = given.filter((one) => {
    if (bytes !== null && one.bytes !== bytes) return false
    return sha256 !== null ? bytes !== null || names.includes(one.name) : names.includes(one.name)
  })
  for (const one of likely) {
    const digests = await digestFile(one.path)
    if (sha256 === null || digests.sha256 === sha256) return { path: one.path, digests }
  }
  return null
}
