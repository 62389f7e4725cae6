import type { ClassRecord } from '#shared/contract/records.ts'
import { areEqualRecords, recordsOfKind, updatesOfKind } from '#shared/history/record-diff.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'

export interface VocabularyStep {
  /** In words for the user: what undo says that it takes back. */
  readonly label: string
  /** The class whose slider or colour this may be one move of; null for all else. */
  readonly movedClassId: number | null
}

const LABELS: Readonly<Partial<Record<keyof ClassRecord, string>>> = {
  name: 'Rename class',
  synonyms: 'Change synonyms',
  prompts: 'Change prompts',
  negatives: 'Change look-alikes',
  threshold: 'Change threshold',
  colour: 'Change colour',
  position: 'Reorder classes',
}

/** Edits that come as many moves of the mouse and are one step to a person. */
const MOVED_FIELDS = new Set<string>(['threshold', 'colour'])

/** What a change of the vocabulary is called. Its rest, such as positions that follow, is left unsaid. */
export function stepOfVocabularyChange({ added, updated, removed }: RecordDiff): VocabularyStep {
  const newClasses = recordsOfKind(added, 'class')
  const oldClasses = recordsOfKind(removed, 'class')
  const changed = updatesOfKind(updated, 'class')
  const hasNewNegatives = updatesOfKind(updated, 'vocabulary').length > 0
  const fields = new Set(changed.flatMap(([from, to]) => changedFields(from, to)))
  if (newClasses.length + oldClasses.length > 0) {
    fields.delete('position')
    const isMore = fields.size > 0 || hasNewNegatives
    const isBoth = newClasses.length > 0 && oldClasses.length > 0
    if (isMore || isBoth) return step('Edit vocabulary')
    return step(newClasses.length > 0 ? counted('Add', newClasses) : counted('Remove', oldClasses))
  }
  if (changed.length === 0) return step(LABELS.negatives)
  if (fields.size > 1 || hasNewNegatives) return step('Edit vocabulary')
  const [field] = fields
  const isMove = changed.length === 1 && MOVED_FIELDS.has(field)
  return { ...step(LABELS[field]), movedClassId: isMove ? changed[0][0].id : null }
}

function step(label = 'Edit vocabulary'): VocabularyStep {
  return { label, movedClassId: null }
}

function counted(verb: string, classes: readonly ClassRecord[]): string {
  return classes.length === 1
    ? `${verb} class ${classes[0].name}`
    : `${verb} ${classes.length} classes`
}

function changedFields(from: ClassRecord, to: ClassRecord): (keyof ClassRecord)[] {
  return (Object.keys(to) as (keyof ClassRecord)[]).filter(
    (name) => !areEqualRecords(from[name], to[name]),
  )
}
