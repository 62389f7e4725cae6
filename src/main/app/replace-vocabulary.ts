import type { CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { isTouched } from './propose-annotations.ts'

/**
 * Make the vocabulary what a person wrote. Proposals of a class that is left out go with it, as the
 * next scoring would not make them; what a person has touched keeps its class in the project.
 *
 * @throws LexmaskError CONFLICT for an old revision, CLASS_IN_USE
 */
export function replaceVocabulary(
  project: ProjectDatabase,
  { revision, classes, negatives }: CommandInput<'vocabulary.replace'>,
): { vocabulary: Vocabulary; changes: CommittedChange[] } {
  return project.transaction(() => {
    if (project.meta.vocabularyRevision() !== revision) {
      throw new LexmaskError(
        'CONFLICT',
        'The vocabulary was changed in the meantime. Look at it and make your change again.',
      )
    }
    const kept = new Set(classes.flatMap(({ id, name }) => [id, name]))
    const changes = project.vocabulary
      .list()
      .filter(({ id, name }) => !kept.has(id) && !kept.has(name))
      .flatMap(({ id }) => removeProposals(project, id))
    const { vocabulary } = project.vocabulary.replaceAll({ classes, negatives })
    return { vocabulary, changes }
  })
}

function removeProposals(project: ProjectDatabase, classId: number): CommittedChange[] {
  return project.annotations.listImageIdsOfClass(classId).flatMap((imageId) => {
    const before = project.annotations.listForImage(imageId)
    const after = before.filter((one) => one.classId !== classId || isTouched(one))
    const diff = diffRecords('annotation', before, after)
    return project.history.commitChange({ imageId, label: 'Re-score', diff, merge: true }) ?? []
  })
}
