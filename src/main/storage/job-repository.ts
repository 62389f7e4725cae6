import type Database from 'better-sqlite3'
import type { JobItemState, JobKind, JobRecord, JobState } from '#shared/contract/records.ts'

export interface JobDraft {
  readonly runId: number | null
  readonly kind: JobKind
  readonly createdMs: number
  /** In the order of work, each once. */
  readonly imageIds: readonly number[]
}

/** An item that was handed out: it is `running` until it is finished, failed or queued again. */
export interface ClaimedItem {
  readonly jobId: number
  readonly runId: number | null
  readonly imageId: number
}

/** An image that a job could not do. */
export interface FailedItem {
  readonly imageId: number
  readonly name: string
  /** In words for the user. */
  readonly reason: string
}

export interface JobItem {
  readonly imageId: number
  readonly state: JobItemState
  /** In words for the user. */
  readonly error: string | null
}

type JobRow = Omit<JobRecord, 'items'>
interface ItemOutcome {
  readonly jobId: number
  readonly imageId: number
  readonly state: JobItemState
  readonly error: string | null
}

const COLUMNS = `id, run_id AS runId, kind, state, error, created_ms AS createdMs,
  finished_ms AS finishedMs`

/**
 * The persisted queue. A job is `queued` until its first item is claimed, then `running` until no
 * item is open; it `failed` when no item was done and one failed, or when `fail` says so.
 */
export class JobRepository {
  readonly #insert: Database.Statement<[Omit<JobDraft, 'imageIds'>]>
  readonly #insertItem: Database.Statement<[number, number, number]>
  readonly #get: Database.Statement<[number], JobRow>
  readonly #list: Database.Statement<[], JobRow>
  readonly #listOpen: Database.Statement<[], JobRow>
  readonly #listOfRun: Database.Statement<[number], JobRow>
  readonly #items: Database.Statement<[number, JobItemState], JobItem>
  readonly #failures: Database.Statement<[number], FailedItem>
  readonly #countQueued: Database.Statement<[], number>
  readonly #lastRuns: Database.Statement<[], { imageId: number; runId: number }>
  readonly #countItems: Database.Statement<[number], { state: JobItemState; count: number }>
  readonly #nextItem: Database.Statement<[], ClaimedItem>
  readonly #setItem: Database.Statement<[ItemOutcome]>
  readonly #setState: Database.Statement<
    [{ id: number; state: JobState; error: string | null; finishedMs: number | null }]
  >
  readonly #cancelQueued: Database.Statement<[number]>
  readonly #requeueRunning: Database.Statement<[]>
  readonly #cancelRunning: Database.Statement<[]>

  constructor(database: Database.Database) {
    this.#insert = database.prepare(
      `INSERT INTO job (run_id, kind, state, created_ms)
       VALUES (@runId, @kind, 'queued', @createdMs)`,
    )
    this.#insertItem = database.prepare(
      `INSERT INTO job_item (job_id, image_id, position, state) VALUES (?, ?, ?, 'queued')`,
    )
    this.#get = database.prepare(`SELECT ${COLUMNS} FROM job WHERE id = ?`)
    this.#list = database.prepare(`SELECT ${COLUMNS} FROM job ORDER BY id DESC`)
    this.#listOpen = database.prepare(
      `SELECT ${COLUMNS} FROM job WHERE state IN ('queued', 'running') ORDER BY id`,
    )
    this.#listOfRun = database.prepare(`SELECT ${COLUMNS} FROM job WHERE run_id = ? ORDER BY id`)
    this.#items = database.prepare(
      `SELECT image_id AS imageId, state, error FROM job_item
       WHERE job_id = ? AND state = ? ORDER BY position`,
    )
    this.#failures = database.prepare(
      `SELECT item.image_id AS imageId, image.name, coalesce(item.error, '') AS reason
       FROM job_item item JOIN image ON image.id = item.image_id
       WHERE item.job_id = ? AND item.state = 'failed' ORDER BY item.position`,
    )
    this.#countQueued = database
      .prepare<[], number>(
        `SELECT count(*) FROM job JOIN job_item item ON item.job_id = job.id
         WHERE job.state IN ('queued', 'running') AND item.state = 'queued'`,
      )
      .pluck()
    this.#lastRuns = database.prepare(
      `SELECT item.image_id AS imageId, max(job.run_id) AS runId
       FROM job_item item JOIN job ON job.id = item.job_id
       WHERE item.state = 'done' AND job.run_id IS NOT NULL GROUP BY item.image_id`,
    )
    this.#countItems = database.prepare(
      'SELECT state, count(*) AS count FROM job_item WHERE job_id = ? GROUP BY state',
    )
    this.#nextItem = database.prepare(
      `SELECT job.id AS jobId, job.run_id AS runId, item.image_id AS imageId
       FROM job JOIN job_item item ON item.job_id = job.id
       WHERE job.state IN ('queued', 'running') AND item.state = 'queued'
       ORDER BY job.id, item.position LIMIT 1`,
    )
    this.#setItem = database.prepare(
      `UPDATE job_item SET state = @state, error = @error
       WHERE job_id = @jobId AND image_id = @imageId`,
    )
    this.#setState = database.prepare(
      'UPDATE job SET state = @state, error = @error, finished_ms = @finishedMs WHERE id = @id',
    )
    this.#cancelQueued = database.prepare(
      `UPDATE job_item SET state = 'cancelled' WHERE job_id = ? AND state = 'queued'`,
    )
    this.#requeueRunning = database.prepare(
      `UPDATE job_item SET state = 'queued' WHERE state = 'running'
       AND job_id IN (SELECT id FROM job WHERE state IN ('queued', 'running'))`,
    )
    this.#cancelRunning = database.prepare(
      `UPDATE job_item SET state = 'cancelled' WHERE state = 'running'
       AND job_id IN (SELECT id FROM job WHERE state IN ('cancelled', 'failed'))`,
    )
  }

  /** The id of the new job. A job without images is done at once. */
  create({ imageIds, ...job }: JobDraft): number {
    const id = Number(this.#insert.run(job).lastInsertRowid)
    imageIds.forEach((imageId, position) => this.#insertItem.run(id, imageId, position))
    this.#settle(id)
    return id
  }

  get(id: number): JobRecord | null {
    const row = this.#get.get(id)
    return row === undefined ? null : this.#recordOf(row)
  }

  /** The newest first. */
  list(): JobRecord[] {
    return this.#list.all().map((row) => this.#recordOf(row))
  }

  listForRun(runId: number): JobRecord[] {
    return this.#listOfRun.all(runId).map((row) => this.#recordOf(row))
  }

  /** Jobs that were cut off by the end of their process, in the order of work. */
  findResumable(): JobRecord[] {
    return this.#listOpen.all().map((row) => this.#recordOf(row))
  }

  /** Items of a job in a state, in the order of work: the failed ones tell why. */
  listItems(jobId: number, state: JobItemState): JobItem[] {
    return this.#items.all(jobId, state)
  }

  /** In the order of work. */
  listFailures(jobId: number): FailedItem[] {
    return this.#failures.all(jobId)
  }

  /** Items that are to be done, of all jobs. */
  countQueued(): number {
    return this.#countQueued.get() as number
  }

  /** The run that last went through each image that any has. */
  lastRuns(): IterableIterator<{ readonly imageId: number; readonly runId: number }> {
    return this.#lastRuns.iterate()
  }

  /** The next queued item of the oldest open job, which is `running` from now on; null for none. */
  claimNextItem(): ClaimedItem | null {
    const item = this.#nextItem.get()
    if (item === undefined) {
      // The last open images of a job may have been removed from the project.
      for (const { id } of this.#listOpen.all()) this.#settle(id)
      return null
    }
    this.#setItem.run({ ...item, state: 'running', error: null })
    this.#setState.run({ id: item.jobId, state: 'running', error: null, finishedMs: null })
    return item
  }

  finishItem(jobId: number, imageId: number): void {
    this.#endItem({ jobId, imageId, state: 'done', error: null })
  }

  /** @param error in words for the user */
  failItem(jobId: number, imageId: number, error: string): void {
    this.#endItem({ jobId, imageId, state: 'failed', error })
  }

  /** A claimed item whose work was not done: queued again, or cancelled with its job. */
  releaseItem(jobId: number, imageId: number): void {
    const isOpen = ['queued', 'running'].includes(this.#get.get(jobId)?.state ?? '')
    this.#endItem({ jobId, imageId, state: isOpen ? 'queued' : 'cancelled', error: null })
  }

  /** Queued items are cancelled; a running one may still be finished. No effect on an ended job. */
  cancel(jobId: number): void {
    this.#end(jobId, 'cancelled', null)
  }

  /**
   * Ends the job for a cause that no item has alone, a missing model for one.
   * @param error in words for the user
   */
  fail(jobId: number, error: string): void {
    this.#end(jobId, 'failed', error)
  }

  /**
   * What was running when the last process ended is queued again; of a cancelled or failed job it
   * is cancelled. For the start, before anything is claimed.
   */
  requeueRunningItems(): void {
    this.#requeueRunning.run()
    this.#cancelRunning.run()
  }

  countItems(jobId: number): Record<JobItemState, number> {
    const counts = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 }
    for (const { state, count } of this.#countItems.all(jobId)) counts[state] = count
    return counts
  }

  #recordOf(row: JobRow): JobRecord {
    return { ...row, items: this.countItems(row.id) }
  }

  #endItem(outcome: ItemOutcome): void {
    this.#setItem.run(outcome)
    this.#settle(outcome.jobId)
  }

  /** Ends an open job that has no open item. */
  #settle(jobId: number): void {
    const job = this.#get.get(jobId)
    if (job === undefined || !isOpen(job)) return
    const { queued, running, done, failed } = this.countItems(jobId)
    if (queued + running > 0) return
    const state = done === 0 && failed > 0 ? 'failed' : 'done'
    this.#setState.run({ id: jobId, state, error: null, finishedMs: Date.now() })
  }

  #end(jobId: number, state: 'cancelled' | 'failed', error: string | null): void {
    const job = this.#get.get(jobId)
    if (job === undefined || !isOpen(job)) return
    this.#cancelQueued.run(jobId)
    this.#setState.run({ id: jobId, state, error, finishedMs: Date.now() })
  }
}

function isOpen({ state }: JobRow): boolean {
  return state === 'queued' || state === 'running'
}
