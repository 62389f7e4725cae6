import type Database from 'better-sqlite3'

interface ClassMerge {
  readonly changeId: number
  readonly fromId: number
  readonly intoId: number
}

/** Which classes became part of which, by changes of the vocabulary, and what annotations went along. */
export class ClassMergeRepository {
  readonly #ofChange: Database.Statement<[number], ClassMerge>
  readonly #insert: Database.Statement<[ClassMerge]>
  readonly #annotationIds: Database.Statement<[number], number>
  readonly #setClass: Database.Statement<[{ fromId: number; intoId: number }]>
  readonly #forget: Database.Statement<[number]>
  readonly #note: Database.Statement<[number, string]>
  readonly #moveBack: Database.Statement<[ClassMerge]>
  readonly #hasAny: Database.Statement<[], number>
  readonly #heir: Database.Statement<[number], number>
  readonly #areMerged: Database.Statement<[{ a: number; b: number }], number>

  constructor(database: Database.Database) {
    this.#ofChange = database.prepare(
      `SELECT change_seq AS changeId, from_id AS fromId, into_id AS intoId
       FROM class_merge WHERE change_seq = ?`,
    )
    this.#insert = database.prepare(
      `INSERT INTO class_merge (change_seq, from_id, into_id) VALUES (@changeId, @fromId, @intoId)
       ON CONFLICT (change_seq) DO NOTHING`,
    )
    this.#annotationIds = database
      .prepare<[number], number>('SELECT id FROM annotation WHERE class_id = ?')
      .pluck()
    this.#setClass = database.prepare(
      'UPDATE annotation SET class_id = @intoId WHERE class_id = @fromId',
    )
    this.#forget = database.prepare('DELETE FROM merged_annotation WHERE change_seq = ?')
    this.#note = database.prepare(
      'INSERT INTO merged_annotation (change_seq, annotation_id) SELECT ?, value FROM json_each(?)',
    )
    this.#moveBack = database.prepare(
      `UPDATE annotation SET class_id = @fromId WHERE class_id = @intoId
         AND id IN (SELECT annotation_id FROM merged_annotation WHERE change_seq = @changeId)`,
    )
    this.#hasAny = database.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM class_merge)').pluck()
    this.#heir = database
      .prepare<[number], number>(
        `SELECT into_id FROM class_merge JOIN change ON change.seq = change_seq
         WHERE from_id = ? AND undone = 0 ORDER BY change_seq DESC LIMIT 1`,
      )
      .pluck()
    this.#areMerged = database
      .prepare<[{ a: number; b: number }], number>(
        `WITH RECURSIVE same (id) AS (
           SELECT @a
           UNION SELECT CASE WHEN from_id = same.id THEN into_id ELSE from_id END
             FROM class_merge JOIN same ON same.id IN (from_id, into_id))
         SELECT EXISTS (SELECT 1 FROM same WHERE id = @b)`,
      )
      .pluck()
  }

  get hasAny(): boolean {
    return this.#hasAny.get() === 1
  }

  /** Gives all annotations of a class another one; which they were. */
  moveAnnotations(fromId: number, intoId: number): number[] {
    const ids = this.#annotationIds.all(fromId)
    this.#setClass.run({ fromId, intoId })
    return ids
  }

  /** What a change moved, so that it can be taken back. */
  note(merge: ClassMerge, annotationIds: readonly number[]): void {
    this.#insert.run(merge)
    this.#forget.run(merge.changeId)
    this.#note.run(merge.changeId, JSON.stringify(annotationIds))
  }

  /** null for a change that merged no classes. */
  ofChange(changeId: number): ClassMerge | null {
    return this.#ofChange.get(changeId) ?? null
  }

  /** Of what the change moved, all that still has the class that it was given. */
  moveBack(merge: ClassMerge): void {
    this.#moveBack.run(merge)
  }

  /** The class that a class is part of now; itself when it was not merged. */
  heirOf(classId: number): number {
    let heir = classId
    for (let next = this.#heir.get(heir); next !== undefined; next = this.#heir.get(heir)) {
      if (next === classId) break
      heir = next
    }
    return heir
  }

  /** Whether a merge, or several, made one of these classes of the other, in force or undone. */
  areMerged(a: number, b: number): boolean {
    return this.#areMerged.get({ a, b }) === 1
  }
}
