import type { ClassDraft, CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClassRecord } from '#shared/contract/records.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { assertRevision } from './replace-vocabulary.ts'

/** As the contract bounds them. */
const SYNONYMS_AT_MOST = 100

/**
 * One class becomes part of another, with its annotations, as one step of the vocabulary's history:
 * undo gives all of them their class back, or none.
 *
 * @throws LexmaskError CONFLICT for an old revision, NOT_FOUND, INVALID_INPUT
 */
export function mergeClasses(
  project: ProjectDatabase,
  { revision, fromClassId, intoClassId }: CommandInput<'vocabulary.merge'>,
  madeBy: string | null,
): CommittedChange {
  return project.transaction(() => {
    assertRevision(project, revision)
    const { classes, negatives } = project.vocabulary.get()
    const from = classOf(classes, fromClassId)
    const into = classOf(classes, intoClassId)
    if (from === into) {
      throw new LexmaskError(
        'INVALID_INPUT',
        'A class cannot be merged with itself. Choose another.',
      )
    }
    const merged = mergedClass(from, into)
    const drafts = classes.flatMap((one) =>
      one === from ? [] : draftOf(one === into ? merged : one),
    )
    const diff = project.vocabulary.diffTo({ classes: drafts, negatives })
    const label = `Merge ${from.name} into ${into.name}`
    return project.history.commitMerge(from.id, into.id, { label, diff, madeBy })
  })
}

/** @throws LexmaskError INVALID_INPUT for more words than a class may have */
export function mergedClass(from: ClassRecord, into: ClassRecord): ClassRecord {
  const names = new Set([into.name.toLowerCase()])
  const synonyms = [...into.synonyms, from.name, ...from.synonyms].filter((word) => {
    const isNew = !names.has(word.toLowerCase())
    names.add(word.toLowerCase())
    return isNew
  })
  if (synonyms.length > SYNONYMS_AT_MOST) {
    throw new LexmaskError(
      'INVALID_INPUT',
      `Together the classes have ${synonyms.length} synonyms, and a class may have ${SYNONYMS_AT_MOST}. Remove some first.`,
    )
  }
  const negatives = [...new Set([...into.negatives, ...from.negatives])]
  return {
    ...into,
    synonyms,
    // A class without prompts of its own has those of all its words: others would replace them.
    prompts: into.prompts.length > 0 ? [...new Set([...into.prompts, ...from.prompts])] : [],
    negatives: negatives.filter((word) => !names.has(word.toLowerCase())),
  }
}

function classOf(classes: readonly ClassRecord[], id: number): ClassRecord {
  const found = classes.find((one) => one.id === id)
  if (found) return found
  throw new LexmaskError(
    'NOT_FOUND',
    'This class is not in the vocabulary any more. Look at it and try again.',
    { classId: id },
  )
}

function draftOf({ synonyms, prompts, negatives, ...rest }: ClassRecord): ClassDraft {
  const { id, name, threshold, colour } = rest
  return {
    id,
    name,
    threshold,
    colour,
    synonyms: [...synonyms],
    prompts: [...prompts],
    negatives: [...negatives],
  }
}
