import type Database from 'better-sqlite3'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type {
  AnnotationRecord,
  ChangeSummary,
  ImageRecord,
  ProjectRecord,
  RecordKind,
} from '#shared/contract/records.ts'
import {
  areEqualRecords,
  emptyDiff,
  entriesOf,
  findConflicts,
  invertDiff,
  isEmptyDiff,
  keysOf,
  parseRecordKey,
  recordKey,
  recordsOfKind,
  squashDiffs,
  updatesOfKind,
} from '#shared/history/record-diff.ts'
import type { RecordDiff, RecordKey } from '#shared/history/record-diff.ts'
import type { AnnotationRepository } from './annotation-repository.ts'
import type { ChangeRepository } from './change-repository.ts'
import type { ImageRepository } from './image-repository.ts'
import type { MaskRepository } from './mask-repository.ts'
import type { MetaRepository } from './meta-repository.ts'
import { classInUse } from './vocabulary-repository.ts'
import type { VocabularyRepository } from './vocabulary-repository.ts'

export interface Change {
  /** The image whose annotations (and own record) the diff changes; null for classes. */
  readonly imageId: number | null
  /** In words for the user: what undo says that it takes back. */
  readonly label: string
  readonly diff: RecordDiff
  readonly jobId?: number | null
  /**
   * Becomes one with the newest change of the image, when that has the same label and job: for what
   * a person sees as one step, the many moves of a threshold's slider.
   */
  readonly merge?: boolean
}

/** A change as it was made; it is the event that tells of it. */
export interface CommittedChange extends RecordsChanged {
  readonly imageId: number | null
  readonly label: string
}

export interface UndoneJob {
  readonly undoneImageIds: number[]
  /** Images that a later change does not let go back, with the records that it changed. */
  readonly conflicts: { readonly imageId: number | null; readonly keys: readonly RecordKey[] }[]
}

export interface HistoryRepositories {
  readonly meta: MetaRepository
  readonly images: ImageRepository
  readonly vocabulary: VocabularyRepository
  readonly masks: MaskRepository
  readonly annotations: AnnotationRepository
  readonly changes: ChangeRepository
}

/**
 * The one path on which records change. A diff is checked against what is there, written, and kept
 * beside it, in the caller's transaction; undo and redo send diffs along the same path.
 */
export class HistoryStore {
  readonly #database: Database.Database
  readonly #repositories: HistoryRepositories

  constructor(database: Database.Database, repositories: HistoryRepositories) {
    this.#database = database
    this.#repositories = repositories
  }

  /**
   * null for an empty diff.
   * @throws LexmaskError CONFLICT naming the records that are not as the diff expects, CLASS_IN_USE,
   *   MASK_INVALID; nothing was changed then
   */
  commitChange({
    imageId,
    label,
    diff,
    jobId = null,
    merge = false,
  }: Change): CommittedChange | null {
    const { changes } = this.#repositories
    const applied = this.#apply(imageId, diff)
    if (isEmptyDiff(applied)) return null
    const last = merge ? changes.lastUndoable(imageId) : null
    const changeId =
      last !== null && last.label === label && last.jobId === jobId
        ? this.#mergeInto(last.id, imageId, applied)
        : changes.append({ imageId, label, diff: applied, jobId })
    return this.#committed(imageId, label, changeId, applied)
  }

  /**
   * Takes the newest change back; null when there is none.
   * @throws LexmaskError CONFLICT, CLASS_IN_USE
   */
  undo(imageId: number | null): CommittedChange | null {
    const { changes } = this.#repositories
    const last = changes.lastUndoable(imageId)
    if (last === null) return null
    const applied = this.#apply(imageId, invertDiff(changes.diffOf(last.id)))
    changes.markUndone(last.id, true)
    return this.#committed(imageId, last.label, last.id, applied)
  }

  /**
   * Brings back what was undone last; null when there is nothing.
   * @throws LexmaskError CONFLICT, CLASS_IN_USE
   */
  redo(imageId: number | null): CommittedChange | null {
    const { changes } = this.#repositories
    const last = changes.lastRedoable(imageId)
    if (last === null) return null
    const applied = this.#apply(imageId, changes.diffOf(last.id))
    changes.markUndone(last.id, false)
    return this.#committed(imageId, last.label, last.id, applied)
  }

  /**
   * Takes back all that a job changed, as one new change an image, which undo takes back in turn.
   * Images in which something later builds on it stay as they are and are named.
   *
   * @param tell gets each image's change as it is made: together they may not fit in memory
   */
  undoJob(jobId: number, label: string, tell: (change: CommittedChange) => void): UndoneJob {
    const { changes } = this.#repositories
    const undone: UndoneJob = { undoneImageIds: [], conflicts: [] }
    for (const [imageId, ids] of idsByImage(changes.byJob(jobId))) {
      // The inverse of one after the other is the inverses in the reverse order.
      const diff = ids.reduceRight(
        (inverse, id) => squashDiffs(inverse, invertDiff(changes.diffOf(id))),
        emptyDiff(),
      )
      try {
        const change = this.commitChange({ imageId, label, diff })
        if (change === null) continue
        changes.markReverted(ids, change.changeId as number)
        if (imageId !== null) undone.undoneImageIds.push(imageId)
        tell(change)
      } catch (error) {
        if (!(error instanceof LexmaskError) || error.code !== 'CONFLICT') throw error
        undone.conflicts.push({ imageId, keys: error.details.keys as RecordKey[] })
      }
    }
    return undone
  }

  /** null when both changes cancel out: then neither is in the history. */
  #mergeInto(lastId: number, imageId: number | null, diff: RecordDiff): number | null {
    const { changes } = this.#repositories
    changes.discardUndone(imageId)
    const squashed = squashDiffs(changes.diffOf(lastId), diff)
    if (isEmptyDiff(squashed)) {
      changes.delete(lastId)
      return null
    }
    changes.replaceDiff(lastId, squashed)
    return lastId
  }

  #committed(
    imageId: number | null,
    label: string,
    changeId: number | null,
    diff: RecordDiff,
  ): CommittedChange {
    return { imageId, label, changeId, diff, revision: this.#repositories.meta.nextRevision() }
  }

  /** Checks everything before it writes anything. Returns what was really changed. */
  #apply(imageId: number | null, asked: RecordDiff): RecordDiff {
    if (!this.#database.inTransaction) throw new Error('A change needs a transaction around it.')
    assertScope(imageId, asked)
    const diff = this.#rebaseImages(asked)
    const conflicts = findConflicts(diff, (key) => this.#present(key))
    if (conflicts.length > 0) throw conflictError(conflicts)
    this.#assertReferences(diff)
    this.#write(diff)
    return diff
  }

  #present(key: RecordKey): ProjectRecord | undefined {
    const { annotations, images, vocabulary } = this.#repositories
    const { kind, id } = parseRecordKey(key)
    const present = {
      annotation: () => annotations.get(id),
      image: () => images.get(id),
      class: () => vocabulary.getClass(id),
    }
    return present[kind]() ?? undefined
  }

  /**
   * An image's record also holds facts about its file (path, size, hash), which are rewritten
   * beside the history when the file moves. So only the fields that the diff changes are compared,
   * and the others are taken as they are.
   */
  #rebaseImages(diff: RecordDiff): RecordDiff {
    const updated: Record<RecordKey<'image'>, readonly [ImageRecord, ImageRecord]> = {}
    for (const [from, to] of updatesOfKind(diff.updated, 'image')) {
      const present = this.#repositories.images.get(from.id)
      if (present === null) continue
      const changed = Object.keys(to).filter(
        (name) => !areEqualRecords(field(from, name), field(to, name)),
      )
      const isFree = changed.every((name) =>
        areEqualRecords(field(present, name), field(from, name)),
      )
      if (!isFree) continue
      const changes = Object.fromEntries(changed.map((name) => [name, field(to, name)]))
      updated[recordKey('image', from.id)] = [present, { ...present, ...changes }]
    }
    return { ...diff, updated: { ...diff.updated, ...updated } }
  }

  /** What an annotation refers to is there, and its box and area are those of its mask. */
  #assertReferences({ added, updated, removed }: RecordDiff): void {
    const { vocabulary, masks } = this.#repositories
    const written = [
      ...recordsOfKind(added, 'annotation'),
      ...updatesOfKind(updated, 'annotation').map(([, to]) => to),
    ]
    const classIds = new Set(written.map(({ classId }) => classId))
    const missing = [...classIds].filter((id) => vocabulary.getClass(id) === null)
    if (missing.length > 0) throw conflictError(missing.map((id) => `class:${id}` as const))
    for (const annotation of written) {
      const extent = masks.getExtent(annotation.maskHash)
      if (
        extent === null ||
        extent.area !== annotation.area ||
        !areEqualRecords(extent.bbox, annotation.bbox)
      ) {
        throw wrongMask(annotation)
      }
    }
    const used = recordsOfKind(removed, 'class')
      .map(({ id, name }) => ({ id, name, annotations: vocabulary.countAnnotations(id) }))
      .filter(({ annotations }) => annotations > 0)
    if (used.length > 0) throw classInUse(used)
  }

  #write({ added, updated, removed }: RecordDiff): void {
    const { annotations, images, meta, vocabulary } = this.#repositories
    for (const { id } of recordsOfKind(removed, 'annotation')) annotations.delete(id)
    for (const [, to] of updatesOfKind(updated, 'annotation')) annotations.update(to)
    for (const record of recordsOfKind(added, 'annotation')) annotations.restore(record)
    for (const [, to] of updatesOfKind(updated, 'image')) images.update(to.id, to)

    const isOfClasses = [added, updated, removed].some((part) =>
      keysOf(part).some((key) => parseRecordKey(key).kind === 'class'),
    )
    if (!isOfClasses) return
    for (const { id } of recordsOfKind(removed, 'class')) vocabulary.delete(id)
    for (const [, to] of updatesOfKind(updated, 'class')) vocabulary.update(to)
    for (const record of recordsOfKind(added, 'class')) vocabulary.insert(record)
    meta.nextVocabularyRevision()
  }
}

/**
 * A history belongs to one image, or to the vocabulary; otherwise undoing in one would change another.
 * Images come and go outside history: what goes with them could not be brought back.
 */
function assertScope(imageId: number | null, diff: RecordDiff): void {
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
    }
    return !belongs[kind]()
  })
  if (stray !== undefined) {
    throw new Error(`${stray[0]} does not belong to the history of ${imageId ?? 'the vocabulary'}.`)
  }
}

function idsByImage(changes: readonly ChangeSummary[]): Map<number | null, number[]> {
  const groups = new Map<number | null, number[]>()
  for (const { imageId, id } of changes) {
    groups.set(imageId, [...(groups.get(imageId) ?? []), id])
  }
  return groups
}

function field(record: ImageRecord, name: string): unknown {
  return record[name as keyof ImageRecord]
}

function conflictError(keys: readonly RecordKey[]): LexmaskError {
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

function wrongMask({ id, maskHash }: AnnotationRecord): LexmaskError {
  return new LexmaskError(
    'MASK_INVALID',
    `The mask of annotation ${id} is not stored, or its box and area are not the mask's. Nothing was changed.`,
    { annotationId: id, maskHash },
  )
}
