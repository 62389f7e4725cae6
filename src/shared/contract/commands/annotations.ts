import { z } from 'zod'
import type { XywhBox } from '#shared/geometry/box.ts'
import { attributeNameSchema, attributeValueSchema } from '../attributes.ts'
import type { AnnotationRecord, ChangeSummary, MaskRecord } from '../records.ts'
import { answering, id, ids } from './command.ts'

export const encodedMaskSchema = z.strictObject({
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

const expectedAnnotation = {
  annotationId: id,
  /** The mask that the person saw; another one now is a CONFLICT. */
  expectedMaskHash: z.string(),
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

/** The change that an edit of shapes made. */
export interface EditReceipt extends ChangeReceipt {
  /** Ids of the annotations that `create` asked for, in its order. */
  readonly createdIds: readonly number[]
}

/** What the history calls an edit of shapes; the window translates it. */
export const EDIT_STEPS = [
  'Draw polygon',
  'Draw box',
  'Paint',
  'Erase',
  'Box to mask',
  'Points to mask',
  'Move',
  'Edit vertices',
  'Simplify',
  'Snap to edge',
  'Cut a hole',
  'Fill holes',
  'Keep largest part',
  'Split',
  'Split parts',
  'Merge',
  'Subtract',
  'Intersect',
  'Grow',
  'Shrink',
  'Smooth',
  'Duplicate',
] as const
export type EditStep = (typeof EDIT_STEPS)[number]

/** What is known of an annotation beside what it is. */
export interface AnnotationReview {
  readonly annotationId: number
  /** Who made the last step that changed it and still holds; null when only the application did. */
  readonly judgedBy: string | null
  /** When that was. */
  readonly judgedMs: number | null
  /** While it was the one that was selected. */
  readonly secondsSpent: number
}

export interface ImageReview {
  /** On the image as a whole, its annotations included. */
  readonly secondsSpent: number
  /** Of the annotations that there are, by id. */
  readonly annotations: readonly AnnotationReview[]
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
  /**
   * New shapes in one image: one named step, in the file as a whole or not at all. Masks are of the
   * image's size, in pixels of the upright image.
   *
   * - A created annotation is drawn by a person and accepted. `like` makes it a part of another one
   *   instead: flags, origin and provenance are that one's, and its state is edited.
   * - An updated one becomes edited; when its mask is empty, it is deleted.
   * - What was neither changed nor cut stays as it is; when that is everything, `changeId` is null.
   *
   * CONFLICT when a mask is not the expected one any more, NOT_FOUND for an annotation or class that
   * is gone, MASK_INVALID for a mask of another size, a malformed one, and a created one that is
   * empty or that `cut-new` leaves nothing of.
   */
  'annotations.edit': answering<EditReceipt>()(
    z.strictObject({
      imageId: id,
      step: z.enum(EDIT_STEPS),
      create: z
        .array(
          z.strictObject({
            classId: id,
            mask: encodedMaskSchema,
            /** An annotation of this image as it was before the edit; it may be removed by it. */
            like: id.nullable().default(null),
          }),
        )
        .max(1000)
        .default([]),
      update: z
        .array(
          z.strictObject({
            ...expectedAnnotation,
            mask: encodedMaskSchema,
            classId: id.optional(),
          }),
        )
        .max(1000)
        .default([]),
      remove: z.array(z.strictObject(expectedAnnotation)).max(1000).default([]),
      /**
       * What gives way where the masks of `create` and `update` meet other annotations, which are
       * those that the edit does not name, without rejected ones and crowds. Others that are cut
       * become edited, and are deleted when nothing is left of them. `cut-lower` takes each pixel
       * from the one that lies below (`position`); what is created lies on top.
       */
      overlap: z.enum(['keep', 'cut-new', 'cut-others', 'cut-lower']).default('keep'),
    }),
  ),
  'annotations.delete': answering<ChangeReceipt>()(z.strictObject(annotationSelection)),
  'annotations.setClass': answering<ChangeReceipt>()(
    z.strictObject({ ...annotationSelection, classId: id }),
  ),
  'annotations.setState': answering<ChangeReceipt>()(
    z.strictObject({ ...annotationSelection, state: z.enum(['proposed', 'accepted', 'rejected']) }),
  ),
  /**
   * Marks; those that are left out stay. With attributes, this makes a proposal edited and leaves
   * other states as they are.
   */
  'annotations.setFlags': answering<ChangeReceipt>()(
    z.strictObject({
      ...annotationSelection,
      flags: z.strictObject({
        /** A region of many objects; the export writes it as COCO's iscrowd. */
        isCrowd: z.boolean().optional(),
        isOccluded: z.boolean().optional(),
        isTruncated: z.boolean().optional(),
      }),
    }),
  ),
  /**
   * Values by name; null takes an own value away, and names that are left out stay. INVALID_INPUT
   * for a value that its definition does not allow, and for a name that is not defined, also for
   * the class of one of the annotations.
   */
  'annotations.setAttributes': answering<ChangeReceipt>()(
    z.strictObject({
      ...annotationSelection,
      attributes: z.record(attributeNameSchema, attributeValueSchema.nullable()),
    }),
  ),
  /**
   * Stacking order: the annotations in their new order, the lowest first. They share the places
   * that they have now; others keep theirs. So one may give all of them, or those on show.
   */
  'annotations.reorder': answering<ChangeReceipt>()(z.strictObject(annotationSelection)),
  /**
   * Accepted copies on top of what is there, in their order, with class, mask, flags and
   * attributes: one step, "Duplicate", of the image that gets them. INVALID_INPUT for an image of
   * another size.
   */
  'annotations.duplicate': answering<EditReceipt>()(
    z.strictObject({ fromImageId: id, annotationIds: ids, toImageId: id }),
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

  /** Who judged the annotations of an image and when, and how long it took. */
  'review.ofImage': answering<ImageReview>()(z.strictObject({ imageId: id })),
  /**
   * Time that a person was at work on an image: it was on show, the window had the focus and was in
   * use. The window tells it every now and then and before it leaves the image. Beside the history;
   * not for a project that is open read-only.
   */
  'review.addTime': answering<{ readonly secondsSpent: number }>()(
    z.strictObject({
      imageId: id,
      /** The annotation that was selected meanwhile; null for none or several. */
      annotationId: id.nullable().default(null),
      seconds: z.number().min(0).max(3600),
    }),
  ),

  'history.get': answering<HistoryState>()(historyOwner),
  /** The steps, the newest first; those that are undone are before the others. */
  'history.list': answering<readonly ChangeSummary[]>()(
    historyOwner.extend({ limit: z.int().min(1).max(1000).default(200) }),
  ),
  'history.undo': answering<HistoryState>()(historyOwner),
  'history.redo': answering<HistoryState>()(historyOwner),
  'history.undoRun': answering<UndoneRun>()(z.strictObject({ runId: id })),
} as const
