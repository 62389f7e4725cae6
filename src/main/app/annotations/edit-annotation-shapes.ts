import type { CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord, EncodedMask, ImageRecord } from '#shared/contract/records.ts'
import { boxFromXywh, intersectionArea } from '#shared/geometry/box.ts'
import {
  isEmptyRle,
  measureRle,
  rleDifference,
  rleUnionOf,
  type MeasuredRle,
} from '#shared/geometry/rle-algebra.ts'
import { rleFromCocoString, type Rle } from '#shared/geometry/rle.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { requireImage } from '../images/require-image.ts'
import { annotationsNotFound, type Author } from './edit-annotations.ts'
import { undescribed } from '../scoring/propose-annotations.ts'

type ShapeEdit = CommandInput<'annotations.edit'>

export interface EditedShapes {
  readonly change: CommittedChange | null
  readonly createdIds: readonly number[]
}

/**
 * New shapes, as one named step of the image's history.
 *
 * @throws LexmaskError INVALID_INPUT, NOT_FOUND, CONFLICT, MASK_INVALID; GeometryError for a mask
 *   that is malformed. Nothing is changed then
 */
export function editShapes(
  project: ProjectDatabase,
  edit: ShapeEdit,
  madeBy: Author,
): EditedShapes {
  return project.transaction(() => {
    const image = requireImage(project, edit.imageId)
    const all = project.annotations.listForImage(edit.imageId)
    const before = new Map(all.map((annotation) => [annotation.id, annotation]))
    refuseUnfounded(project, edit, before)
    const { created, updated, others } = drawnShapes(project, edit, image, all)

    const after = new Map(before)
    for (const { annotationId } of edit.remove) after.delete(annotationId)
    edit.update.forEach(({ annotationId, classId }, index) => {
      const annotation = before.get(annotationId) as AnnotationRecord
      reshape(
        project,
        after,
        { ...annotation, classId: classId ?? annotation.classId },
        updated[index],
      )
    })
    for (const [annotation, mask] of others) reshape(project, after, annotation, mask)
    const createdIds = project.annotations.reserveIds(edit.create.length)
    edit.create.forEach(({ classId, like }, index) => {
      const id = createdIds[index]
      const original = like === null ? null : (before.get(like) as AnnotationRecord)
      const { hash: maskHash, bbox, area } = project.masks.put(created[index])
      after.set(id, {
        ...(original === null ? { ...DRAWN, ...undescribed(id) } : partOf(original)),
        ...{ id, position: id, imageId: edit.imageId, classId, maskHash, bbox, area },
      })
    })
    const diff = diffRecords('annotation', all, [...after.values()])
    const { imageId, step: label } = edit
    return { change: project.history.commitChange({ imageId, label, diff, madeBy }), createdIds }
  })
}

const DRAWN = {
  score: null,
  state: 'accepted',
  origin: 'person',
  candidateId: null,
  provenance: null,
} as const

/** Neither the candidate nor its score is that of a part. */
function partOf(original: AnnotationRecord): AnnotationRecord {
  return { ...original, score: null, candidateId: null, state: 'edited' }
}

/** Everything named is there, is named once, and looks as the person saw it. */
function refuseUnfounded(
  project: ProjectDatabase,
  { create, update, remove }: ShapeEdit,
  before: ReadonlyMap<number, AnnotationRecord>,
): void {
  const named = [...update, ...remove]
  const ids = named.map(({ annotationId }) => annotationId)
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
  if (twice.length > 0) {
    throw new LexmaskError('INVALID_INPUT', 'An edit can name an annotation once.', {
      annotationIds: twice,
    })
  }
  const missing = [...ids, ...create.flatMap(({ like }) => like ?? [])].filter(
    (id) => !before.has(id),
  )
  if (missing.length > 0) throw annotationsNotFound(missing)
  const stale = named.filter(
    ({ annotationId, expectedMaskHash }) => before.get(annotationId)?.maskHash !== expectedMaskHash,
  )
  if (stale.length > 0) {
    throw new LexmaskError(
      'CONFLICT',
      'The mask was changed in the meantime. Look at it and make your change again.',
      { annotationIds: stale.map(({ annotationId }) => annotationId) },
    )
  }
  const classIds = new Set([...create, ...update].flatMap(({ classId }) => classId ?? []))
  const missingClasses = [...classIds].filter((id) => project.vocabulary.getClass(id) === null)
  if (missingClasses.length > 0) {
    throw new LexmaskError('NOT_FOUND', 'The class is not there any more. Choose another one.', {
      classIds: missingClasses,
    })
  }
}

interface DrawnShapes {
  /** In the order of the edit's `create`; none is empty. */
  readonly created: readonly Rle[]
  /** In the order of the edit's `update`. */
  readonly updated: readonly Rle[]
  /** What the new shapes cut. */
  readonly others: readonly (readonly [AnnotationRecord, Rle])[]
}

function drawnShapes(
  project: ProjectDatabase,
  { create, update, remove, overlap }: ShapeEdit,
  image: ImageRecord,
  all: readonly AnnotationRecord[],
): DrawnShapes {
  const created = create.map(({ mask }) => maskOfImage(mask, image))
  const updated = update.map(({ mask }) => maskOfImage(mask, image))
  refuseEmpty(created, 'The new mask has no pixel. Draw it again.')
  if (overlap === 'keep') return { created, updated, others: [] }

  const named = new Set([...update, ...remove].map(({ annotationId }) => annotationId))
  const drawn = [...created, ...updated].map(measureRle)
  const positionById = new Map(all.map(({ id, position }) => [id, position]))
  const positions = [
    ...created.map(() => Infinity),
    ...update.map(({ annotationId }) => positionById.get(annotationId) as number),
  ]
  const others = all.filter(
    (one) =>
      !named.has(one.id) &&
      one.state !== 'rejected' &&
      !one.isCrowd &&
      drawn.some(({ bbox }) => haveCommonPixels(bbox, one.bbox)),
  )
  const masks = masksOf(project, others)
  const left = drawn.map((mask, index) =>
    without(
      mask,
      masks.filter((_, other) => cutsNew(overlap, others[other].position, positions[index])),
    ),
  )
  const leftOfCreated = left.slice(0, created.length)
  refuseEmpty(
    leftOfCreated,
    'Nothing of the new mask is left where other annotations are not. Draw it elsewhere, or let the others give way.',
  )
  const cutting = left.map(measureRle)
  const cut = others.map((annotation, other): readonly [AnnotationRecord, Rle] => {
    const by = cutting.filter((_, index) =>
      cutsOther(overlap, positions[index], annotation.position),
    )
    return [annotation, without(masks[other], by)]
  })
  return { created: leftOfCreated, updated: left.slice(created.length), others: cut }
}

type Overlap = ShapeEdit['overlap']

function cutsNew(overlap: Overlap, positionOfOther: number, positionOfNew: number): boolean {
  return overlap === 'cut-new' || (overlap === 'cut-lower' && positionOfOther > positionOfNew)
}

function cutsOther(overlap: Overlap, positionOfNew: number, positionOfOther: number): boolean {
  return overlap === 'cut-others' || (overlap === 'cut-lower' && positionOfNew > positionOfOther)
}

function masksOf(
  project: ProjectDatabase,
  annotations: readonly AnnotationRecord[],
): MeasuredRle[] {
  const masks = project.masks.getMany(annotations.map(({ maskHash }) => maskHash))
  return annotations.map(({ maskHash, bbox, area }) => {
    const mask = masks.get(maskHash)
    if (mask === undefined) throw new Error(`The mask ${maskHash} is not stored.`)
    return { rle: rleFromCocoString(mask.counts, mask), bbox, area }
  })
}

/** @throws LexmaskError MASK_INVALID; GeometryError for counts that are no mask of its size */
function maskOfImage(mask: EncodedMask, { id, width, height }: ImageRecord): Rle {
  if (mask.width !== width || mask.height !== height) {
    throw new LexmaskError(
      'MASK_INVALID',
      width === null || height === null
        ? 'The size of this image is not known yet. Open it again, then draw.'
        : `The mask is ${mask.width} × ${mask.height}, its image ${width} × ${height}.`,
      { imageId: id },
    )
  }
  return rleFromCocoString(mask.counts, mask)
}

function refuseEmpty(masks: readonly Rle[], message: string): void {
  if (masks.some(isEmptyRle)) throw new LexmaskError('MASK_INVALID', message)
}

function without(mask: MeasuredRle, others: readonly MeasuredRle[]): Rle {
  const meeting = others.filter(({ bbox }) => haveCommonPixels(bbox, mask.bbox))
  if (meeting.length === 0) return mask.rle
  return rleDifference(
    mask.rle,
    rleUnionOf(
      meeting.map(({ rle }) => rle),
      mask.rle,
    ),
  )
}

function haveCommonPixels(a: AnnotationRecord['bbox'], b: AnnotationRecord['bbox']): boolean {
  return intersectionArea(boxFromXywh(a), boxFromXywh(b)) > 0
}

/** Gives an annotation a mask: deletes it with an empty one, and leaves it be with the one it has. */
function reshape(
  project: ProjectDatabase,
  annotations: Map<number, AnnotationRecord>,
  annotation: AnnotationRecord,
  mask: Rle,
): void {
  if (isEmptyRle(mask)) {
    annotations.delete(annotation.id)
    return
  }
  const { hash: maskHash, bbox, area } = project.masks.put(mask)
  const present = annotations.get(annotation.id)
  if (present?.maskHash === maskHash && present.classId === annotation.classId) return
  annotations.set(annotation.id, { ...annotation, maskHash, bbox, area, state: 'edited' })
}
