import type Database from 'better-sqlite3'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type { ProjectRecord } from '#shared/contract/records.ts'
import {
  areEqualRecords,
  emptyDiff,
  findConflicts,
  invertDiff,
  isEmptyDiff,
  parseRecordKey,
  recordsOfKind,
  squashDiffs,
  updatesOfKind,
} from '#shared/history/record-diff.ts'
import type { RecordDiff, RecordKey } from '#shared/history/record-diff.ts'
import type { AnnotationRepository } from './annotation-repository.ts'
import { assertScope, conflictError, wrongMask } from './change-checks.ts'
import type { ChangeRepository } from './change-repository.ts'
import type { ClassMergeRepository } from './class-merge-repository.ts'
import type { ImageRepository } from './image-repository.ts'
import type { MaskRepository } from './mask-repository.ts'
import type { MetaRepository } from './meta-repository.ts'
import { rebaseClasses, rebaseImages } from './rebase-changes.ts'
import { classInUse } from './vocabulary-repository.ts'
import type { VocabularyRepository } from './vocabulary-repository.ts'

export interface Change {
  /** The image whose annotations (and own record) the diff changes; null for classes. */
  readonly imageId: number | null
  /** In words for the user: what undo says that it takes back. */
  readonly label: string
  readonly diff: RecordDiff
  readonly jobId?: number | null
  /** Name of the person; null, and left out, for what the application does by itself. */
  readonly madeBy?: string | null
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

export interface HistoryRepositories {
  readonly meta: MetaRepository
  readonly images: ImageRepository
  readonly vocabulary: VocabularyRepository
  readonly masks: MaskRepository
  readonly annotations: AnnotationRepository
  readonly changes: ChangeRepository
  readonly merges: ClassMergeRepository
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
    madeBy = null,
    merge = false,
  }: Change): CommittedChange | null {
    const { changes } = this.#repositories
    const applied = this.#apply(imageId, diff)
    if (isEmptyDiff(applied)) return null
    const last = merge ? changes.lastUndoable(imageId) : null
    const changeId =
      last !== null && last.label === label && last.jobId === jobId
        ? this.#mergeInto(last.id, imageId, applied)
        : changes.append({ imageId, label, diff: applied, jobId, madeBy })
    return this.#committed(imageId, label, changeId, applied)
  }

  /**
   * A change of the vocabulary by which a class becomes part of another, with its annotations: one
   * step, however many these are. Their images' histories go on and know them under either class.
   *
   * @param step its diff removes the class
   * @throws LexmaskError CONFLICT
   */
  commitMerge(
    fromId: number,
    intoId: number,
    step: Pick<Change, 'label' | 'diff' | 'madeBy'>,
  ): CommittedChange {
    const { merges } = this.#repositories
    const annotationIds = merges.moveAnnotations(fromId, intoId)
    this.#leaveGap()
    const change = this.commitChange({ imageId: null, ...step })
    if (!change?.changeId) throw new Error('A merge removes a class.')
    merges.note({ changeId: change.changeId, fromId, intoId }, annotationIds)
    return change
  }

  /**
   * Takes the newest change back; null when there is none.
   * @throws LexmaskError CONFLICT, CLASS_IN_USE
   */
  undo(imageId: number | null): CommittedChange | null {
    const { changes, merges } = this.#repositories
    const last = changes.lastUndoable(imageId)
    if (last === null) return null
    const applied = this.#apply(imageId, invertDiff(changes.diffOf(last.id)))
    const merge = merges.ofChange(last.id)
    if (merge) {
      merges.moveBack(merge)
      this.#leaveGap()
    }
    changes.markUndone(last.id, true)
    return this.#committed(imageId, last.label, last.id, applied)
  }

  /**
   * Brings back what was undone last; null when there is nothing.
   * @throws LexmaskError CONFLICT, CLASS_IN_USE
   */
  redo(imageId: number | null): CommittedChange | null {
    const { changes, merges } = this.#repositories
    const last = changes.lastRedoable(imageId)
    if (last === null) return null
    const merge = merges.ofChange(last.id)
    if (merge) {
      merges.note(merge, merges.moveAnnotations(merge.fromId, merge.intoId))
      this.#leaveGap()
    }
    const applied = this.#apply(imageId, changes.diffOf(last.id))
    changes.markUndone(last.id, false)
    return this.#committed(imageId, last.label, last.id, applied)
  }

  /**
   * Takes back all that a job changed in an image, as one new change, which undo takes back in turn;
   * null when there is nothing.
   * @throws LexmaskError CONFLICT when something later builds on it; the image stays as it is then
   */
  undoJob(
    jobId: number,
    imageId: number,
    step: Pick<Change, 'label' | 'madeBy'>,
  ): CommittedChange | null {
    const { changes } = this.#repositories
    const ids = changes.listOfJob(jobId, imageId)
    // The inverse of one after the other is the inverses in the reverse order.
    const diff = ids.reduceRight(
      (inverse, id) => squashDiffs(inverse, invertDiff(changes.diffOf(id))),
      emptyDiff(),
    )
    const change = this.commitChange({ imageId, diff, ...step })
    if (change?.changeId) changes.markReverted(ids, change.changeId)
    return change
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

  /**
   * What was changed is too much for a diff: a revision that no event has makes every client ask for
   * a snapshot.
   */
  #leaveGap(): void {
    this.#repositories.meta.nextRevision()
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
    const { annotations, images, merges } = this.#repositories
    const diff = rebaseClasses(rebaseImages(asked, images), annotations, merges)
    const conflicts = findConflicts(diff, (key) => this.#present(key))
    if (conflicts.length > 0) throw conflictError(conflicts)
    this.#assertReferences(diff)
    this.#write(diff)
    return diff
  }

  #present(key: RecordKey): ProjectRecord | undefined {
    const { annotations, images, meta, vocabulary } = this.#repositories
    const { kind, id } = parseRecordKey(key)
    const present = {
      annotation: () => annotations.get(id),
      image: () => images.get(id),
      class: () => vocabulary.getClass(id),
      vocabulary: () => vocabulary.record(),
      attributes: () => meta.attributes(),
    }
    return present[kind]() ?? undefined
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

  #write(diff: RecordDiff): void {
    const { annotations, images, meta, vocabulary } = this.#repositories
    const { added, updated, removed } = diff
    for (const { id } of recordsOfKind(removed, 'annotation')) annotations.delete(id)
    for (const [, to] of updatesOfKind(updated, 'annotation')) annotations.update(to)
    for (const record of recordsOfKind(added, 'annotation')) annotations.restore(record)
    for (const [, to] of updatesOfKind(updated, 'image')) images.update(to.id, to)
    for (const [, to] of updatesOfKind(updated, 'attributes')) meta.setAttributes(to)
    vocabulary.apply(diff)
  }
}
