import type { AnnotationRecord } from '#shared/contract/records.ts'
import { recordsOfKind, updatesOfKind } from '#shared/history/record-diff.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'
import type { SummaryCache } from './summary-cache.ts'

interface CountChange {
  annotations: number
  proposed: number
}

/** Brings the summaries up to a change of records. */
export function applyToSummaries(cache: SummaryCache, diff: RecordDiff): void {
  for (const [, image] of updatesOfKind(diff.updated, 'image')) {
    cache.change(image.id, (summary) => ({ ...summary, ...image }))
  }
  for (const { id } of recordsOfKind(diff.removed, 'image')) cache.delete(id)
  for (const [imageId, by] of countChanges(diff)) {
    cache.change(imageId, (summary) => ({
      ...summary,
      annotations: summary.annotations + by.annotations,
      proposed: summary.proposed + by.proposed,
    }))
  }
}

function countChanges(diff: RecordDiff): Map<number, CountChange> {
  const changes = new Map<number, CountChange>()
  const count = (annotation: AnnotationRecord, sign: 1 | -1): void => {
    if (annotation.state === 'rejected') return
    const change = changes.get(annotation.imageId) ?? { annotations: 0, proposed: 0 }
    change.annotations += sign
    if (annotation.state === 'proposed') change.proposed += sign
    changes.set(annotation.imageId, change)
  }
  for (const annotation of recordsOfKind(diff.added, 'annotation')) count(annotation, 1)
  for (const annotation of recordsOfKind(diff.removed, 'annotation')) count(annotation, -1)
  for (const [from, to] of updatesOfKind(diff.updated, 'annotation')) {
    count(from, -1)
    count(to, 1)
  }
  return changes
}
