import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { EncodedMask, MaskRecord } from '#shared/contract/records.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { rleToCocoString } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'

interface MaskRow extends EncodedMask {
  readonly hash: string
  readonly area: number
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** What lists need of a mask. */
export interface MaskExtent {
  readonly bbox: XywhBox
  readonly area: number
}

/** Lower-case hex sha256 of size and counts: equal masks have equal names. */
export function hashOfMask({ height, width, counts }: EncodedMask): string {
  return createHash('sha256').update(`${height}x${width}:${counts}`).digest('hex')
}

/** Immutable masks by the hash of their content; each is stored once however often it is used. */
export class MaskRepository {
  readonly #insert: Database.Statement<[MaskRow]>
  readonly #get: Database.Statement<[string], MaskRow>
  readonly #getMany: Database.Statement<[string], MaskRow>
  readonly #extent: Database.Statement<[string], Omit<MaskRow, 'counts'>>
  readonly #collect: Database.Statement<[]>

  constructor(database: Database.Database) {
    const columns = 'hash, height, width, area, x, y, w, h, counts'
    this.#insert = database.prepare(
      `INSERT INTO mask (${columns})
       VALUES (@hash, @height, @width, @area, @x, @y, @w, @h, @counts)
       ON CONFLICT (hash) DO NOTHING`,
    )
    this.#get = database.prepare(`SELECT ${columns} FROM mask WHERE hash = ?`)
    this.#getMany = database.prepare(
      `SELECT ${columns} FROM mask WHERE hash IN (SELECT value FROM json_each(?))`,
    )
    this.#extent = database.prepare('SELECT area, x, y, w, h FROM mask WHERE hash = ?')
    // A history still needs the masks of what was deleted: undo brings it back.
    this.#collect = database.prepare(
      `DELETE FROM mask WHERE hash NOT IN (SELECT mask_hash FROM annotation)
         AND hash NOT IN (SELECT mask_hash FROM candidate)
         AND hash NOT IN (SELECT field.atom FROM change, json_tree(change.diff) AS field
                          WHERE field.key = 'maskHash')`,
    )
  }

  /** Stores a mask made by `geometry`, and names it. */
  put(rle: Rle): MaskRecord {
    const encoded = { height: rle.height, width: rle.width, counts: rleToCocoString(rle) }
    const [x, y, w, h] = rleBbox(rle)
    const row = { ...encoded, hash: hashOfMask(encoded), area: rleArea(rle), x, y, w, h }
    this.#insert.run(row)
    return recordOfRow(row)
  }

  get(hash: string): MaskRecord | null {
    const row = this.#get.get(hash)
    return row === undefined ? null : recordOfRow(row)
  }

  /** By hash; those that are not there are left out. */
  getMany(hashes: readonly string[]): Map<string, MaskRecord> {
    const rows = this.#getMany.all(JSON.stringify(hashes))
    return new Map(rows.map((row) => [row.hash, recordOfRow(row)]))
  }

  getExtent(hash: string): MaskExtent | null {
    const row = this.#extent.get(hash)
    return row === undefined ? null : { bbox: [row.x, row.y, row.w, row.h], area: row.area }
  }

  /** Deletes masks that no annotation, candidate or history names; how many. Reads all histories. */
  deleteUnreferenced(): number {
    return this.#collect.run().changes
  }
}

function recordOfRow({ x, y, w, h, ...mask }: MaskRow): MaskRecord {
  return { ...mask, bbox: [x, y, w, h] }
}
