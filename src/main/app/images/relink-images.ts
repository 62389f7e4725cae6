import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { RelinkedImages } from '#shared/contract/commands.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { ImageRecord } from '#shared/contract/records.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { fileOfImage, pathInProject } from './add-images.ts'
import { changeBeside } from './change-beside.ts'
import { hashOfFile } from './hash-file.ts'
import { scanFolder, type ScannedImage } from './scan-folder.ts'

/** Files that are asked for at once: one at a time is slow on a network drive. */
const FILES_AT_ONCE = 64
const NAMES_TOLD = 100

/** Images whose file is not where it was, by id. */
export async function findMissing(project: ProjectDatabase): Promise<number[]> {
  const missing: number[] = []
  let batch: ImageRecord[] = []
  const look = async (): Promise<void> => {
    const isThere = await Promise.all(
      batch.map(({ path }) =>
        stat(fileOfImage(project.path, path)).then(
          (facts) => facts.isFile(),
          () => false,
        ),
      ),
    )
    missing.push(...batch.filter((_, i) => !isThere[i]).map(({ id }) => id))
    batch = []
  }
  for (const image of project.images.iterate()) {
    batch.push(image)
    if (batch.length >= FILES_AT_ONCE) await look()
  }
  await look()
  return missing
}

/**
 * Looks under a folder for files that are missing: an image whose content is known takes a file of
 * that content, another one a file of its size and name. Only where its file lies changes. Files at
 * the same place below the folder as before go first, so that copies do not take each other's place.
 *
 * @throws LexmaskError as `scanFolder`
 */
export async function relinkImages(
  project: ProjectDatabase,
  folder: string,
  tell: (change: RecordsChanged) => void,
): Promise<RelinkedImages> {
  const missing = new MissingImages(project, await findMissing(project))
  const total = missing.count
  const elsewhere: ScannedImage[] = []
  for await (const file of scanFolder(folder)) {
    if (!missing.hasSize(file.bytes) || isOfProject(project, file)) continue
    if (!(await takeFile(file, true))) elsewhere.push(file)
  }
  for (const file of elsewhere) await takeFile(file, false)
  return {
    relinked: total - missing.count,
    missing: missing.names(NAMES_TOLD),
    missingCount: missing.count,
  }

  async function takeFile(file: ScannedImage, isAtSamePlace: boolean): Promise<boolean> {
    const fits = (image: ImageRecord): boolean => !isAtSamePlace || isNamedAs(file, image)
    const { sha256, candidates } = await missing.matching(file, fits)
    const image = candidates.toSorted(
      (a, b) => sharedFolders(file.path, b.name) - sharedFolders(file.path, a.name),
    )[0] as ImageRecord | undefined
    if (!image) return false
    const change = project.transaction(() => {
      const present = project.images.get(image.id)
      if (!present) return null
      const moved = {
        path: pathInProject(project.path, file.path),
        modifiedMs: file.modifiedMs,
        sha256: present.sha256 ?? sha256,
      }
      const after = project.images.update(image.id, moved) ?? present
      return changeBeside(project, diffRecords('image', [present], [after]))
    })
    missing.found(image)
    if (change) tell(change)
    return true
  }
}

/** The ids of images that are looked for, by the size of their files. */
class MissingImages {
  readonly #project: ProjectDatabase
  readonly #idsBySize = new Map<number, Set<number>>()
  count: number

  constructor(project: ProjectDatabase, ids: readonly number[]) {
    this.#project = project
    this.count = ids.length
    for (const id of ids) {
      const { bytes } = project.images.get(id) ?? { bytes: -1 }
      const ofSize = this.#idsBySize.get(bytes) ?? new Set()
      this.#idsBySize.set(bytes, ofSize.add(id))
    }
  }

  hasSize(bytes: number): boolean {
    return (this.#idsBySize.get(bytes)?.size ?? 0) > 0
  }

  /** Those that this file may be of; its hash is null as long as none of them needs it. */
  async matching(
    file: ScannedImage,
    fits: (image: ImageRecord) => boolean,
  ): Promise<{ sha256: string | null; candidates: ImageRecord[] }> {
    const ids = [...(this.#idsBySize.get(file.bytes) ?? [])]
    const images = ids.flatMap((id) => this.#project.images.get(id) ?? []).filter(fits)
    const isNeeded = images.some((image) => image.sha256 !== null)
    const sha256 = isNeeded ? await hashOfFile(file.path) : null
    const candidates = images.filter((image) =>
      image.sha256 === null
        ? basename(image.name) === basename(file.path)
        : image.sha256 === sha256,
    )
    return { sha256, candidates }
  }

  found({ id, bytes }: ImageRecord): void {
    if (this.#idsBySize.get(bytes)?.delete(id)) this.count--
  }

  names(atMost: number): string[] {
    const names: string[] = []
    for (const ids of this.#idsBySize.values()) {
      for (const id of ids) {
        if (names.length >= atMost) return names.sort()
        names.push(this.#project.images.get(id)?.name ?? '')
      }
    }
    return names.sort()
  }
}

function isOfProject(project: ProjectDatabase, { path }: ScannedImage): boolean {
  return project.images.getByPath(pathInProject(project.path, path)) !== null
}

function isNamedAs({ path }: ScannedImage, { name }: ImageRecord): boolean {
  return sharedFolders(path, name) === name.split('/').length
}

/** How many parts a path and a name have in common, from the end on. */
function sharedFolders(path: string, name: string): number {
  const parts = path.split(/[\\/]/).reverse()
  const wanted = name.split('/').reverse()
  const differing = wanted.findIndex((part, i) => part !== parts[i])
  return differing < 0 ? wanted.length : differing
}
