import type { ReviewQueue } from '#shared/contract/commands.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { recordsOfKind, updatesOfKind, type RecordDiff } from '#shared/history/record-diff.ts'

export type ReviewTotals = Pick<ReviewQueue, 'waiting' | 'judged'>

/** @param classId counts this class alone; null all */
export function totalsAfter(
  totals: ReviewTotals,
  diff: RecordDiff,
  classId: number | null,
): ReviewTotals {
  let { waiting, judged } = totals
  const count = (one: AnnotationRecord, change: 1 | -1): void => {
    if (classId !== null && one.classId !== classId) return
    if (one.state === 'proposed') waiting += change
    else judged += change
  }
  for (const one of recordsOfKind(diff.added, 'annotation')) count(one, 1)
  for (const one of recordsOfKind(diff.removed, 'annotation')) count(one, -1)
  for (const [from, to] of updatesOfKind(diff.updated, 'annotation')) {
    count(from, -1)
    count(to, 1)
  }
  return { waiting: Math.max(0, waiting), judged: Math.max(0, judged) }
}
