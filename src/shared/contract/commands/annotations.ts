import { z } from 'zod'
import type { XywhBox } from '#shared/geometry/box.ts'
import type { AnnotationRecord, ChangeSummary, MaskRecord } from '../records.ts'
import { answering, id, ids } from './command.ts'

const encodedMaskSchema = z.strictObject({
  height: z.int().positive(),
  width: z.int().positive(),
  /** COCO's compressed RLE. */
  counts: z.string().min(1),
})

const annotationSelection = {
  /** A change belongs to the history of one image. */
  imageId: id,
  annotationIds: ids,
}

/** The history of an image, or of the vocabulary. */
const historyOwner = z.strictObject({ imageId: id.nullable() })

/** The change that an edit made; `changeId` is null when there was nothing to change. */
export interface ChangeReceipt {
  readonly changeId: number | null
  readonly revision: number
}

/** What undo and redo would do next. */
export interface HistoryState {
  readonly undo: ChangeSummary | null
  readonly redo: ChangeSummary | null
}

export interface UndoneRun {
  readonly undoneImageIds: readonly number[]
  /** Images that were edited since in a way that does not let the run be taken back. */
  readonly conflictingImageIds: readonly number[]
}

/** A region called by a class, whatever the threshold says. */
export interface ScoredCandidate {
  readonly candidateId: number
  readonly classId: number
  readonly score: number
  readonly maskHash: string
  readonly bbox: XywhBox
  readonly area: number
}

export interface ReviewItem {
  readonly annotationId: number
  readonly imageId: number
  /** 0..1; the highest is asked first. */
  readonly uncertainty: number
  /** What makes it uncertain most. */
  readonly reason: 'threshold' | 'rival' | 'disagreement'
}

export interface ReviewQueue {
  /** Proposals that wait, in all. */
  readonly waiting: number
  /** Annotations that a person has judged. */
  readonly judged: number
  /** The most uncertain first. */
  readonly items: readonly ReviewItem[]
}

export const annotationCommands = {
  'annotations.list': answering<readonly AnnotationRecord[]>()(z.strictObject({ imageId: id })),
  /** A new shape. */
  'annotations.update': answering<ChangeReceipt>()(
    z.strictObject({
      annotationId: id,
      /** The mask that was edited; another one now is a CONFLICT. */
      expectedMaskHash: z.string(),
      mask: encodedMaskSchema,
    }),
  ),
  'annotations.delete': answering<ChangeReceipt>()(z.strictObject(annotationSelection)),
  'annotations.setClass': answering<ChangeReceipt>()(
    z.strictObject({ ...annotationSelection, classId: id }),
  ),
  'annotations.setState': answering<ChangeReceipt>()(
    z.strictObject({ ...annotationSelection, state: z.enum(['proposed', 'accepted', 'rejected']) }),
  ),
  'masks.get': answering<readonly MaskRecord[]>()(
    z.strictObject({ hashes: z.array(z.string()).min(1).max(10_000) }),
  ),

  /**
   * All that could be annotations of an image at some threshold, the best first; without what is an
   * object that a person has dealt with.
   */
  'candidates.list': answering<readonly ScoredCandidate[]>()(z.strictObject({ imageId: id })),
  /** A candidate under the threshold becomes an accepted annotation. */
  'candidates.promote': answering<ChangeReceipt>()(
    z.strictObject({ imageId: id, candidateId: id, classId: id }),
  ),

  'review.queue': answering<ReviewQueue>()(
    z.strictObject({
      classId: id.nullable().default(null),
      limit: z.int().min(1).max(1000).default(200),
    }),
  ),

  'history.get': answering<HistoryState>()(historyOwner),
  'history.undo': answering<HistoryState>()(historyOwner),
  'history.redo': answering<HistoryState>()(historyOwner),
  'history.undoRun': answering<UndoneRun>()(z.strictObject({ runId: id })),
} as const
