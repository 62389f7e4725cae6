import type { AnnotationRecord, ImageRecord } from '#shared/contract/records.ts'
import { recordsOfKind, updatesOfKind, type RecordDiff } from '#shared/history/record-diff.ts'

/** What is known of one image. */
export interface ImageRecords {
  readonly image: ImageRecord
  readonly annotations: readonly AnnotationRecord[]
}

/** Whether a change says anything about an image or its annotations. */
export function touchesImage(diff: RecordDiff, imageId: number): boolean {
  return (
    annotationsIn(diff).some((annotation) => annotation.imageId === imageId) ||
    [diff.added, diff.updated, diff.removed].some((part) => `image:${imageId}` in part)
  )
}

/** The ids of images that a change says anything about. */
export function touchedImageIds(diff: RecordDiff): Set<number> {
  const images = [
    ...recordsOfKind(diff.added, 'image'),
    ...recordsOfKind(diff.removed, 'image'),
    ...updatesOfKind(diff.updated, 'image').map(([, to]) => to),
  ]
  return new Set([
    ...annotationsIn(diff).map(({ imageId }) => imageId),
    ...images.map(({ id }) => id),
  ])
}

/** The image after a change; null when it was removed. */
export function recordsAfter(records: ImageRecords, diff: RecordDiff): ImageRecords | null {
  const { id } = records.image
  if (recordsOfKind(diff.removed, 'image').some((image) => image.id === id)) return null
  const image = updatesOfKind(diff.updated, 'image').find(([, to]) => to.id === id)?.[1]
  const annotations = new Map(records.annotations.map((one) => [one.id, one]))
  for (const one of recordsOfKind(diff.removed, 'annotation')) annotations.delete(one.id)
  for (const [, to] of updatesOfKind(diff.updated, 'annotation')) {
    if (to.imageId === id) annotations.set(to.id, to)
  }
  for (const one of recordsOfKind(diff.added, 'annotation')) {
    if (one.imageId === id) annotations.set(one.id, one)
  }
  return { image: image ?? records.image, annotations: [...annotations.values()] }
}

/** Hashes of masks that a change brings to an image. */
export function masksBrought(diff: RecordDiff, imageId: number): string[] {
  const brought = [
    ...recordsOfKind(diff.added, 'annotation'),
    ...updatesOfKind(diff.updated, 'annotation').map(([, to]) => to),
  ]
  return brought.filter((one) => one.imageId === imageId).map(({ maskHash }) => maskHash)
}

function annotationsIn(diff: RecordDiff): AnnotationRecord[] {
  return [
    ...recordsOfKind(diff.added, 'annotation'),
    ...recordsOfKind(diff.removed, 'annotation'),
    ...updatesOfKind(diff.updated, 'annotation').map(([, to]) => to),
  ]
}
