import type { AnnotationRecord, ImageRecord } from '#shared/contract/records.ts'
import {
  areEqualRecords,
  recordKey,
  recordsOfKind,
  updatesOfKind,
} from '#shared/history/record-diff.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'
import type { AnnotationRepository } from './annotation-repository.ts'
import type { ClassMergeRepository } from './class-merge-repository.ts'
import type { ImageRepository } from './image-repository.ts'

/**
 * An image's record also holds facts about its file (path, size, hash), which are rewritten beside
 * the history when the file moves. So only the fields that the diff changes are compared, and the
 * others are taken as they are.
 */
export function rebaseImages(diff: RecordDiff, images: ImageRepository): RecordDiff {
  const rebased = updatesOfKind(diff.updated, 'image').flatMap(([from, to]) => {
    const present = images.get(from.id)
    if (present === null) return []
    const changed = Object.keys(to).filter(
      (name) => !areEqualRecords(field(from, name), field(to, name)),
    )
    const isFree = changed.every((name) => areEqualRecords(field(present, name), field(from, name)))
    if (!isFree) return []
    const changes = Object.fromEntries(changed.map((name) => [name, field(to, name)]))
    return [[recordKey('image', from.id), [present, { ...present, ...changes }]] as const]
  })
  return { ...diff, updated: { ...diff.updated, ...Object.fromEntries(rebased) } }
}

/**
 * Merging classes gives annotations another class beside the history of their image. A step from
 * before it, or from between it and its undoing, is about the class that they have now.
 */
export function rebaseClasses(
  diff: RecordDiff,
  annotations: AnnotationRepository,
  merges: ClassMergeRepository,
): RecordDiff {
  if (!merges.hasAny) return diff
  const heired = (record: AnnotationRecord): AnnotationRecord => ({
    ...record,
    classId: merges.heirOf(record.classId),
  })
  const asPresent = (record: AnnotationRecord): AnnotationRecord => {
    const present = annotations.get(record.id)
    return present !== null && merges.areMerged(record.classId, present.classId)
      ? { ...record, classId: present.classId }
      : record
  }
  const pairOf = ([from, to]: readonly [AnnotationRecord, AnnotationRecord]) =>
    from.classId === to.classId
      ? ([asPresent(from), { ...to, classId: asPresent(from).classId }] as const)
      : ([asPresent(from), heired(to)] as const)
  const added = recordsOfKind(diff.added, 'annotation').map(heired)
  const removed = recordsOfKind(diff.removed, 'annotation').map(asPresent)
  const updated = updatesOfKind(diff.updated, 'annotation').map(pairOf)
  return {
    added: { ...diff.added, ...byKey(added) },
    removed: { ...diff.removed, ...byKey(removed) },
    updated: {
      ...diff.updated,
      ...Object.fromEntries(updated.map((pair) => [recordKey('annotation', pair[0].id), pair])),
    },
  }
}

function byKey(records: readonly AnnotationRecord[]): Record<string, AnnotationRecord> {
  return Object.fromEntries(records.map((record) => [recordKey('annotation', record.id), record]))
}

function field(record: ImageRecord, name: string): unknown {
  return record[name as keyof ImageRecord]
}
