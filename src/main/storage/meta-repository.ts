import type Database from 'better-sqlite3'
import type { AttributeDefinition } from '#shared/contract/attributes.ts'
import type { AttributesRecord } from '#shared/contract/records.ts'

export type Counter = 'revision' | 'vocabulary_revision'
type Key =
  | Counter
  | 'vocabulary_negatives'
  | 'attributes'
  | 'teaching_weight'
  | 'teaching_learnt'
  | 'teaching_forgotten_ms'

/** When scores were corrected by answers last, and by how many. */
export interface LearntState {
  readonly atMs: number
  readonly answers: number
}

/** Single values of a project. */
export class MetaRepository {
  readonly #get: Database.Statement<[Key], string>
  readonly #set: Database.Statement<[string, Key]>
  readonly #increment: Database.Statement<[Counter], number>

  constructor(database: Database.Database) {
    this.#get = database.prepare<[Key], string>('SELECT value FROM meta WHERE key = ?').pluck()
    this.#set = database.prepare<[string, Key]>('UPDATE meta SET value = ? WHERE key = ?')
    this.#increment = database
      .prepare<[Counter], number>(
        `UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = ?
         RETURNING CAST(value AS INTEGER)`,
      )
      .pluck()
  }

  /** Of the records: grows by one with every `records.changed`, over the whole life of the project. */
  revision(): number {
    return Number(this.#get.get('revision'))
  }

  /** The revision after it: for a change of records that is committed beside the history. */
  nextRevision(): number {
    return this.#increment.get('revision') as number
  }

  vocabularyRevision(): number {
    return Number(this.#get.get('vocabulary_revision'))
  }

  nextVocabularyRevision(): number {
    return this.#increment.get('vocabulary_revision') as number
  }

  vocabularyNegatives(): string[] {
    return JSON.parse(this.#get.get('vocabulary_negatives') ?? '[]') as string[]
  }

  attributes(): AttributesRecord {
    const definitions = JSON.parse(this.#get.get('attributes') ?? '[]') as AttributeDefinition[]
    return { id: 1, definitions }
  }

  setAttributes({ definitions }: AttributesRecord): void {
    this.#set.run(JSON.stringify(definitions), 'attributes')
  }

  setVocabularyNegatives(negatives: readonly string[]): void {
    this.#set.run(JSON.stringify(negatives), 'vocabulary_negatives')
  }

  /** 0..1: how much answers correct scores; 0 is not at all. */
  teachingWeight(): number {
    return Number(this.#get.get('teaching_weight'))
  }

  setTeachingWeight(weight: number): void {
    this.#set.run(JSON.stringify(weight), 'teaching_weight')
  }

  /** null while nothing was learnt. */
  learnt(): LearntState | null {
    return JSON.parse(this.#get.get('teaching_learnt') ?? 'null') as LearntState | null
  }

  setLearnt(learnt: LearntState | null): void {
    this.#set.run(JSON.stringify(learnt), 'teaching_learnt')
  }

  /** When answers were forgotten last; null if never. */
  teachingForgottenMs(): number | null {
    return JSON.parse(this.#get.get('teaching_forgotten_ms') ?? 'null') as number | null
  }

  setTeachingForgottenMs(atMs: number): void {
    this.#set.run(JSON.stringify(atMs), 'teaching_forgotten_ms')
  }
}
