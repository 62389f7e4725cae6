import { setImmediate } from 'node:timers/promises'
import type { CommandInput } from '#shared/contract/commands.ts'
import type { ImageRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/** Images in one transaction. */
const IMAGES_AT_ONCE = 50

const LABELS = { reviewed: 'Finish review', labelled: 'Review again' } as const

/**
 * A person is done with images, or wants to look at them again: a step of the history of each. How
 * many there were; images that are so already, or were removed, are left out.
 */
export async function setStatus(
  project: ProjectDatabase,
  { imageIds, status }: CommandInput<'images.setStatus'>,
  madeBy: string | null,
  tell: (change: CommittedChange) => void,
): Promise<number> {
  let changed = 0
  for (let from = 0; from < imageIds.length; from += IMAGES_AT_ONCE) {
    const batch = imageIds.slice(from, from + IMAGES_AT_ONCE)
    const changes = project.transaction(() =>
      batch.flatMap((imageId) => {
        const before = project.images.get(imageId)
        if (!before) return []
        const diff = diffRecords('image', [before], [withStatus(before, status)])
        return project.history.commitChange({ imageId, label: LABELS[status], diff, madeBy }) ?? []
      }),
    )
    changed += changes.length
    changes.forEach(tell)
    await setImmediate()
  }
  return changed
}

function withStatus(image: ImageRecord, status: 'labelled' | 'reviewed'): ImageRecord {
  // Only a finished review can be taken up again: an image without labels stays new.
  if (status === 'labelled') return image.status === 'reviewed' ? { ...image, status } : image
  // Who finishes an image that no run could label has labelled it.
  return { ...image, status, error: null }
}
