import type Database from 'better-sqlite3'
import type { ChangeSummary } from '#shared/contract/records.ts'
import type { RecordDiff } from '#shared/history/record-diff.ts'
import { completeDiff } from './complete-diff.ts'

export interface ChangeDraft {
  /** null: a change of the vocabulary. */
  readonly imageId: number | null
  readonly label: string
  readonly diff: RecordDiff
  readonly jobId: number | null
  readonly madeBy: string | null
}

interface NewChangeRow extends Omit<ChangeDraft, 'diff'> {
  readonly diff: string
  readonly createdMs: number
}

interface SummaryRow extends Omit<ChangeSummary, 'isUndone'> {
  readonly undone: 0 | 1
}

/** Who judged an annotation last, and when. */
export interface Judgement {
  readonly annotationId: number
  readonly judgedBy: string
  readonly judgedMs: number
}

const SUMMARY = `seq AS id, image_id AS imageId, label, job_id AS jobId, created_ms AS createdMs,
  made_by AS madeBy, undone`

/**
 * The history of each image, and with `imageId` null that of the vocabulary. The undone changes of
 * an image are always its newest: `append` discards them.
 */
export class ChangeRepository {
  readonly #insert: Database.Statement<[NewChangeRow]>
  readonly #discardUndone: Database.Statement<[number | null]>
  readonly #delete: Database.Statement<[number]>
  readonly #diff: Database.Statement<[number], string>
  readonly #setDiff: Database.Statement<[string, number, number]>
  readonly #listOfImage: Database.Statement<[number | null], SummaryRow>
  readonly #lastUndoable: Database.Statement<[number | null], SummaryRow>
  readonly #lastRedoable: Database.Statement<[number | null], SummaryRow>
  readonly #markUndone: Database.Statement<[number, number]>
  readonly #markReverted: Database.Statement<[number, number]>
  readonly #activeOfJob: Database.Statement<[number, number], number>
  readonly #imagesOfJob: Database.Statement<[number], number>
  readonly #judgements: Database.Statement<[number], Judgement>
  readonly #newest: Database.Statement<[number | null, number], SummaryRow>
  readonly #lastMs: Database.Statement<[], number | null>

  constructor(database: Database.Database) {
    this.#insert = database.prepare(
      `INSERT INTO change (image_id, label, diff, job_id, made_by, created_ms)
       VALUES (@imageId, @label, @diff, @jobId, @madeBy, @createdMs)`,
    )
    this.#discardUndone = database.prepare('DELETE FROM change WHERE image_id IS ? AND undone = 1')
    this.#delete = database.prepare('DELETE FROM change WHERE seq = ?')
    this.#diff = database.prepare<[number], string>('SELECT diff FROM change WHERE seq = ?').pluck()
    this.#setDiff = database.prepare('UPDATE change SET diff = ?, created_ms = ? WHERE seq = ?')
    this.#listOfImage = database.prepare(
      `SELECT ${SUMMARY} FROM change WHERE image_id IS ? ORDER BY seq`,
    )
    this.#lastUndoable = database.prepare(
      `SELECT ${SUMMARY} FROM change WHERE image_id IS ? AND undone = 0 ORDER BY seq DESC LIMIT 1`,
    )
    this.#lastRedoable = database.prepare(
      `SELECT ${SUMMARY} FROM change WHERE image_id IS ? AND undone = 1 ORDER BY seq LIMIT 1`,
    )
    this.#markUndone = database.prepare('UPDATE change SET undone = ? WHERE seq = ?')
    this.#markReverted = database.prepare('UPDATE change SET reverted_by = ? WHERE seq = ?')
    const isActive = `undone = 0 AND NOT EXISTS (SELECT 1 FROM change AS revert
      WHERE revert.seq = change.reverted_by AND revert.undone = 0)`
    this.#activeOfJob = database
      .prepare<[number, number], number>(
        `SELECT seq FROM change WHERE job_id = ? AND image_id = ? AND ${isActive} ORDER BY seq`,
      )
      .pluck()
    this.#imagesOfJob = database
      .prepare<[number], number>(
        `SELECT image_id FROM change WHERE job_id = ? AND ${isActive}
         GROUP BY image_id ORDER BY min(seq)`,
      )
      .pluck()
    this.#newest = database.prepare(
      `SELECT ${SUMMARY} FROM change WHERE image_id IS ? ORDER BY seq DESC LIMIT ?`,
    )
    this.#judgements = database.prepare(
      `SELECT CAST(substr(record.key, length('annotation:') + 1) AS INTEGER) AS annotationId,
         made_by AS judgedBy, created_ms AS judgedMs
       FROM change, json_each('["added", "updated"]') AS part,
         json_each(change.diff, '$.' || part.value) AS record
       WHERE image_id = ? AND undone = 0 AND made_by IS NOT NULL AND record.key LIKE 'annotation:%'
       ORDER BY seq`,
    )
    this.#lastMs = database
      .prepare<[], number>('SELECT max(created_ms) FROM change WHERE undone = 0')
      .pluck()
  }

  /** When the last change of all that holds was made; null before there is any. */
  lastMs(): number | null {
    return this.#lastMs.get() ?? null
  }

  /** The id of the new change. What was undone before it cannot be redone any more. */
  append({ diff, ...change }: ChangeDraft): number {
    this.discardUndone(change.imageId)
    const row = { ...change, diff: JSON.stringify(diff), createdMs: Date.now() }
    return Number(this.#insert.run(row).lastInsertRowid)
  }

  discardUndone(imageId: number | null): void {
    this.#discardUndone.run(imageId)
  }

  delete(id: number): void {
    this.#delete.run(id)
  }

  /** @throws Error for an id that no change has */
  diffOf(id: number): RecordDiff {
    const diff = this.#diff.get(id)
    if (diff === undefined) throw new Error(`There is no change ${id}.`)
    return completeDiff(JSON.parse(diff) as RecordDiff)
  }

  replaceDiff(id: number, diff: RecordDiff): void {
    this.#setDiff.run(JSON.stringify(diff), Date.now(), id)
  }

  /** The oldest first. */
  listForImage(imageId: number | null): ChangeSummary[] {
    return this.#listOfImage.all(imageId).map(summaryOfRow)
  }

  /** The newest first. */
  listNewest(imageId: number | null, atMost: number): ChangeSummary[] {
    return this.#newest.all(imageId, atMost).map(summaryOfRow)
  }

  /** By annotation id: the last step of a person that changed it and holds. */
  judgementsOf(imageId: number): Map<number, Judgement> {
    return new Map(this.#judgements.all(imageId).map((one) => [one.annotationId, one]))
  }

  /** What undo takes back next. */
  lastUndoable(imageId: number | null): ChangeSummary | null {
    return orNull(this.#lastUndoable.get(imageId))
  }

  /** What redo brings back next. */
  lastRedoable(imageId: number | null): ChangeSummary | null {
    return orNull(this.#lastRedoable.get(imageId))
  }

  markUndone(id: number, isUndone: boolean): void {
    this.#markUndone.run(isUndone ? 1 : 0, id)
  }

  /** Changes of a job were taken back by a later change; they count again when that is undone. */
  markReverted(ids: readonly number[], by: number): void {
    for (const id of ids) this.#markReverted.run(by, id)
  }

  /** Images in which a job changed something that is neither undone nor reverted. */
  listImageIdsOfJob(jobId: number): number[] {
    return this.#imagesOfJob.all(jobId)
  }

  /** What is neither undone nor reverted of a job in an image, the oldest first. */
  listOfJob(jobId: number, imageId: number): number[] {
    return this.#activeOfJob.all(jobId, imageId)
  }
}

function orNull(row: SummaryRow | undefined): ChangeSummary | null {
  return row === undefined ? null : summaryOfRow(row)
}

function summaryOfRow({ undone, ...row }: SummaryRow): ChangeSummary {
  return { ...row, isUndone: undone === 1 }
}
