import type Database from 'better-sqlite3'
import type { AnnotationRecord, AnnotationState, Provenance } from '#shared/contract/records.ts'

/** An annotation without its id, and without box and area, which are those of its mask. */
export type AnnotationDraft = Omit<AnnotationRecord, 'id' | 'bbox' | 'area'>

export interface ClassCount {
  readonly classId: number
  readonly state: AnnotationState
  readonly count: number
}

interface NewAnnotationRow extends Omit<AnnotationDraft, 'isCrowd' | 'provenance'> {
  /** null lets the database choose. */
  readonly id: number | null
  readonly isCrowd: 0 | 1
  /** JSON. */
  readonly provenance: string | null
}

interface AnnotationRow extends NewAnnotationRow {
  readonly id: number
  readonly area: number
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

const SELECT = `
  SELECT a.id, a.image_id AS imageId, a.class_id AS classId, a.mask_hash AS maskHash,
    a.is_crowd AS isCrowd, a.score, a.state, a.origin, a.candidate_id AS candidateId, a.provenance,
    m.area, m.x, m.y, m.w, m.h
  FROM annotation a JOIN mask m ON m.hash = a.mask_hash`

export class AnnotationRepository {
  readonly #get: Database.Statement<[number], AnnotationRow>
  readonly #listOfImage: Database.Statement<[number], AnnotationRow>
  readonly #insert: Database.Statement<[NewAnnotationRow]>
  readonly #update: Database.Statement<[NewAnnotationRow]>
  readonly #delete: Database.Statement<[number]>
  readonly #reserveIds: Database.Statement<[number], number>
  readonly #countByClass: Database.Statement<[], ClassCount>
  readonly #imageIdsOfClass: Database.Statement<[number], number>

  constructor(database: Database.Database) {
    this.#get = database.prepare(`${SELECT} WHERE a.id = ?`)
    this.#listOfImage = database.prepare(`${SELECT} WHERE a.image_id = ? ORDER BY a.id`)
    this.#insert = database.prepare(
      `INSERT INTO annotation (id, image_id, class_id, mask_hash, is_crowd, score, state, origin,
         candidate_id, provenance)
       VALUES (@id, @imageId, @classId, @maskHash, @isCrowd, @score, @state, @origin,
         @candidateId, @provenance)`,
    )
    this.#update = database.prepare(
      `UPDATE annotation SET image_id = @imageId, class_id = @classId, mask_hash = @maskHash,
         is_crowd = @isCrowd, score = @score, state = @state, origin = @origin,
         candidate_id = @candidateId, provenance = @provenance
       WHERE id = @id`,
    )
    this.#delete = database.prepare('DELETE FROM annotation WHERE id = ?')
    this.#reserveIds = database
      .prepare<[number], number>(
        "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'annotation' RETURNING seq",
      )
      .pluck()
    this.#countByClass = database.prepare(
      `SELECT class_id AS classId, state, count(*) AS count FROM annotation
       GROUP BY class_id, state ORDER BY class_id, state`,
    )
    this.#imageIdsOfClass = database
      .prepare<[number], number>(
        'SELECT DISTINCT image_id FROM annotation WHERE class_id = ? ORDER BY image_id',
      )
      .pluck()
  }

  get(id: number): AnnotationRecord | null {
    const row = this.#get.get(id)
    return row === undefined ? null : recordOfRow(row)
  }

  /** By id, the rejected ones too. */
  listForImage(imageId: number): AnnotationRecord[] {
    return this.#listOfImage.all(imageId).map(recordOfRow)
  }

  /** Ids that no annotation ever had or will get: for records that a diff is to add. */
  reserveIds(count: number): number[] {
    const last = this.#reserveIds.get(count) as number
    return Array.from({ length: count }, (_, index) => last - count + 1 + index)
  }

  /** Without history; the id of the new annotation. */
  insert(draft: AnnotationDraft): number {
    return Number(this.#insert.run(rowOf(null, draft)).lastInsertRowid)
  }

  /** Under the id that it has. */
  restore(record: AnnotationRecord): void {
    this.#insert.run(rowOf(record.id, record))
  }

  /** False when there is no such annotation. */
  update(record: AnnotationRecord): boolean {
    return this.#update.run(rowOf(record.id, record)).changes > 0
  }

  /** False when there is no such annotation. */
  delete(id: number): boolean {
    return this.#delete.run(id).changes > 0
  }

  countByClass(): ClassCount[] {
    return this.#countByClass.all()
  }

  /** Images with an annotation of the class, rejected ones too. */
  listImageIdsOfClass(classId: number): number[] {
    return this.#imageIdsOfClass.all(classId)
  }
}

function recordOfRow({ x, y, w, h, isCrowd, provenance, ...row }: AnnotationRow): AnnotationRecord {
  return {
    ...row,
    bbox: [x, y, w, h],
    isCrowd: isCrowd === 1,
    provenance: provenance === null ? null : (JSON.parse(provenance) as Provenance),
  }
}

function rowOf(id: number | null, draft: AnnotationDraft): NewAnnotationRow {
  return {
    id,
    imageId: draft.imageId,
    classId: draft.classId,
    maskHash: draft.maskHash,
    isCrowd: draft.isCrowd ? 1 : 0,
    score: draft.score,
    state: draft.state,
    origin: draft.origin,
    candidateId: draft.candidateId,
    provenance: draft.provenance === null ? null : JSON.stringify(draft.provenance),
  }
}
