import { setImmediate } from 'node:timers/promises'
import type { CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { RecordsChanged } from '#shared/contract/events.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import {
  diffRecords,
  invertDiff,
  isEmptyDiff,
  keysOf,
  recordKey,
  recordsOfKind,
} from '#shared/history/record-diff.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { classInUse } from '#main/storage/vocabulary-repository.ts'
import { isTouched } from '../scoring/propose-annotations.ts'
import { LABEL_OF_RESCORE } from '../scoring/rescoring.ts'
import { stepOfVocabularyChange } from './vocabulary-label.ts'

/** Images in one transaction while proposals of a class are taken away. */
const IMAGES_AT_ONCE = 20

type Tell = (change: RecordsChanged) => void

/**
 * Make the vocabulary what a person wrote, as one step of its history. Proposals of a class that is
 * left out go with it, as the next scoring would not make them; what a person has touched keeps its
 * class in the project.
 *
 * @throws LexmaskError CONFLICT for an old revision, CLASS_IN_USE, NOT_FOUND
 */
export async function replaceVocabulary(
  project: ProjectDatabase,
  { revision, ...draft }: CommandInput<'vocabulary.replace'>,
  madeBy: string | null,
  tell: Tell,
): Promise<Vocabulary> {
  assertRevision(project, revision)
  const kept = new Set(draft.classes.flatMap(({ id, name }) => [id, name]))
  const leftOut = project.vocabulary
    .list()
    .filter(({ id, name }) => !kept.has(id) && !kept.has(name))
  await removeProposals(
    project,
    leftOut.map(({ id }) => id),
    tell,
  )
  const change = project.transaction(() => {
    assertRevision(project, revision)
    const diff = project.vocabulary.diffTo(draft)
    return isEmptyDiff(diff) ? null : commitStep(project, diff, madeBy)
  })
  if (change) tell(change)
  return project.vocabulary.get()
}

/**
 * Takes the newest change of the vocabulary back, or brings one again. Proposals of a class that
 * goes by it go too.
 *
 * @throws LexmaskError CONFLICT, CLASS_IN_USE
 */
export async function stepVocabularyHistory(
  project: ProjectDatabase,
  direction: 'undo' | 'redo',
  tell: Tell,
): Promise<void> {
  const { changes, history, merges } = project
  const next = direction === 'undo' ? changes.lastUndoable(null) : changes.lastRedoable(null)
  if (next === null) return
  const asked = changes.diffOf(next.id)
  const diff = direction === 'undo' ? invertDiff(asked) : asked
  // A merge takes the annotations along.
  if (merges.ofChange(next.id) === null) {
    const ids = recordsOfKind(diff.removed, 'class').map(({ id }) => id)
    await removeProposals(project, ids, tell)
  }
  const change = project.transaction(() => history[direction](null))
  if (change) tell(change)
}

/** @throws LexmaskError CONFLICT */
export function assertRevision(project: ProjectDatabase, revision: number): void {
  if (project.meta.vocabularyRevision() === revision) return
  throw new LexmaskError(
    'CONFLICT',
    'The vocabulary was changed in the meantime. Look at it and make your change again.',
  )
}

/** The moves of one class's slider, one after the other, are one step. */
function commitStep(
  project: ProjectDatabase,
  diff: RecordDiff,
  madeBy: string | null,
): CommittedChange | null {
  const { label, movedClassId } = stepOfVocabularyChange(diff)
  const last = project.changes.lastUndoable(null)
  const lastKeys = last === null ? [] : keysOf(project.changes.diffOf(last.id).updated)
  const merge =
    movedClassId !== null &&
    lastKeys.length === 1 &&
    lastKeys[0] === recordKey('class', movedClassId)
  return project.history.commitChange({ imageId: null, label, diff, madeBy, merge })
}

/**
 * Some images at a time: there may be thousands. When it is cut off, the next scoring brings back
 * what was taken away.
 *
 * @throws LexmaskError CLASS_IN_USE before anything is changed
 */
async function removeProposals(
  project: ProjectDatabase,
  classIds: readonly number[],
  tell: Tell,
): Promise<void> {
  const used = classIds
    .map((id) => ({
      id,
      name: project.vocabulary.getClass(id)?.name ?? '',
      annotations: project.annotations.countTouched(id),
    }))
    .filter(({ annotations }) => annotations > 0)
  if (used.length > 0) throw classInUse(used)
  for (const classId of classIds) {
    for (;;) {
      const imageIds = project.annotations.listImageIdsOfProposals(classId, IMAGES_AT_ONCE)
      if (imageIds.length === 0) break
      const changes = project.transaction(() =>
        imageIds.flatMap((imageId) => removeProposalsOf(project, imageId, classId) ?? []),
      )
      changes.forEach(tell)
      await setImmediate()
    }
  }
}

function removeProposalsOf(
  project: ProjectDatabase,
  imageId: number,
  classId: number,
): CommittedChange | null {
  const before = project.annotations.listForImage(imageId)
  const after = before.filter((one) => one.classId !== classId || isTouched(one))
  const diff = diffRecords('annotation', before, after)
  return project.history.commitChange({ imageId, label: LABEL_OF_RESCORE, diff, merge: true })
}
