import type Database from 'better-sqlite3'
import type { ImageFilter, ImageOrder, ImagePage, ImageSummary } from '#shared/contract/commands.ts'
import type { ImageRecord, ImageStatus } from '#shared/contract/records.ts'
import type { ScoreRepository } from './score-repository.ts'

/** An image that is not in the project yet. */
export type ImageDraft = Omit<ImageRecord, 'id' | 'status' | 'error'>
export type ImageChanges = Partial<Omit<ImageRecord, 'id'>>

/** Rows read at a time by `iterate`. */
const PAGE = 500

const COLUMNS = `id, path, name, bytes, modified_ms AS modifiedMs, sha256, width, height, status, error`

interface FilterParameters {
  readonly statuses: string | null
  readonly search: string | null
  readonly classId: number | null
}

const PASSES_FILTER = `
  (@statuses IS NULL OR status IN (SELECT value FROM json_each(@statuses)))
  AND (@search IS NULL OR name LIKE @search ESCAPE '\\')
  AND (@classId IS NULL OR id IN
    (SELECT image_id FROM annotation WHERE class_id = @classId AND state <> 'rejected'))`

/** What images are sorted by, each with an index that has all that the sorting reads. */
const SORT_KEYS: Readonly<Record<ImageOrder, string | null>> = {
  name: 'name',
  added: null,
  annotations: `(SELECT count(*) FROM annotation
    WHERE annotation.image_id = image.id AND annotation.state <> 'rejected')`,
  // What a person is done with does not wait.
  uncertainty: `CASE WHEN status <> 'reviewed' THEN (SELECT max(uncertainty) FROM annotation
    WHERE annotation.image_id = image.id AND annotation.state = 'proposed') END`,
}

export class ImageRepository {
  readonly #database: Database.Database
  readonly #scores: ScoreRepository
  readonly #insert: Database.Statement<[ImageDraft], ImageRecord>
  readonly #get: Database.Statement<[number], ImageRecord>
  readonly #getByPath: Database.Statement<[string], ImageRecord>
  readonly #count: Database.Statement<[FilterParameters], number>
  readonly #page: Database.Statement<
    [FilterParameters & { offset: number; limit: number }],
    ImageRecord
  >
  readonly #after: Database.Statement<
    [FilterParameters & { after: number; limit: number }],
    ImageRecord
  >
  readonly #summaries: Database.Statement<[string], ImageSummary>
  readonly #unread: Database.Statement<[], number>
  readonly #groups: Database.Statement<[], string>
  readonly #update: Database.Statement<[ImageRecord]>
  readonly #delete: Database.Statement<[number]>
  readonly #countByStatus: Database.Statement<[], { status: ImageStatus; count: number }>

  /** By order and direction, made when they are asked for. */
  readonly #ids = new Map<string, Database.Statement<[FilterParameters], number>>()

  constructor(database: Database.Database, scores: ScoreRepository) {
    this.#database = database
    this.#scores = scores
    this.#insert = database.prepare(
      `INSERT INTO image (path, name, bytes, modified_ms, sha256, width, height, status)
       VALUES (@path, @name, @bytes, @modifiedMs, @sha256, @width, @height, 'new')
       ON CONFLICT (path) DO NOTHING RETURNING ${COLUMNS}`,
    )
    this.#get = database.prepare(`SELECT ${COLUMNS} FROM image WHERE id = ?`)
    this.#getByPath = database.prepare(`SELECT ${COLUMNS} FROM image WHERE path = ?`)
    this.#count = database
      .prepare<[FilterParameters], number>(`SELECT count(*) FROM image WHERE ${PASSES_FILTER}`)
      .pluck()
    this.#page = database.prepare(
      `SELECT ${COLUMNS} FROM image WHERE ${PASSES_FILTER}
       ORDER BY name, id LIMIT @limit OFFSET @offset`,
    )
    this.#after = database.prepare(
      `SELECT ${COLUMNS} FROM image WHERE id > @after AND ${PASSES_FILTER}
       ORDER BY id LIMIT @limit`,
    )
    this.#summaries = database.prepare(
      `WITH asked AS (SELECT key AS place, value AS wanted FROM json_each(?))
       SELECT ${COLUMNS},
         (SELECT count(*) FROM annotation
          WHERE annotation.image_id = image.id AND annotation.state <> 'rejected') AS annotations,
         (SELECT count(*) FROM annotation
          WHERE annotation.image_id = image.id AND annotation.state = 'proposed') AS proposed
       FROM asked JOIN image ON image.id = wanted ORDER BY place`,
    )
    this.#unread = database
      .prepare<[], number>(
        `SELECT id FROM image WHERE sha256 IS NULL AND bytes IN
           (SELECT bytes FROM image GROUP BY bytes HAVING count(*) > 1) ORDER BY id`,
      )
      .pluck()
    this.#groups = database
      .prepare<[], string>(
        `SELECT json_group_array(id ORDER BY id) FROM image WHERE sha256 IS NOT NULL
         GROUP BY sha256 HAVING count(*) > 1 ORDER BY min(id)`,
      )
      .pluck()
    this.#update = database.prepare(
      `UPDATE image SET path = @path, name = @name, bytes = @bytes, modified_ms = @modifiedMs,
         sha256 = @sha256, width = @width, height = @height, status = @status, error = @error
       WHERE id = @id`,
    )
    this.#delete = database.prepare('DELETE FROM image WHERE id = ?')
    this.#countByStatus = database.prepare(
      'SELECT status, count(*) AS count FROM image GROUP BY status',
    )
  }

  /** Images whose path is already there are left as they are. */
  insertMany(drafts: Iterable<ImageDraft>): { added: ImageRecord[]; known: number } {
    const added: ImageRecord[] = []
    let known = 0
    for (const draft of drafts) {
      const image = this.#insert.get(draft)
      if (image === undefined) known++
      else added.push(image)
    }
    return { added, known }
  }

  get(id: number): ImageRecord | null {
    return this.#get.get(id) ?? null
  }

  getByPath(path: string): ImageRecord | null {
    return this.#getByPath.get(path) ?? null
  }

  /** By name. */
  list(filter: ImageFilter, page: { offset: number; limit: number }): ImagePage {
    const parameters = parametersOf(filter)
    return {
      total: this.#count.get(parameters) as number,
      images: this.#page.all({ ...parameters, ...page }),
    }
  }

  /** Images without a value, such as those in which nothing waits, come last in descending order. */
  listIds(filter: ImageFilter, order: ImageOrder = 'name', isDescending = false): number[] {
    return this.#idsBy(order, isDescending).all(parametersOf(filter))
  }

  /** Those that exist, in the order of the ids. */
  listSummaries(ids: readonly number[]): ImageSummary[] {
    return this.#summaries.all(JSON.stringify(ids))
  }

  /** Images without a hash, of a size that another image has too. */
  listUnreadOfSharedSize(): number[] {
    return this.#unread.all()
  }

  /** Ids of images with the same hash, two or more each. */
  listSameContent(): number[][] {
    return this.#groups.all().map((ids) => JSON.parse(ids) as number[])
  }

  /**
   * All images, by id, in memory a page at a time. Images may be changed while it runs: it reads
   * no further than the page, where SQLite's own cursor would forbid every write.
   */
  *iterate(filter: ImageFilter = {}): Generator<ImageRecord, void, undefined> {
    const parameters = parametersOf(filter)
    let after = 0
    for (;;) {
      const page = this.#after.all({ ...parameters, after, limit: PAGE })
      yield* page
      if (page.length < PAGE) return
      after = page[page.length - 1].id
    }
  }

  /** The image as it is then, or null when there is none. */
  update(id: number, changes: ImageChanges): ImageRecord | null {
    const image = this.get(id)
    if (image === null) return null
    const updated = { ...image, ...changes }
    this.#update.run(updated)
    return updated
  }

  /** With its candidates, annotations and history. False when there is none. */
  delete(id: number): boolean {
    this.#scores.forgetImage(id)
    return this.#delete.run(id).changes > 0
  }

  #idsBy(order: ImageOrder, isDescending: boolean): Database.Statement<[FilterParameters], number> {
    const name = `${order} ${isDescending}`
    const known = this.#ids.get(name)
    if (known) return known
    const direction = isDescending ? 'DESC' : 'ASC'
    const keys = [SORT_KEYS[order], 'id'].flatMap((key) => (key ? `${key} ${direction}` : []))
    const statement = this.#database
      .prepare<[FilterParameters], number>(
        `SELECT id FROM image WHERE ${PASSES_FILTER} ORDER BY ${keys.join(', ')}`,
      )
      .pluck()
    this.#ids.set(name, statement)
    return statement
  }

  countByStatus(): Record<ImageStatus, number> {
    const counts = { new: 0, labelled: 0, reviewed: 0, failed: 0 }
    for (const { status, count } of this.#countByStatus.all()) counts[status] = count
    return counts
  }
}

function parametersOf({ statuses, search, classId }: ImageFilter): FilterParameters {
  return {
    statuses: statuses === undefined ? null : JSON.stringify(statuses),
    search: search === undefined ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`,
    classId: classId ?? null,
  }
}
