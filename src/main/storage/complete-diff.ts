import type { AnnotationRecord, ProjectRecord } from '#shared/contract/records.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'

/** Before format 3, annotations had no flags but isCrowd, no attributes and no position. */
type OldAnnotation = Omit<
  AnnotationRecord,
  'isOccluded' | 'isTruncated' | 'attributes' | 'position'
>

/**
 * A stored diff with the fields that its records have got since: those that the migration gave the
 * rows, so that a step of an older Lexmask is still undone.
 */
export function completeDiff({ added, updated, removed }: RecordDiff): RecordDiff {
  return {
    added: mapEntries(added, completeRecord),
    updated: mapEntries(updated, (key, pair: readonly ProjectRecord[]) =>
      pair.map((record) => completeRecord(key, record)),
    ),
    removed: mapEntries(removed, completeRecord),
  }
}

function completeRecord(key: string, record: ProjectRecord): ProjectRecord {
  if (!key.startsWith('annotation:') || Object.hasOwn(record, 'attributes')) return record
  const old: OldAnnotation = record as AnnotationRecord
  return { isOccluded: false, isTruncated: false, attributes: {}, position: old.id, ...old }
}

function mapEntries<Part extends object, Value>(
  part: Part,
  map: (key: string, value: Value) => unknown,
): Part {
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, map(key, value as Value)]),
  ) as Part
}
