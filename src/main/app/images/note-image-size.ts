import type { RecordsChanged } from '#shared/contract/events.ts'
import type { Size } from '#shared/geometry/size.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { changeBeside } from './change-beside.ts'

/**
 * Keeps the size of an image that was decoded for the first time: without it, nobody could draw on
 * an image that no run has seen. null when the size is known, or the project is open to read.
 *
 * @param size of the image as it is, upright; not of a copy
 */
export function noteImageSize(
  project: ProjectDatabase,
  imageId: number,
  { height, width }: Size,
): RecordsChanged | null {
  if (project.isReadOnly || project.images.get(imageId)?.width !== null) return null
  return project.transaction(() => {
    const before = project.images.get(imageId)
    if (before === null || before.width !== null) return null
    const after = project.images.update(imageId, { height, width }) ?? before
    return changeBeside(project, diffRecords('image', [before], [after]))
  })
}
