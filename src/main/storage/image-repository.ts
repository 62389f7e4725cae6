import type Database from 'better-sqlite3'
import type { ImageFilter, ImagePage } from '#shared/contract/commands.ts'
import type { ImageRecord, ImageStatus } from '#shared/contract/records.ts'

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

export class ImageRepository {
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
  readonly #ids: Database.Statement<[FilterParameters], number>
  readonly #update: Database.Statement<[ImageRecord]>
  readonly #delete: Database.Statement<[number]>
  readonly #countByStatus: Database.Statement<[], { status: ImageStatus; count: number }>

  constructor(database: Database.Database) {
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
    this.#ids = database
      .prepare<[FilterParameters], number>(
        `SELECT id FROM image WHERE ${PASSES_FILTER} ORDER BY name, id`,
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

  /** By name. */
  listIds(filter: ImageFilter): number[] {
    return this.#ids.all(parametersOf(filter))
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
    return this.#delete.run(id).changes > 0
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
