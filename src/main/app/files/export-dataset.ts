import { access, constants, open, realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { AnnotationState } from '#shared/contract/records.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import type { CocoCategory } from '#main/formats/coco-types.ts'
import { refuseUnlessFile } from '#main/formats/atomic-file.ts'
import { writeFailure } from '#main/formats/file-errors.ts'
import { readCocoDataset } from '#main/formats/read-coco.ts'
import type { ExportDataset, ExportItem } from '#main/formats/format.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { exportedAttributes } from '../vocabulary/annotation-attributes.ts'

/** The project, and what SQLite and the lock keep beside it. */
const PROJECT_FILES = ['', '-wal', '-shm', '-journal', '.lock']

/**
 * Tells what an export to this file would fail with in the end, and keeps it from the project's own
 * and from what no export has written: a photo, a list of words, another project.
 *
 * @throws LexmaskError INVALID_INPUT for the project itself and for a file of another kind,
 *   FILE_UNWRITABLE
 */
export async function refuseTarget(target: string, projectFile: string): Promise<void> {
  const file = await realpath(target).catch(() => target)
  const project = await realpath(projectFile).catch(() => projectFile)
  if (PROJECT_FILES.some((ending) => file === project + ending)) {
    throw new LexmaskError(
      'INVALID_INPUT',
      `${basename(target)} is the project itself. Choose another name for the annotations, such as labels.json.`,
      { path: target },
    )
  }
  try {
    await access(dirname(file), constants.W_OK)
    await refuseUnlessFile(file)
  } catch (error) {
    throw writeFailure(target, error)
  }
  if (await isOfJson(file)) return
  throw new LexmaskError(
    'INVALID_INPUT',
    `“${target}” is there already and holds no annotations: it would be lost. Choose another name, ` +
      'such as labels.json, or delete it first.',
    { path: target },
  )
}

/** Whether a file begins as JSON does; also when it is empty or not there. */
async function isOfJson(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null)
  if (handle === null) return true
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
    return /^\uFEFF?\s*($|[{[])/.test(buffer.toString('utf8', 0, bytesRead))
  } finally {
    await handle.close()
  }
}

/**
 * The categories of another COCO file, whose ids an export takes over.
 * @throws LexmaskError FILE_NOT_FOUND, FILE_UNREADABLE, FORMAT_INVALID
 */
export async function readCategories(file: string): Promise<readonly CocoCategory[]> {
  return (await readCocoDataset(file)).categories
}

/** A project as formats take it, image by image; images that were never decoded have no size and stay out. */
export function exportDataset(
  project: ProjectDatabase,
  states: readonly AnnotationState[],
): ExportDataset {
  return {
    title: basename(project.path, '.lexmask'),
    classes: project.vocabulary.list(),
    items: itemsOf(project, new Set(states)),
  }
}

function* itemsOf(
  project: ProjectDatabase,
  states: ReadonlySet<AnnotationState>,
): Generator<ExportItem> {
  const { definitions } = project.meta.attributes()
  for (const { id, name, width, height } of project.images.iterate()) {
    if (width === null || height === null) continue
    const annotations = project.annotations
      .listForImage(id)
      .filter(({ state }) => states.has(state))
    const masks = project.masks.getMany(annotations.map(({ maskHash }) => maskHash))
    yield {
      image: { id, name, width, height },
      annotations: annotations.flatMap((annotation) => {
        const mask = masks.get(annotation.maskHash)
        if (mask === undefined) return []
        const attributes = exportedAttributes(definitions, annotation)
        return [{ ...annotation, attributes, mask: rleFromCocoString(mask.counts, mask) }]
      }),
    }
  }
}
