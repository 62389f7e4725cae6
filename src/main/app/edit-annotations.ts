import type { ChangeReceipt, CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/** Edits of annotations other than of their shapes: each is one named step of its image's history. */

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
  if (missing.length > 0) throw annotationsNotFound(missing)
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

export function annotationsNotFound(annotationIds: readonly number[]): LexmaskError {
  return new LexmaskError(
    'NOT_FOUND',
    'An annotation is not there any more; it may have been deleted or made anew by a run.',
    { annotationIds },
  )
}
