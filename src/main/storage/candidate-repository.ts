import type Database from 'better-sqlite3'
import type { Candidate, Posterior } from '#main/vision/candidate.ts'
import type { Box, XywhBox } from '#shared/geometry/box.ts'
import { blobOfArray, blobOfPosterior, posteriorOfBlob, uint16OfBlob } from './blobs.ts'
import type { MaskRepository } from './mask-repository.ts'

/** A stored candidate with all that scoring needs; its mask is told by name, box and area only. */
export interface StoredCandidate {
  readonly id: number
  readonly imageId: number
  readonly runId: number
  readonly box: Box
  readonly objectness: number
  readonly detectorClass: number | null
  readonly posterior: Posterior
  /** float16 bits. */
  readonly vector: Uint16Array | null
  /** float16 bits. */
  readonly boxHeadVector: Uint16Array | null
  readonly maskHash: string
  /** Of the mask. */
  readonly bbox: XywhBox
  /** Of the mask, in pixels. */
  readonly area: number
}

export interface CandidatesOfImage {
  readonly imageId: number
  readonly candidates: readonly StoredCandidate[]
}

/** What a search compares of a candidate. */
export interface SearchedCandidate {
  readonly id: number
  readonly imageId: number
  readonly runId: number
  readonly box: Box
  readonly objectness: number
  /** float16 bits. */
  readonly vector: Uint16Array | null
  readonly detectorClass: number | null
  /** Empty where a search compares vectors alone. */
  readonly posterior: Posterior
}

type SearchedRow = readonly [
  ...[id: number, imageId: number, runId: number],
  ...[x1: number, y1: number, x2: number, y2: number],
  ...[objectness: number, vector: Buffer | null],
  ...[detectorClass: number | null, posterior: Buffer | null],
]

const NO_POSTERIOR: Posterior = { classes: new Uint16Array(), probabilities: new Float32Array() }

interface CandidateRow {
  readonly id: number
  readonly imageId: number
  readonly runId: number
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly objectness: number
  readonly detectorClass: number | null
  readonly posterior: Buffer
  readonly vector: Buffer | null
  readonly boxHeadVector: Buffer | null
  readonly maskHash: string
  readonly area: number
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

type NewCandidateRow = Omit<CandidateRow, 'id' | 'area' | 'x' | 'y' | 'w' | 'h'>

export class CandidateRepository {
  readonly #masks: MaskRepository
  readonly #insert: Database.Statement<[NewCandidateRow]>
  readonly #deleteOfImage: Database.Statement<[number]>
  readonly #listOfImage: Database.Statement<[number], CandidateRow>
  readonly #after: Database.Statement<[number, number], SearchedRow>
  readonly #vectorsAfter: Database.Statement<[number, number], SearchedRow>
  readonly #runIds: Database.Statement<[], number>
  readonly #runOfImage: Database.Statement<[number], number>
  readonly #nextImage: Database.Statement<[number], number>

  constructor(database: Database.Database, masks: MaskRepository) {
    this.#masks = masks
    this.#insert = database.prepare(
      `INSERT INTO candidate (image_id, run_id, x1, y1, x2, y2, mask_hash, objectness,
         detector_class, posterior, vector, box_head_vector)
       VALUES (@imageId, @runId, @x1, @y1, @x2, @y2, @maskHash, @objectness,
         @detectorClass, @posterior, @vector, @boxHeadVector)`,
    )
    this.#deleteOfImage = database.prepare('DELETE FROM candidate WHERE image_id = ?')
    this.#listOfImage = database.prepare(
      `SELECT c.id, c.image_id AS imageId, c.run_id AS runId, c.x1, c.y1, c.x2, c.y2, c.objectness,
         c.detector_class AS detectorClass, c.posterior, c.vector,
         c.box_head_vector AS boxHeadVector, c.mask_hash AS maskHash,
         m.area, m.x, m.y, m.w, m.h
       FROM candidate c JOIN mask m ON m.hash = c.mask_hash
       WHERE c.image_id = ? ORDER BY c.id`,
    )
    // Masks are not looked at, and rows are arrays: a search reads every candidate and tells of few.
    const after = (posterior: string): Database.Statement<[number, number], SearchedRow> =>
      database
        .prepare<[number, number], SearchedRow>(
          `SELECT id, image_id, run_id, x1, y1, x2, y2, objectness, vector, detector_class, ${posterior}
           FROM candidate WHERE id > ? ORDER BY id LIMIT ?`,
        )
        .raw()
    this.#after = after('posterior')
    this.#vectorsAfter = after('NULL')
    this.#runIds = database
      // From one run to the next along the index: there are few runs and many candidates.
      .prepare<[], number>(
        `WITH RECURSIVE used (id) AS (
           SELECT min(run_id) FROM candidate
           UNION ALL
           SELECT (SELECT min(run_id) FROM candidate WHERE run_id > used.id) FROM used
             WHERE used.id IS NOT NULL)
         SELECT id FROM used WHERE id IS NOT NULL`,
      )
      .pluck()
    this.#runOfImage = database
      .prepare<[number], number>('SELECT run_id FROM candidate WHERE image_id = ? LIMIT 1')
      .pluck()
    this.#nextImage = database
      .prepare<[number], number>(
        'SELECT image_id FROM candidate WHERE image_id > ? ORDER BY image_id LIMIT 1',
      )
      .pluck()
  }

  /** The ids of the new candidates, in their order; those of earlier runs are gone. */
  replaceForImage(imageId: number, runId: number, candidates: readonly Candidate[]): number[] {
    this.#deleteOfImage.run(imageId)
    return candidates.map((candidate) => {
      const [x1, y1, x2, y2] = candidate.box
      const { lastInsertRowid } = this.#insert.run({
        imageId,
        runId,
        x1,
        y1,
        x2,
        y2,
        maskHash: this.#masks.put(candidate.mask).hash,
        objectness: candidate.objectness,
        detectorClass: candidate.detectorClass,
        posterior: blobOfPosterior(candidate.posterior),
        vector: candidate.vector && blobOfArray(candidate.vector),
        boxHeadVector: candidate.boxHeadVector ? blobOfArray(candidate.boxHeadVector) : null,
      })
      return Number(lastInsertRowid)
    })
  }

  /** Runs that candidates are of. */
  listRunIds(): number[] {
    return this.#runIds.all()
  }

  /** The run that the candidates of an image are of: one, as a run replaces those of others. */
  runOfImage(imageId: number): number | null {
    return this.#runOfImage.get(imageId) ?? null
  }

  listForImage(imageId: number): StoredCandidate[] {
    return this.#listOfImage.all(imageId).map(candidateOfRow)
  }

  /**
   * Image by image, by id, of those that have candidates; one image in memory at a time. Anything
   * may be written while it runs.
   */
  *iterateByImage(): Generator<CandidatesOfImage, void, undefined> {
    for (const imageId of this.iterateImageIds()) {
      yield { imageId, candidates: this.listForImage(imageId) }
    }
  }

  /**
   * By id, from the one after this id on: a page of them. Those of an image follow one another.
   * @param compared `vectors` leaves the posteriors out, which takes half as long
   */
  listAfter(id: number, atMost: number, compared: 'all' | 'vectors'): SearchedCandidate[] {
    const rows = (compared === 'all' ? this.#after : this.#vectorsAfter).all(id, atMost)
    return rows.map(
      ([own, imageId, runId, x1, y1, x2, y2, objectness, vector, detectorClass, posterior]) => ({
        id: own,
        imageId,
        runId,
        box: [x1, y1, x2, y2],
        objectness,
        detectorClass,
        vector: vector && uint16OfBlob(vector),
        posterior: posterior ? posteriorOfBlob(posterior) : NO_POSTERIOR,
      }),
    )
  }

  /** Images that have candidates, by id. Anything may be written while it runs. */
  *iterateImageIds(): Generator<number, void, undefined> {
    let imageId = this.#nextImage.get(0)
    while (imageId !== undefined) {
      yield imageId
      imageId = this.#nextImage.get(imageId)
    }
  }
}

function candidateOfRow(row: CandidateRow): StoredCandidate {
  const { x1, y1, x2, y2, x, y, w, h, posterior, vector, boxHeadVector, ...rest } = row
  return {
    ...rest,
    box: [x1, y1, x2, y2],
    bbox: [x, y, w, h],
    posterior: posteriorOfBlob(posterior),
    vector: vector && uint16OfBlob(vector),
    boxHeadVector: boxHeadVector && uint16OfBlob(boxHeadVector),
  }
}
