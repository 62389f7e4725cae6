import type { ChangeReceipt, EditReceipt } from '#shared/contract/commands.ts'
import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { AppServices } from './app-services.ts'
import { requireImage } from '../images/require-image.ts'
import { listOpenCandidates, promoteCandidate } from '../annotations/candidates.ts'
import { addTime, reviewOfImage } from '../annotations/annotation-reviews.ts'
import { duplicateAnnotations } from '../annotations/duplicate-annotations.ts'
import { editShapes, type EditedShapes } from '../annotations/edit-annotation-shapes.ts'
import {
  deleteAnnotations,
  receiptOf,
  reorder,
  setAttributes,
  setClass,
  setFlags,
  setState,
} from '../annotations/edit-annotations.ts'
import { historyOf } from './image-handlers.ts'
import { stepVocabularyHistory } from '../vocabulary/replace-vocabulary.ts'
import { undoRun } from '../labelling/undo-run.ts'

type AnnotationHandlers = Pick<
  ProjectHandlers,
  Extract<
    keyof ProjectHandlers,
    | `annotations.${string}`
    | 'masks.get'
    | `candidates.${string}`
    | `review.${string}`
    | `history.${string}`
  >
>

export function annotationHandlers(services: AppServices): AnnotationHandlers {
  const { project, reviewerName, scorers } = services
  const receipt = (change: CommittedChange | null): ChangeReceipt => {
    services.tell(change)
    return receiptOf(project, change)
  }
  const editReceipt = ({ change, createdIds }: EditedShapes): EditReceipt => ({
    ...receipt(change),
    createdIds,
  })
  return {
    'annotations.list': ({ imageId }) => project.annotations.listForImage(imageId),
    'annotations.edit': (input) => editReceipt(editShapes(project, input, reviewerName())),
    'annotations.delete': (input) => receipt(deleteAnnotations(project, input, reviewerName())),
    'annotations.setClass': (input) => receipt(setClass(project, input, reviewerName())),
    'annotations.setState': (input) => receipt(setState(project, input, reviewerName())),
    'annotations.setFlags': (input) => receipt(setFlags(project, input, reviewerName())),
    'annotations.setAttributes': (input) => receipt(setAttributes(project, input, reviewerName())),
    'annotations.reorder': (input) => receipt(reorder(project, input, reviewerName())),
    'annotations.duplicate': (input) =>
      editReceipt(duplicateAnnotations(project, input, reviewerName())),
    'masks.get': ({ hashes }) => [...project.masks.getMany(hashes).values()],

    'candidates.list': ({ imageId }) => {
      requireImage(project, imageId)
      return listOpenCandidates(project, scorers, imageId)
    },
    'candidates.promote': async (input) => {
      requireImage(project, input.imageId)
      return receipt(await promoteCandidate(project, scorers, input, reviewerName()))
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

    'review.ofImage': ({ imageId }) => reviewOfImage(project, imageId),
    'review.addTime': (input) => addTime(project, input),

    'history.get': ({ imageId }) => historyOf(project, imageId),
    'history.list': ({ imageId, limit }) => project.changes.listNewest(imageId, limit),
    'history.undo': ({ imageId }) => stepHistory(services, imageId, 'undo'),
    'history.redo': ({ imageId }) => stepHistory(services, imageId, 'redo'),
    'history.undoRun': ({ runId }) => undoRun(project, runId, reviewerName(), services.tell),
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
