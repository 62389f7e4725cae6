import type { ClassDraft, CommandRequest } from '#shared/contract/commands.ts'
import type { ClassRecord, Vocabulary } from '#shared/contract/records.ts'
import { normaliseName } from '#shared/vocabulary/names.ts'
import type { VocabularyClass } from '#shared/vocabulary/vocabulary.ts'

/** A class that a person wants to have; what is left out takes the usual. */
export type NewClass = Pick<VocabularyClass, 'name'> & Partial<VocabularyClass>

/** What a person can change about a class. */
export type ClassChanges = Partial<
  Pick<ClassRecord, 'name' | 'synonyms' | 'prompts' | 'negatives' | 'threshold' | 'colour'>
>

/**
 * An edit as it was meant, without the state that it met: so that it can be made again on a newer
 * vocabulary.
 */
export type VocabularyEdit =
  | {
      readonly kind: 'add'
      readonly classes: readonly NewClass[]
      readonly negatives?: readonly string[]
    }
  | { readonly kind: 'change'; readonly classId: number; readonly changes: ClassChanges }
  | { readonly kind: 'move'; readonly classId: number; readonly toIndex: number }
  | { readonly kind: 'remove'; readonly classId: number }
  | { readonly kind: 'negatives'; readonly negatives: readonly string[] }

export type VocabularyRequest = CommandRequest<'vocabulary.replace'>
type DraftRequest = VocabularyRequest['classes'][number]

/** The whole vocabulary as it is after an edit; an edit of a class that is gone changes nothing. */
export function requestOfEdit(vocabulary: Vocabulary, edit: VocabularyEdit): VocabularyRequest {
  const { revision } = vocabulary
  const classes = vocabulary.classes.map(draftOfClass)
  const negatives = [...vocabulary.negatives]
  switch (edit.kind) {
    case 'add':
      return {
        revision,
        classes: [...classes, ...newClasses(vocabulary, edit.classes)],
        negatives: distinctWords([...negatives, ...(edit.negatives ?? [])]),
      }
    case 'change':
      return {
        revision,
        classes: classes.map((draft) =>
          draft.id === edit.classId ? { ...draft, ...mutable(edit.changes) } : draft,
        ),
        negatives,
      }
    case 'move':
      return { revision, classes: moved(classes, edit.classId, edit.toIndex), negatives }
    case 'remove':
      return { revision, classes: classes.filter(({ id }) => id !== edit.classId), negatives }
    case 'negatives':
      return { revision, classes, negatives: distinctWords(edit.negatives) }
  }
}

/** Whether an edit needs new scores: colours and the order of classes do not. */
export function changesScores(edit: VocabularyEdit): boolean {
  if (edit.kind === 'move') return false
  if (edit.kind !== 'change') return true
  return Object.keys(edit.changes).some((field) => field !== 'colour')
}

/** Names that a vocabulary has not, each once. */
export function unknownNames(vocabulary: Vocabulary, names: readonly string[]): string[] {
  const known = new Set(
    vocabulary.classes.flatMap(({ name, synonyms }) => [name, ...synonyms].map(normaliseName)),
  )
  return distinctWords(names).filter((name) => !known.has(normaliseName(name)))
}

/** Without empty ones and repetitions, whitespace tidied. */
export function distinctWords(words: readonly string[]): string[] {
  const seen = new Set<string>()
  return words
    .map((word) => word.trim().replace(/\s+/gu, ' '))
    .filter((word) => {
      const key = normaliseName(word)
      const isNew = key !== '' && !seen.has(key)
      seen.add(key)
      return isNew
    })
}

/** Words as a person writes them in one line. */
export function splitWords(line: string): string[] {
  return distinctWords(line.split(/[,，、;；\n]/u))
}

function newClasses(vocabulary: Vocabulary, wanted: readonly NewClass[]): DraftRequest[] {
  const unknown = unknownNames(
    vocabulary,
    wanted.map(({ name }) => name),
  )
  const byName = new Map(wanted.map((one) => [normaliseName(one.name), one]))
  return unknown.map((name) => {
    const { colour, ...rest } = byName.get(normaliseName(name)) ?? { name }
    return { ...mutable(rest), name, ...(colour === undefined ? {} : { colour }) }
  })
}

function moved(classes: readonly DraftRequest[], classId: number, toIndex: number): DraftRequest[] {
  const one = classes.find(({ id }) => id === classId)
  if (one === undefined) return [...classes]
  const others = classes.filter(({ id }) => id !== classId)
  return others.toSpliced(Math.max(0, Math.min(toIndex, others.length)), 0, one)
}

const draftOfClass = (record: ClassRecord): ClassDraft => {
  const { id, name, synonyms, prompts, negatives, threshold, colour } = record
  return mutable({ id, name, synonyms, prompts, negatives, threshold, colour })
}

/** The contract's inputs are not readonly. */
function mutable<Fields extends object>(
  fields: Fields,
): { -readonly [K in keyof Fields]: Mutable<Fields[K]> } {
  return structuredClone(fields) as { -readonly [K in keyof Fields]: Mutable<Fields[K]> }
}
type Mutable<T> = T extends readonly (infer Item)[] ? Item[] : T
