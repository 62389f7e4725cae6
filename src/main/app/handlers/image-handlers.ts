import type { HistoryState } from '#shared/contract/commands.ts'
import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { addImages } from '../images/add-images.ts'
import type { AppServices } from './app-services.ts'
import { requireImage } from '../images/require-image.ts'
import { findDuplicates } from '../images/find-duplicates.ts'
import { findMissing, relinkImages } from '../images/relink-images.ts'
import { removeImages } from '../images/remove-images.ts'
import { setStatus } from '../images/review-images.ts'

type ImageHandlers = Pick<ProjectHandlers, Extract<keyof ProjectHandlers, `images.${string}`>>

export function imageHandlers({
  project,
  similar,
  reviewerName,
  tell,
  events,
}: AppServices): ImageHandlers {
  /** What is being added. */
  const additions = new Set<AbortController>()
  return {
    'images.list': ({ filter, ...page }) => project.images.list(filter, page),
    'images.ids': ({ filter, order, isDescending }) => ({
      imageIds: project.images.listIds(filter, order, isDescending),
    }),
    'images.get': ({ imageIds }) => project.images.listSummaries(imageIds),
    'images.open': ({ imageId }) =>
      project.read(() => {
        const image = requireImage(project, imageId)
        const annotations = project.annotations.listForImage(imageId)
        const hashes = [...new Set(annotations.map(({ maskHash }) => maskHash))]
        return {
          image,
          annotations,
          masks: [...project.masks.getMany(hashes).values()],
          history: historyOf(project, imageId),
          revision: project.meta.revision(),
        }
      }),
    'images.add': async ({ paths }) => {
      const addition = new AbortController()
      additions.add(addition)
      try {
        const { added, known, skipped, isStopped } = await addImages(project, paths, {
          tell,
          tellFound: (found) => events.emit('adding.progress', { found }),
          signal: addition.signal,
        })
        return { added, known, skipped, isStopped }
      } finally {
        additions.delete(addition)
      }
    },
    'images.stopAdding': () => {
      const wasAdding = additions.size > 0
      for (const addition of additions) addition.abort()
      return { wasAdding }
    },
    'images.remove': async ({ imageIds }) => ({
      removed: await removeImages(project, imageIds, tell),
    }),
    'images.setStatus': async (input) => ({
      changed: await setStatus(project, input, reviewerName(), tell),
    }),
    'images.duplicates': async ({ similar: isSimilar }) => {
      similar.stop()
      if (isSimilar) return similar.find()
      return { groups: await findDuplicates(project, tell), unread: 0, isSuperseded: false }
    },
    'images.missing': async () => ({ imageIds: await findMissing(project) }),
    'images.relink': ({ folder }) => relinkImages(project, folder, tell),
  }
}

/** What undo and redo would do next, in an image or in the vocabulary. */
export function historyOf(project: ProjectDatabase, imageId: number | null): HistoryState {
  return {
    undo: project.changes.lastUndoable(imageId),
    redo: project.changes.lastRedoable(imageId),
  }
}
