import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord, RecordKind } from '#shared/contract/records.ts'
import { entriesOf, parseRecordKey } from '#shared/history/record-diff.ts'
import type { RecordDiff, RecordKey } from '#shared/history/record-diff.ts'

/**
 * A history belongs to one image, or to the vocabulary; otherwise undoing in one would change another.
 * Images come and go outside history: what goes with them could not be brought back.
 */
export function assertScope(imageId: number | null, diff: RecordDiff): void {
  const records = [
    ...entriesOf(diff.added),
    ...entriesOf(diff.removed),
    ...entriesOf(diff.updated).flatMap(([key, pair]) => pair.map((side) => [key, side] as const)),
  ]
  const stray = records.find(([key, record]) => {
    const { kind, id } = parseRecordKey(key)
    if (record.id !== id) return true
    const belongs: Record<RecordKind, () => boolean> = {
      annotation: () => (record as AnnotationRecord).imageId === imageId,
      image: () => id === imageId && key in diff.updated,
      class: () => imageId === null,
      vocabulary: () => imageId === null && key in diff.updated,
      attributes: () => imageId === null && key in diff.updated,
    }
    return !belongs[kind]()
  })
  if (stray !== undefined) {
    throw new Error(`${stray[0]} does not belong to the history of ${imageId ?? 'the vocabulary'}.`)
  }
}

export function conflictError(keys: readonly RecordKey[]): LexmaskError {
  const [first, ...more] = keys
  const { kind, id } = parseRecordKey(first)
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  return new LexmaskError(
    'CONFLICT',
    `The ${kind} ${id}${others} was changed by something else in the meantime, so nothing was done. ` +
      'Look at it as it is now, then repeat the change if it is still wanted.',
    { keys },
  )
}

export function wrongMask({ id, maskHash }: AnnotationRecord): LexmaskError {
  return new LexmaskError(
    'MASK_INVALID',
    `The mask of annotation ${id} is not stored, or its box and area are not the mask's. Nothing was changed.`,
    { annotationId: id, maskHash },
  )
}
