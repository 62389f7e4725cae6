import { stat } from 'node:fs/promises'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type { ImageRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { fileOfImage } from './add-images.ts'
import { changeBeside } from './change-beside.ts'
import { hashOfFile } from './hash-file.ts'

/** Files that are read at once: more would only make a disk jump. */
const FILES_AT_ONCE = 4

/**
 * Groups of images with the same content, by id. Only files that share their size with another and
 * were never read are read, and what they are is kept; those that cannot be read are in no group.
 */
export async function findDuplicates(
  project: ProjectDatabase,
  tell: (change: RecordsChanged) => void,
): Promise<number[][]> {
  const unread = project.isReadOnly ? [] : project.images.listUnreadOfSharedSize()
  for (let from = 0; from < unread.length; from += FILES_AT_ONCE) {
    const images = unread
      .slice(from, from + FILES_AT_ONCE)
      .flatMap((id) => project.images.get(id) ?? [])
    const hashes = await Promise.all(images.map((image) => hashOfImage(project, image)))
    const change = project.transaction(() => {
      const before = images.filter(({ id, sha256 }, i) => {
        const present = project.images.get(id)
        return hashes[i] !== null && present?.sha256 === sha256
      })
      if (before.length === 0) return null
      const after = before.map((image) => {
        const sha256 = hashes[images.indexOf(image)]
        return project.images.update(image.id, { sha256 }) ?? image
      })
      return changeBeside(project, diffRecords('image', before, after))
    })
    if (change) tell(change)
  }
  return project.images.listSameContent()
}

/** null when the file is not the one that the project knows. */
async function hashOfImage(project: ProjectDatabase, image: ImageRecord): Promise<string | null> {
  const file = fileOfImage(project.path, image.path)
  const facts = await stat(file).catch(() => null)
  const isSame = facts?.size === image.bytes && facts.mtimeMs === image.modifiedMs
  return isSame ? hashOfFile(file) : null
}
