import type Database from 'better-sqlite3'
import type { RunPack, RunParameters, RunRecord, Vocabulary } from '#shared/contract/records.ts'

export type RunDraft = Omit<RunRecord, 'id'>

interface NewRunRow {
  readonly recipe: string
  readonly parameters: string
  readonly packs: string
  readonly vocabulary: string
  readonly vocabularyRevision: number
  readonly createdMs: number
}

interface RunRow extends Omit<NewRunRow, 'vocabularyRevision'> {
  readonly id: number
}

const COLUMNS = 'id, recipe, parameters, packs, vocabulary, created_ms AS createdMs'

export class RunRepository {
  readonly #insert: Database.Statement<[NewRunRow]>
  readonly #setPacks: Database.Statement<[string, number]>
  readonly #setParameters: Database.Statement<[string, number]>
  readonly #get: Database.Statement<[number], RunRow>
  readonly #list: Database.Statement<[], RunRow>

  constructor(database: Database.Database) {
    this.#insert = database.prepare(
      `INSERT INTO run (recipe, parameters, packs, vocabulary, vocabulary_revision, created_ms)
       VALUES (@recipe, @parameters, @packs, @vocabulary, @vocabularyRevision, @createdMs)`,
    )
    this.#setPacks = database.prepare('UPDATE run SET packs = ? WHERE id = ?')
    this.#setParameters = database.prepare('UPDATE run SET parameters = ? WHERE id = ?')
    this.#get = database.prepare(`SELECT ${COLUMNS} FROM run WHERE id = ?`)
    this.#list = database.prepare(`SELECT ${COLUMNS} FROM run ORDER BY id DESC`)
  }

  /** The id of the new run. */
  insert(run: RunDraft): number {
    const { lastInsertRowid } = this.#insert.run({
      recipe: run.recipe,
      parameters: JSON.stringify(run.parameters),
      packs: JSON.stringify(run.packs),
      vocabulary: JSON.stringify(run.vocabulary),
      vocabularyRevision: run.vocabulary.revision,
      createdMs: run.createdMs,
    })
    return Number(lastInsertRowid)
  }

  /** The models are known once the first image asked for them: a run starts before they are loaded. */
  setPacks(id: number, packs: readonly RunPack[]): void {
    this.#setPacks.run(JSON.stringify(packs), id)
  }

  /** For the part that scoring reads: regions are what was really run. */
  setParameters(id: number, parameters: RunParameters): void {
    this.#setParameters.run(JSON.stringify(parameters), id)
  }

  get(id: number): RunRecord | null {
    const row = this.#get.get(id)
    return row === undefined ? null : recordOfRow(row)
  }

  /** The newest first. */
  list(): RunRecord[] {
    return this.#list.all().map(recordOfRow)
  }
}

function recordOfRow(row: RunRow): RunRecord {
  return {
    ...row,
    parameters: JSON.parse(row.parameters) as RunParameters,
    packs: JSON.parse(row.packs) as RunPack[],
    vocabulary: JSON.parse(row.vocabulary) as Vocabulary,
  }
}
