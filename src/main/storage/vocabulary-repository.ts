import type Database from 'better-sqlite3'
import type { ClassDraft } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClassRecord, Vocabulary, VocabularyRecord } from '#shared/contract/records.ts'
import { diffRecords, recordsOfKind, updatesOfKind } from '#shared/history/record-diff.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'
import { assignColours } from '#shared/vocabulary/colours.ts'
import type { MetaRepository } from './meta-repository.ts'

interface ClassRow extends Omit<ClassRecord, 'synonyms' | 'prompts' | 'negatives'> {
  readonly synonyms: string
  readonly prompts: string
  readonly negatives: string
}

export interface VocabularyDraft {
  readonly classes: readonly ClassDraft[]
  readonly negatives: readonly string[]
}

const COLUMNS = 'id, name, synonyms, prompts, negatives, threshold, colour, position'

export class VocabularyRepository {
  readonly #meta: MetaRepository
  readonly #list: Database.Statement<[], ClassRow>
  readonly #get: Database.Statement<[number], ClassRow>
  readonly #insert: Database.Statement<[ClassRow]>
  readonly #update: Database.Statement<[ClassRow]>
  readonly #delete: Database.Statement<[number]>
  readonly #reserveId: Database.Statement<[], number>
  readonly #countAnnotations: Database.Statement<[number], number>

  constructor(database: Database.Database, meta: MetaRepository) {
    this.#meta = meta
    this.#list = database.prepare(`SELECT ${COLUMNS} FROM class ORDER BY position, id`)
    this.#get = database.prepare(`SELECT ${COLUMNS} FROM class WHERE id = ?`)
    this.#insert = database.prepare(
      `INSERT INTO class (${COLUMNS})
       VALUES (@id, @name, @synonyms, @prompts, @negatives, @threshold, @colour, @position)`,
    )
    this.#update = database.prepare(
      `UPDATE class SET name = @name, synonyms = @synonyms, prompts = @prompts,
         negatives = @negatives, threshold = @threshold, colour = @colour, position = @position
       WHERE id = @id`,
    )
    this.#delete = database.prepare('DELETE FROM class WHERE id = ?')
    this.#reserveId = database
      .prepare<[], number>(
        "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'class' RETURNING seq",
      )
      .pluck()
    this.#countAnnotations = database
      .prepare<[number], number>('SELECT count(*) FROM annotation WHERE class_id = ?')
      .pluck()
  }

  get(): Vocabulary {
    return {
      revision: this.#meta.vocabularyRevision(),
      classes: this.list(),
      negatives: this.#meta.vocabularyNegatives(),
    }
  }

  /** By position. */
  list(): ClassRecord[] {
    return this.#list.all().map(recordOfRow)
  }

  getClass(id: number): ClassRecord | null {
    const row = this.#get.get(id)
    return row === undefined ? null : recordOfRow(row)
  }

  /** What is not a class. */
  record(): VocabularyRecord {
    return { id: 1, negatives: this.#meta.vocabularyNegatives() }
  }

  /**
   * What makes the vocabulary as the draft says, in its order. A class keeps its id by the draft's
   * id or, without one, by its name. Nothing is changed but that new classes have got their ids.
   * @throws LexmaskError NOT_FOUND for an id that is no class
   */
  diffTo(draft: VocabularyDraft): RecordDiff {
    const before = this.list()
    const classes = diffRecords('class', before, this.#recordsOf(draft.classes, before))
    const present = this.record()
    const wanted = { ...present, negatives: [...draft.negatives] }
    const rest = diffRecords('vocabulary', [present], [wanted])
    return { ...classes, updated: { ...classes.updated, ...rest.updated } }
  }

  /** Writes what a diff says of the vocabulary; the revision grows when that is anything. */
  apply({ added, updated, removed }: RecordDiff): void {
    const newClasses = recordsOfKind(added, 'class')
    const oldClasses = recordsOfKind(removed, 'class')
    const changed = updatesOfKind(updated, 'class')
    const rest = updatesOfKind(updated, 'vocabulary')
    if ([newClasses, oldClasses, changed, rest].every(({ length }) => length === 0)) return
    for (const { id } of oldClasses) this.#delete.run(id)
    // Names that no class can have, so that two classes may swap theirs.
    for (const [from] of changed) {
      this.#update.run(rowOfRecord({ ...from, name: `\n${from.id}` }))
    }
    for (const [, to] of changed) this.#update.run(rowOfRecord(to))
    for (const record of newClasses) this.#insert.run(rowOfRecord(record))
    for (const [, to] of rest) this.#meta.setVocabularyNegatives(to.negatives)
    this.#meta.nextVocabularyRevision()
  }

  #newId(): number {
    return this.#reserveId.get() as number
  }

  #recordsOf(drafts: readonly ClassDraft[], before: readonly ClassRecord[]): ClassRecord[] {
    const byId = new Map(before.map((record) => [record.id, record]))
    // Claimed first: a class that is renamed away does not also serve a new class of its old name.
    const claimed = new Set(drafts.flatMap(({ id }) => id ?? []))
    const byName = new Map(
      before.filter(({ id }) => !claimed.has(id)).map((record) => [record.name, record]),
    )
    const presentOf = (draft: ClassDraft): ClassRecord | undefined =>
      draft.id === undefined ? byName.get(draft.name) : byId.get(draft.id)
    const colours = assignColours(
      drafts.map((draft) => draft.colour ?? presentOf(draft)?.colour ?? null),
    )
    return drafts.map((draft, position) => {
      const present = presentOf(draft)
      if (draft.id !== undefined && present === undefined) throw noSuchClass(draft.id)
      const id = present?.id ?? this.#newId()
      return {
        id,
        name: draft.name,
        synonyms: draft.synonyms,
        prompts: draft.prompts,
        negatives: draft.negatives,
        threshold: draft.threshold,
        colour: colours[position],
        position,
      }
    })
  }

  /** Of a class, rejected ones too. */
  countAnnotations(classId: number): number {
    return this.#countAnnotations.get(classId) as number
  }
}

export function classInUse(
  used: readonly { readonly id: number; readonly name: string; readonly annotations: number }[],
): LexmaskError {
  const listed = used.map(({ name, annotations }) => `"${name}" (${annotations})`).join(', ')
  return new LexmaskError(
    'CLASS_IN_USE',
    `These classes still have annotations: ${listed}. Delete the annotations or give them another class first.`,
    { classes: used },
  )
}

function noSuchClass(id: number): LexmaskError {
  return new LexmaskError(
    'NOT_FOUND',
    'A class of this vocabulary was deleted in the meantime. Load the vocabulary again and repeat the change.',
    { classId: id },
  )
}

function recordOfRow(row: ClassRow): ClassRecord {
  return {
    ...row,
    synonyms: JSON.parse(row.synonyms) as string[],
    prompts: JSON.parse(row.prompts) as string[],
    negatives: JSON.parse(row.negatives) as string[],
  }
}

function rowOfRecord(record: ClassRecord): ClassRow {
  return {
    ...record,
    synonyms: JSON.stringify(record.synonyms),
    prompts: JSON.stringify(record.prompts),
    negatives: JSON.stringify(record.negatives),
  }
}
