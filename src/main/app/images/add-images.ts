import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import type { AddedImages } from '#shared/contract/commands.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type { ImageRecord } from '#shared/contract/records.ts'
import { diffRecords, isEmptyDiff } from '#shared/history/record-diff.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { changeBeside } from './change-beside.ts'
import {
  requireFolder,
  scanFiles,
  scanFolder,
  type ScannedImage,
  type SkippedEntry,
  type SkipReason,
} from './scan-folder.ts'

/** Images written in one transaction. */
const BATCH = 500
/** Between two tellings of the progress. */
const TELL_EVERY_MS = 200

const REASONS: Record<SkipReason, string> = {
  loop: 'a link that leads back to a folder above it',
  outside: 'a link that leads out of the folder',
  duplicate: 'a link to a file that is found under its own name',
  'broken-link': 'a link to nothing',
  'unsupported-format': 'a format that is not read here: save it as PNG or JPEG',
  unreadable: 'no permission to read it, or its drive does not answer',
  'not-a-file': 'not a file',
  nameless: 'its name is not text in UTF-8: rename it, or the folder it is in',
}

/** Reasons for which a photo that a person may count on is not in the project. */
const LOSSES = new Set<SkipReason>([
  'broken-link',
  'unsupported-format',
  'unreadable',
  'nameless',
  'not-a-file',
])

export interface SkippedPath {
  readonly path: string
  /** In words for the user. */
  readonly reason: string
  /** Whether a photo is missing for it, or only a second way to what is there or elsewhere. */
  readonly isLost: boolean
}

/** The path by which a project names a file: relative to the project's folder where that can be. */
export function pathInProject(projectFile: string, file: string): string {
  const fromProject = relative(dirname(projectFile), file)
  const isOnSameDrive = !isAbsolute(fromProject)
  return (isOnSameDrive ? fromProject : file).split(sep).join('/')
}

/** The file behind a project's path. */
export function fileOfImage(projectFile: string, path: string): string {
  return resolve(dirname(projectFile), path)
}

export interface AddingOptions {
  readonly tell?: (change: RecordsChanged) => void
  /** Every now and then: how many images were found so far. */
  readonly tellFound?: (found: number) => void
  /** Ends the adding; what was found by then is added. */
  readonly signal?: AbortSignal
}

/**
 * Add folders (with all below them) and files, each image once. An image that is known and whose
 * file changed since counts as new: what was found in the old pixels is not in the new ones.
 *
 * @throws LexmaskError FOLDER_MISSING, NO_IMAGES, FILE_UNREADABLE
 */
export async function addImages(
  project: ProjectDatabase,
  paths: readonly string[],
  { tell = () => undefined, tellFound = () => undefined, signal }: AddingOptions = {},
): Promise<AddedImages & { readonly imageIds: number[]; readonly skipped: SkippedPath[] }> {
  const skipped: SkippedPath[] = []
  const options = {
    onSkipped: ({ name, reason }: SkippedEntry) => {
      skipped.push({ path: name, reason: REASONS[reason], isLost: LOSSES.has(reason) })
    },
  }
  const imageIds = new Set<number>()
  let added = 0
  const write = (batch: readonly ScannedImage[]): void => {
    const change = project.transaction(() => {
      const before: ImageRecord[] = []
      const after: ImageRecord[] = []
      for (const image of batch) {
        const written = addImage(project, image)
        imageIds.add(written.after.id)
        if (written.before === null) added++
        else before.push(written.before)
        after.push(written.after)
      }
      const diff = diffRecords('image', before, after)
      return isEmptyDiff(diff) ? null : changeBeside(project, diff)
    })
    if (change) tell(change)
  }
  let found = 0
  let toldMs = performance.now()
  const isStopped = (): boolean => signal?.aborted === true
  for (const scan of await scansOf(paths, options)) {
    if (isStopped()) break
    let batch: ScannedImage[] = []
    for await (const image of scan) {
      if (isStopped()) break
      batch.push(image)
      found++
      if (performance.now() - toldMs >= TELL_EVERY_MS) {
        toldMs = performance.now()
        tellFound(found)
      }
      if (batch.length < BATCH) continue
      write(batch)
      batch = []
    }
    write(batch)
  }
  const known = imageIds.size - added
  return { added, known, skipped, imageIds: [...imageIds], isStopped: isStopped() }
}

/**
 * A folder at a time, so that its images are named from it; all single files together.
 * @throws LexmaskError FOLDER_MISSING, before the first scan adds anything
 */
async function scansOf(
  paths: readonly string[],
  options: Parameters<typeof scanFolder>[1],
): Promise<AsyncGenerator<ScannedImage>[]> {
  const files: string[] = []
  const scans: AsyncGenerator<ScannedImage>[] = []
  for (const path of paths) {
    const found = await stat(path).catch(() => null)
    if (found?.isFile()) files.push(path)
    else {
      await requireFolder(path)
      scans.push(scanFolder(path, options))
    }
  }
  return files.length > 0 ? [...scans, scanFiles(files, options)] : scans
}

/** The image before, null when it is new, and after. */
function addImage(
  project: ProjectDatabase,
  image: ScannedImage,
): { before: ImageRecord | null; after: ImageRecord } {
  const path = pathInProject(project.path, image.path)
  const { name, bytes, modifiedMs } = image
  const before = project.images.getByPath(path)
  if (!before) {
    const draft = { path, name, bytes, modifiedMs, sha256: null, width: null, height: null }
    return { before, after: project.images.insertMany([draft]).added[0] }
  }
  if (before.bytes === bytes && before.modifiedMs === modifiedMs) return { before, after: before }
  const changes = { bytes, modifiedMs, sha256: null, status: 'new', error: null } as const
  return { before, after: project.images.update(before.id, changes) ?? before }
}
