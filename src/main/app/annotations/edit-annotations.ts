import type { ChangeReceipt, CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { checkValues } from '../vocabulary/annotation-attributes.ts'
import { positionsOf } from './stacking-order.ts'

/** Edits of annotations other than of their shapes: each is one named step of its image's history. */

/** Who does it: the name beside the step; null for none. */
export type Author = string | null

export function deleteAnnotations(
  project: ProjectDatabase,
  { imageId, annotationIds }: CommandInput<'annotations.delete'>,
  madeBy: Author,
): CommittedChange | null {
  return project.transaction(() =>
    edit(project, { imageId, annotationIds, label: 'Delete', madeBy }, () => null),
  )
}

export function setClass(
  project: ProjectDatabase,
  { imageId, annotationIds, classId }: CommandInput<'annotations.setClass'>,
  madeBy: Author,
): CommittedChange | null {
  return project.transaction(() =>
    edit(project, { imageId, annotationIds, label: 'Change class', madeBy }, (before) =>
      before.classId === classId ? before : { ...before, classId, state: 'edited' },
    ),
  )
}

export function setState(
  project: ProjectDatabase,
  { imageId, annotationIds, state }: CommandInput<'annotations.setState'>,
  madeBy: Author,
): CommittedChange | null {
  const label = { accepted: 'Accept', rejected: 'Reject', proposed: 'Propose again' }[state]
  return project.transaction(() =>
    edit(project, { imageId, annotationIds, label, madeBy }, (before) => ({ ...before, state })),
  )
}

export function setFlags(
  project: ProjectDatabase,
  { imageId, annotationIds, flags }: CommandInput<'annotations.setFlags'>,
  madeBy: Author,
): CommittedChange | null {
  const isAlready = (annotation: AnnotationRecord, flag: keyof typeof flags): boolean =>
    flags[flag] === undefined || flags[flag] === annotation[flag]
  return project.transaction(() =>
    edit(project, { imageId, annotationIds, label: 'Change marks', madeBy }, (before) => {
      const { isCrowd, isOccluded, isTruncated } = before
      if ((['isCrowd', 'isOccluded', 'isTruncated'] as const).every((it) => isAlready(before, it)))
        return before
      return {
        ...before,
        isCrowd: flags.isCrowd ?? isCrowd,
        isOccluded: flags.isOccluded ?? isOccluded,
        isTruncated: flags.isTruncated ?? isTruncated,
        state: stateOfDescribed(before),
      }
    }),
  )
}

/** @throws LexmaskError INVALID_INPUT, NOT_FOUND */
export function setAttributes(
  project: ProjectDatabase,
  { imageId, annotationIds, attributes }: CommandInput<'annotations.setAttributes'>,
  madeBy: Author,
): CommittedChange | null {
  return project.transaction(() => {
    const { definitions } = project.meta.attributes()
    const step = { imageId, annotationIds, label: 'Change attributes', madeBy }
    return edit(project, step, (before) => {
      checkValues(definitions, before.classId, attributes)
      const values = new Map(Object.entries(before.attributes))
      for (const [name, value] of Object.entries(attributes)) {
        if (value === null) values.delete(name)
        else values.set(name, value)
      }
      const isSame =
        values.size === Object.keys(before.attributes).length &&
        [...values].every(([name, value]) => before.attributes[name] === value)
      if (isSame) return before
      return {
        ...before,
        attributes: Object.fromEntries(values),
        state: stateOfDescribed(before),
      }
    })
  })
}

/** @throws LexmaskError NOT_FOUND, INVALID_INPUT for an annotation that is named twice */
export function reorder(
  project: ProjectDatabase,
  { imageId, annotationIds }: CommandInput<'annotations.reorder'>,
  madeBy: Author,
): CommittedChange | null {
  return project.transaction(() => {
    const all = project.annotations.listForImage(imageId)
    const byId = new Map(all.map((annotation) => [annotation.id, annotation]))
    const named = new Set(annotationIds)
    const missing = annotationIds.filter((id) => !byId.has(id))
    if (missing.length > 0) throw annotationsNotFound(missing)
    if (named.size < annotationIds.length) {
      throw new LexmaskError('INVALID_INPUT', 'An order can name an annotation once.', { imageId })
    }
    const places = annotationIds.values()
    const order = all.map((one) =>
      named.has(one.id) ? (byId.get(places.next().value as number) as AnnotationRecord) : one,
    )
    const positions = positionsOf(order, project.annotations.nextId())
    return edit(
      project,
      { imageId, annotationIds: [...positions.keys()], label: 'Reorder', madeBy },
      (before) => ({ ...before, position: positions.get(before.id) ?? before.position }),
    )
  })
}

/** A person who describes a proposal has taken it up; runs and re-scoring leave it alone then. */
function stateOfDescribed({ state }: AnnotationRecord): AnnotationRecord['state'] {
  return state === 'proposed' ? 'edited' : state
}

interface AnnotationStep {
  readonly imageId: number
  readonly annotationIds: readonly number[]
  readonly label: string
  readonly madeBy: Author
}

/** @param change gives the record as it is to be, or null to delete it */
function edit(
  project: ProjectDatabase,
  { imageId, annotationIds, label, madeBy }: AnnotationStep,
  change: (before: AnnotationRecord) => AnnotationRecord | null,
): CommittedChange | null {
  const before = requireAnnotations(project, imageId, annotationIds)
  const after = before.flatMap((annotation) => change(annotation) ?? [])
  const diff = diffRecords('annotation', before, after)
  return project.history.commitChange({ imageId, label, diff, madeBy })
}

/**
 * Annotations of an image by their ids, the lowest first.
 * @throws LexmaskError NOT_FOUND
 */
export function requireAnnotations(
  project: ProjectDatabase,
  imageId: number,
  annotationIds: readonly number[],
): AnnotationRecord[] {
  const all = project.annotations.listForImage(imageId)
  const present = new Set(all.map(({ id }) => id))
  const missing = annotationIds.filter((id) => !present.has(id))
  if (missing.length > 0) throw annotationsNotFound(missing)
  const asked = new Set(annotationIds)
  return all.filter(({ id }) => asked.has(id))
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
