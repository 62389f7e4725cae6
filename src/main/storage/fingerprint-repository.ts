import type Database from 'better-sqlite3'

/** What images look like, in a few bytes; of the file as it was when the fingerprint was taken. */
export class FingerprintRepository {
  readonly #put: Database.Statement<[{ imageId: number; hash: string }]>
  readonly #missing: Database.Statement<[], number>
  readonly #list: Database.Statement<[], { id: number; hash: string }>

  constructor(database: Database.Database) {
    this.#put = database.prepare(
      `INSERT INTO image_fingerprint (image_id, bytes, modified_ms, hash)
       SELECT id, bytes, modified_ms, @hash FROM image WHERE id = @imageId
       ON CONFLICT (image_id) DO UPDATE
         SET bytes = excluded.bytes, modified_ms = excluded.modified_ms, hash = excluded.hash`,
    )
    // A file that was changed is another photo.
    const isOfFile = 'f.bytes = image.bytes AND f.modified_ms = image.modified_ms'
    this.#missing = database
      .prepare<[], number>(
        `SELECT id FROM image WHERE NOT EXISTS (
           SELECT 1 FROM image_fingerprint f WHERE f.image_id = image.id AND ${isOfFile})
         ORDER BY id`,
      )
      .pluck()
    this.#list = database.prepare(
      `SELECT image.id, f.hash FROM image_fingerprint f
       JOIN image ON image.id = f.image_id AND ${isOfFile} ORDER BY image.id`,
    )
  }

  /** @param hash 16 hexadecimal digits */
  put(imageId: number, hash: string): void {
    this.#put.run({ imageId, hash })
  }

  listMissing(): number[] {
    return this.#missing.all()
  }

  listAll(): { id: number; hash: string }[] {
    return this.#list.all()
  }
}
