import type Database from 'better-sqlite3'
import type { ClassDraft } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClassRecord, Vocabulary } from '#shared/contract/records.ts'
import { areEqualRecords, diffRecords, isEmptyDiff } from '#shared/history/record-diff.ts'
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

export interface ReplacedVocabulary {
  readonly vocabulary: Vocabulary
  /** Of the classes. */
  readonly diff: RecordDiff
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

  /**
   * Makes the vocabulary what the draft says, in its order. A class keeps its id by the draft's id
   * or, without one, by its name. The revision grows when something changed.
   * @throws LexmaskError NOT_FOUND for an id that is no class; CLASS_IN_USE when a class that is
   *   left out has annotations, rejected ones too
   */
  replaceAll(draft: VocabularyDraft): ReplacedVocabulary {
    const before = this.list()
    const after = this.#recordsOf(draft.classes, before)
    const diff = diffRecords('class', before, after)
    const negatives = [...draft.negatives]
    const hasNewNegatives = !areEqualRecords(negatives, this.#meta.vocabularyNegatives())
    if (isEmptyDiff(diff) && !hasNewNegatives) return { vocabulary: this.get(), diff }

    const kept = new Set(after.map(({ id }) => id))
    const leftOut = before.filter(({ id }) => !kept.has(id))
    this.#assertUnused(leftOut)
    for (const { id } of leftOut) this.delete(id)
    // Names that no class can have, so that two classes may swap theirs.
    for (const record of before) {
      if (kept.has(record.id)) this.update({ ...record, name: `\n${record.id}` })
    }
    for (const record of after) {
      if (!this.update(record)) this.insert(record)
    }
    this.#meta.setVocabularyNegatives(negatives)
    this.#meta.nextVocabularyRevision()
    return { vocabulary: this.get(), diff }
  }

  insert(record: ClassRecord): void {
    this.#insert.run(rowOfRecord(record))
  }

  /** False when there is no such class. */
  update(record: ClassRecord): boolean {
    return this.#update.run(rowOfRecord(record)).changes > 0
  }

  delete(id: number): void {
    this.#delete.run(id)
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

  /** @throws LexmaskError CLASS_IN_USE naming the classes and their numbers of annotations */
  #assertUnused(leftOut: readonly ClassRecord[]): void {
    const used = leftOut
      .map(({ id, name }) => ({ id, name, annotations: this.countAnnotations(id) }))
      .filter(({ annotations }) => annotations > 0)
    if (used.length > 0) throw classInUse(used)
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
