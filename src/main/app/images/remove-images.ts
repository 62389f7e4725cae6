import { setImmediate } from 'node:timers/promises'
import type { RecordsChanged } from '#shared/contract/events.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { changeBeside } from './change-beside.ts'

/** Images in one transaction. */
const IMAGES_AT_ONCE = 20

/** With all that is known of them; the files stay. How many there were. */
export async function removeImages(
  project: ProjectDatabase,
  imageIds: readonly number[],
  tell: (change: RecordsChanged) => void,
): Promise<number> {
  let removed = 0
  for (let from = 0; from < imageIds.length; from += IMAGES_AT_ONCE) {
    const batch = imageIds.slice(from, from + IMAGES_AT_ONCE)
    const change = project.transaction(() => {
      const images = [...new Set(batch)].flatMap((id) => project.images.get(id) ?? [])
      const annotations = images.flatMap(({ id }) => project.annotations.listForImage(id))
      for (const { id } of images) project.images.delete(id)
      removed += images.length
      if (images.length === 0) return null
      const ofImages = diffRecords('image', images, []).removed
      const ofAnnotations = diffRecords('annotation', annotations, []).removed
      return changeBeside(project, {
        added: {},
        updated: {},
        removed: { ...ofImages, ...ofAnnotations },
      })
    })
    if (change) tell(change)
    await setImmediate()
  }
  return removed
}
