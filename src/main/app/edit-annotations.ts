import type { ChangeReceipt, CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/** Edits of annotations by a person: each is one named step of its image's history. */

export function setMask(
  project: ProjectDatabase,
  { annotationId, expectedMaskHash, mask }: CommandInput<'annotations.update'>,
): CommittedChange | null {
  const annotation = project.annotations.get(annotationId)
  if (!annotation) throw notFound([annotationId])
  if (annotation.maskHash !== expectedMaskHash) {
    throw new LexmaskError(
      'CONFLICT',
      'The mask was changed in the meantime. Look at it and make your change again.',
      { annotationId },
    )
  }
  const image = project.images.get(annotation.imageId)
  if (image?.width !== mask.width || image.height !== mask.height) {
    throw new LexmaskError(
      'MASK_INVALID',
      `The mask is ${mask.width} × ${mask.height}, its image ${image?.width} × ${image?.height}.`,
      { annotationId },
    )
  }
  return project.transaction(() => {
    const { hash, bbox, area } = project.masks.put(rleFromCocoString(mask.counts, mask))
    return edit(project, annotation.imageId, [annotationId], 'Edit mask', (before) => ({
      ...before,
      maskHash: hash,
      bbox,
      area,
      state: 'edited',
    }))
  })
}

export function deleteAnnotations(
  project: ProjectDatabase,
  { imageId, annotationIds }: CommandInput<'annotations.delete'>,
): CommittedChange | null {
  return project.transaction(() => edit(project, imageId, annotationIds, 'Delete', () => null))
}

export function setClass(
  project: ProjectDatabase,
  { imageId, annotationIds, classId }: CommandInput<'annotations.setClass'>,
): CommittedChange | null {
  return project.transaction(() =>
    edit(project, imageId, annotationIds, 'Change class', (before) =>
      before.classId === classId ? before : { ...before, classId, state: 'edited' },
    ),
  )
}

export function setState(
  project: ProjectDatabase,
  { imageId, annotationIds, state }: CommandInput<'annotations.setState'>,
): CommittedChange | null {
  const label = { accepted: 'Accept', rejected: 'Reject', proposed: 'Propose again' }[state]
  return project.transaction(() =>
    edit(project, imageId, annotationIds, label, (before) => ({ ...before, state })),
  )
}

/** @param change gives the record as it is to be, or null to delete it */
function edit(
  project: ProjectDatabase,
  imageId: number,
  annotationIds: readonly number[],
  label: string,
  change: (before: AnnotationRecord) => AnnotationRecord | null,
): CommittedChange | null {
  const all = project.annotations.listForImage(imageId)
  const missing = annotationIds.filter((id) => !all.some((annotation) => annotation.id === id))
  if (missing.length > 0) throw notFound(missing)
  const before = all.filter(({ id }) => annotationIds.includes(id))
  const after = before.flatMap((annotation) => change(annotation) ?? [])
  return project.history.commitChange({
    imageId,
    label,
    diff: diffRecords('annotation', before, after),
  })
}

export function receiptOf(project: ProjectDatabase, change: CommittedChange | null): ChangeReceipt {
  return {
    changeId: change?.changeId ?? null,
    revision: change?.revision ?? project.meta.revision(),
  }
}

function notFound(annotationIds: readonly number[]): LexmaskError {
  return new LexmaskError(
    'NOT_FOUND',
    'An annotation is not there any more; it may have been deleted or made anew by a run.',
    { annotationIds },
  )
}
