import type Database from 'better-sqlite3'
import type { ScoreHistogram } from '#shared/contract/commands.ts'

/** A region called by a class, whatever the threshold says. */
export interface ClassScore {
  readonly classId: number
  /** 0..1 */
  readonly score: number
}

const BINS = 100
/** 0.29 * 100 is less than 29 in floating point. */
const ROUNDING = 1e-9

/**
 * What the candidates of each image scored when they were scored last, and the sums of it. The sums
 * follow every write, so that reading them does not depend on the number of images.
 */
export class ScoreRepository {
  readonly #calls: Database.Statement<[number], Buffer>
  readonly #put: Database.Statement<[number, Buffer]>
  readonly #delete: Database.Statement<[number]>
  readonly #add: Database.Statement<[{ classId: number; bin: number; count: number }]>
  readonly #totals: Database.Statement<[], { classId: number; bin: number; count: number }>

  constructor(database: Database.Database) {
    this.#calls = database
      .prepare<[number], Buffer>('SELECT calls FROM image_score WHERE image_id = ?')
      .pluck()
    this.#put = database.prepare(
      `INSERT INTO image_score (image_id, calls) VALUES (?, ?)
       ON CONFLICT (image_id) DO UPDATE SET calls = excluded.calls`,
    )
    this.#delete = database.prepare('DELETE FROM image_score WHERE image_id = ?')
    this.#add = database.prepare(
      `INSERT INTO score_total (class_id, bin, count) VALUES (@classId, @bin, @count)
       ON CONFLICT (class_id, bin) DO UPDATE SET count = count + excluded.count`,
    )
    this.#totals = database.prepare(
      'SELECT class_id AS classId, bin, count FROM score_total WHERE count > 0',
    )
  }

  /** In place of what was there. Writes nothing when that is the same. */
  replaceForImage(imageId: number, scores: readonly ClassScore[]): void {
    const calls = Uint32Array.from(scores, ({ classId, score }) => callOf(classId, score)).sort()
    const blob = Buffer.from(calls.buffer)
    const before = this.#calls.get(imageId)
    if (before?.equals(blob)) return
    this.#count(before === undefined ? [] : callsOfBlob(before), calls)
    this.#put.run(imageId, blob)
  }

  /** Before the image is deleted. */
  forgetImage(imageId: number): void {
    const before = this.#calls.get(imageId)
    if (before === undefined) return
    this.#count(callsOfBlob(before), [])
    this.#delete.run(imageId)
  }

  /** One for each of the classes, in their order. */
  histograms(classIds: readonly number[]): ScoreHistogram[] {
    const bins = new Map(classIds.map((id) => [id, new Array<number>(BINS).fill(0)]))
    for (const { classId, bin, count } of this.#totals.all()) {
      const ofClass = bins.get(classId)
      if (ofClass) ofClass[bin] = count
    }
    return Array.from(bins, ([classId, counts]) => ({ classId, bins: counts }))
  }

  #count(before: Iterable<number>, after: Iterable<number>): void {
    const differences = new Map<number, number>()
    for (const call of before) differences.set(call, (differences.get(call) ?? 0) - 1)
    for (const call of after) differences.set(call, (differences.get(call) ?? 0) + 1)
    for (const [call, count] of differences) {
      if (count !== 0) this.#add.run({ classId: Math.floor(call / BINS), bin: call % BINS, count })
    }
  }
}

function callOf(classId: number, score: number): number {
  return classId * BINS + Math.min(BINS - 1, Math.floor(score * BINS + ROUNDING))
}

/** A copy: a Buffer may start anywhere in a shared pool. */
function callsOfBlob(blob: Buffer): Uint32Array {
  return new Uint32Array(Uint8Array.from(blob).buffer)
}
