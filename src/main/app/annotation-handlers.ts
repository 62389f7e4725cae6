import type { ChangeReceipt } from '#shared/contract/commands.ts'
import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import { requireImage, type AppServices } from './app-services.ts'
import { listOpenCandidates, promoteCandidate } from './candidates.ts'
import { deleteAnnotations, receiptOf, setClass, setState } from './edit-annotations.ts'
import { editShapes } from './edit-annotation-shapes.ts'
import { historyOf } from './image-handlers.ts'
import { stepVocabularyHistory } from './replace-vocabulary.ts'
import { undoRun } from './undo-run.ts'

type AnnotationHandlers = Pick<
  ProjectHandlers,
  Extract<
    keyof ProjectHandlers,
    | `annotations.${string}`
    | `masks.${string}`
    | `candidates.${string}`
    | `review.${string}`
    | `history.${string}`
  >
>

export function annotationHandlers(services: AppServices): AnnotationHandlers {
  const { project, scorers } = services
  const receipt = (change: CommittedChange | null): ChangeReceipt => {
    services.tell(change)
    return receiptOf(project, change)
  }
  return {
    'annotations.list': ({ imageId }) => project.annotations.listForImage(imageId),
    'annotations.edit': (input) => {
      const { change, createdIds } = editShapes(project, input)
      return { ...receipt(change), createdIds }
    },
    'annotations.delete': (input) => receipt(deleteAnnotations(project, input)),
    'annotations.setClass': (input) => receipt(setClass(project, input)),
    'annotations.setState': (input) => receipt(setState(project, input)),
    'masks.get': ({ hashes }) => [...project.masks.getMany(hashes).values()],

    'candidates.list': ({ imageId }) => {
      requireImage(project, imageId)
      return listOpenCandidates(project, scorers, imageId)
    },
    'candidates.promote': async (input) => {
      requireImage(project, input.imageId)
      return receipt(await promoteCandidate(project, scorers, input))
    },

    'review.queue': ({ classId, limit }) =>
      project.read(() => ({
        waiting: project.annotations.countWaiting(classId),
        judged: project.annotations
          .countByClass()
          .filter((one) => one.state !== 'proposed' && (classId ?? one.classId) === one.classId)
          .reduce((sum, { count }) => sum + count, 0),
        items: project.annotations.listWaiting(classId, limit),
      })),

    'history.get': ({ imageId }) => historyOf(project, imageId),
    'history.undo': ({ imageId }) => stepHistory(services, imageId, 'undo'),
    'history.redo': ({ imageId }) => stepHistory(services, imageId, 'redo'),
    'history.undoRun': ({ runId }) => undoRun(project, runId, services.tell),
  }
}

async function stepHistory(
  { project, rescoring, tell }: AppServices,
  imageId: number | null,
  direction: 'undo' | 'redo',
): Promise<ReturnType<typeof historyOf>> {
  if (imageId === null) {
    await stepVocabularyHistory(project, direction, tell)
  } else {
    tell(project.transaction(() => project.history[direction](imageId)))
    // What cannot be scored, for want of a pack, only waits further back in the queue.
    await rescoring.fillDoubts(imageId).catch(() => undefined)
  }
  return historyOf(project, imageId)
}
