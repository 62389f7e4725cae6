import { setImmediate } from 'node:timers/promises'
import type { UndoneRun } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/** Images in one transaction. */
const IMAGES_AT_ONCE = 20

/** Takes back what a run did, as one step in the history of each image. */
export async function undoRun(
  project: ProjectDatabase,
  runId: number,
  madeBy: string | null,
  tell: (change: CommittedChange) => void,
): Promise<UndoneRun> {
  const undoneImageIds: number[] = []
  const conflictingImageIds: number[] = []
  for (const { id } of project.jobs.listForRun(runId)) {
    const imageIds = project.changes.listImageIdsOfJob(id)
    for (let from = 0; from < imageIds.length; from += IMAGES_AT_ONCE) {
      const changes = project.transaction(() =>
        imageIds.slice(from, from + IMAGES_AT_ONCE).flatMap((imageId) => {
          const change = undoInImage(project, { jobId: id, imageId, madeBy })
          if (change === 'conflict') conflictingImageIds.push(imageId)
          return change === 'conflict' || change === null ? [] : change
        }),
      )
      undoneImageIds.push(...changes.flatMap(({ imageId }) => imageId ?? []))
      changes.forEach(tell)
      await setImmediate()
    }
  }
  return { undoneImageIds, conflictingImageIds }
}

function undoInImage(
  project: ProjectDatabase,
  { jobId, imageId, madeBy }: { jobId: number; imageId: number; madeBy: string | null },
): CommittedChange | 'conflict' | null {
  try {
    return project.history.undoJob(jobId, imageId, { label: 'Undo auto-label', madeBy })
  } catch (error) {
    if (error instanceof LexmaskError && error.code === 'CONFLICT') return 'conflict'
    throw error
  }
}
