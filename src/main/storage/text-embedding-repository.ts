import type Database from 'better-sqlite3'
import { blobOfArray, float32OfBlob } from './blobs.ts'

/** Embeddings of exact prompts: [d] float32 of unit length, by the sha256 of the text encoder. */
export class TextEmbeddingRepository {
  readonly #getMany: Database.Statement<[string, string], { prompt: string; vector: Buffer }>
  readonly #put: Database.Statement<[string, string, Buffer]>

  constructor(database: Database.Database) {
    this.#getMany = database.prepare(
      `SELECT prompt, vector FROM text_embedding
       WHERE encoder = ? AND prompt IN (SELECT value FROM json_each(?))`,
    )
    this.#put = database.prepare(
      `INSERT INTO text_embedding (encoder, prompt, vector) VALUES (?, ?, ?)
       ON CONFLICT (encoder, prompt) DO UPDATE SET vector = excluded.vector`,
    )
  }

  /** By prompt; those that are not there are left out. */
  getMany(encoder: string, prompts: readonly string[]): Map<string, Float32Array> {
    const rows = this.#getMany.all(encoder, JSON.stringify(prompts))
    return new Map(rows.map(({ prompt, vector }) => [prompt, float32OfBlob(vector)]))
  }

  putMany(encoder: string, vectors: ReadonlyMap<string, Float32Array>): void {
    for (const [prompt, vector] of vectors) this.#put.run(encoder, prompt, blobOfArray(vector))
  }
}
