import type { AnnotationRecord } from '#shared/contract/records.ts'
import { recordsOfKind, updatesOfKind, type RecordDiff } from '#shared/history/record-diff.ts'

/** Annotations by class, without the rejected ones. */
export type CountByClass = ReadonlyMap<number, number>

export function countAnnotations(annotations: Iterable<AnnotationRecord>): Map<number, number> {
  const counts = new Map<number, number>()
  for (const annotation of annotations) add(counts, annotation, 1)
  return counts
}

/** The counts after a change of the records. */
export function countsAfter(counts: CountByClass, diff: RecordDiff): Map<number, number> {
  const after = new Map(counts)
  for (const record of recordsOfKind(diff.added, 'annotation')) add(after, record, 1)
  for (const record of recordsOfKind(diff.removed, 'annotation')) add(after, record, -1)
  for (const [from, to] of updatesOfKind(diff.updated, 'annotation')) {
    add(after, from, -1)
    add(after, to, 1)
  }
  return after
}

function add(
  counts: Map<number, number>,
  { classId, state }: AnnotationRecord,
  change: number,
): void {
  if (state !== 'rejected') counts.set(classId, (counts.get(classId) ?? 0) + change)
}
