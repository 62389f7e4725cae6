import type { SearchHit } from '#shared/contract/commands.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { recordsOfKind, updatesOfKind, type RecordDiff } from '#shared/history/record-diff.ts'

/**
 * Results after a change of the records: what they are annotated as now. Images that were removed
 * leave; which regions there are, and their scores, is only told by another search.
 *
 * @returns `hits` itself where nothing of it changed
 */
export function hitsAfter(hits: readonly SearchHit[], diff: RecordDiff): readonly SearchHit[] {
  const gone = new Set(recordsOfKind(diff.removed, 'image').map(({ id }) => id))
  const removed = recordsOfKind(diff.removed, 'annotation')
  const present = [
    ...recordsOfKind(diff.added, 'annotation'),
    ...updatesOfKind(diff.updated, 'annotation').map(([, to]) => to),
  ]
  if (gone.size + removed.length + present.length === 0) return hits
  const byId = new Map<number, AnnotationRecord | null>([
    ...removed.map(({ id }) => [id, null] as const),
    ...present.map((one) => [one.id, one.state === 'rejected' ? null : one] as const),
  ])
  const byCandidate = new Map(
    present
      .filter(({ state }) => state !== 'rejected')
      .map((one) => [`${one.imageId} ${one.candidateId}`, one]),
  )
  const next = hits
    .filter(({ imageId }) => !gone.has(imageId))
    .map((hit) => {
      const { annotationId, imageId, candidateId } = hit
      const own = annotationId === null ? undefined : byId.get(annotationId)
      const isLost = own === null || annotationId === null
      const now = own ?? (isLost ? byCandidate.get(`${imageId} ${candidateId}`) : undefined)
      if (now !== undefined) return annotatedAs(hit, now)
      return own === null ? annotatedAs(hit, null) : hit
    })
  const isSame = next.length === hits.length && next.every((hit, i) => hit === hits[i])
  return isSame ? hits : next
}

function annotatedAs(hit: SearchHit, annotation: AnnotationRecord | null): SearchHit {
  const annotationId = annotation?.id ?? null
  const classId = annotation?.classId ?? null
  const isSame = hit.annotationId === annotationId && hit.classId === classId
  return isSame ? hit : { ...hit, annotationId, classId }
}
