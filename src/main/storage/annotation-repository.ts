import type Database from 'better-sqlite3'
import type { ReviewItem } from '#shared/contract/commands.ts'
import type { AttributeValues } from '#shared/contract/attributes.ts'
import type { AnnotationRecord, AnnotationState, Provenance } from '#shared/contract/records.ts'

/** An annotation without its id, and without box and area, which are those of its mask. */
export type AnnotationDraft = Omit<AnnotationRecord, 'id' | 'bbox' | 'area'>

export interface ClassCount {
  readonly classId: number
  readonly state: AnnotationState
  readonly count: number
}

/** Why a proposal needs a person's look, and how much. */
export type Doubt = Pick<ReviewItem, 'uncertainty' | 'reason'>

type Flag = 'isCrowd' | 'isOccluded' | 'isTruncated'

interface NewAnnotationRow
  extends Omit<AnnotationDraft, Flag | 'attributes' | 'provenance'>, Record<Flag, 0 | 1> {
  /** null lets the database choose. */
  readonly id: number | null
  /** JSON. */
  readonly attributes: string
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
    a.is_crowd AS isCrowd, a.is_occluded AS isOccluded, a.is_truncated AS isTruncated,
    a.attributes, a.position, a.score, a.state, a.origin, a.candidate_id AS candidateId, a.provenance,
    m.area, m.x, m.y, m.w, m.h
  FROM annotation a JOIN mask m ON m.hash = a.mask_hash`

/** What a person is done with does not wait, whatever is left in it. */
const WAITS = `state = 'proposed'
  AND image_id NOT IN (SELECT id FROM image WHERE status = 'reviewed')`
const REVIEW_ITEM = `id AS annotationId, image_id AS imageId, coalesce(uncertainty, 0) AS uncertainty,
  coalesce(doubt, 'threshold') AS reason`

export class AnnotationRepository {
  readonly #get: Database.Statement<[number], AnnotationRow>
  readonly #listOfImage: Database.Statement<[number], AnnotationRow>
  readonly #insert: Database.Statement<[NewAnnotationRow]>
  readonly #update: Database.Statement<[NewAnnotationRow]>
  readonly #delete: Database.Statement<[number]>
  readonly #reserveIds: Database.Statement<[number], number>
  readonly #lastId: Database.Statement<[], number>
  readonly #countByClass: Database.Statement<[], ClassCount>
  readonly #imageIdsOfClass: Database.Statement<[number], number>
  readonly #imageIdsOfProposals: Database.Statement<[number, number], number>
  readonly #countTouched: Database.Statement<[number], number>
  readonly #setDoubt: Database.Statement<[Doubt & { id: number }]>
  readonly #hasUnscored: Database.Statement<[number], number>
  readonly #waiting: Database.Statement<[number], ReviewItem>
  readonly #waitingOfClass: Database.Statement<[number, number], ReviewItem>
  readonly #countWaiting: Database.Statement<[{ classId: number | null }], number>

  constructor(database: Database.Database) {
    this.#get = database.prepare(`${SELECT} WHERE a.id = ?`)
    this.#listOfImage = database.prepare(`${SELECT} WHERE a.image_id = ? ORDER BY a.position, a.id`)
    this.#insert = database.prepare(
      `INSERT INTO annotation (id, image_id, class_id, mask_hash, is_crowd, is_occluded,
         is_truncated, attributes, position, score, state, origin, candidate_id, provenance)
       VALUES (@id, @imageId, @classId, @maskHash, @isCrowd, @isOccluded,
         @isTruncated, @attributes, @position, @score, @state, @origin, @candidateId, @provenance)`,
    )
    this.#update = database.prepare(
      `UPDATE annotation SET image_id = @imageId, class_id = @classId, mask_hash = @maskHash,
         is_crowd = @isCrowd, is_occluded = @isOccluded, is_truncated = @isTruncated,
         attributes = @attributes, position = @position, score = @score, state = @state, origin = @origin,
         candidate_id = @candidateId, provenance = @provenance
       WHERE id = @id`,
    )
    this.#delete = database.prepare('DELETE FROM annotation WHERE id = ?')
    this.#reserveIds = database
      .prepare<[number], number>(
        "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'annotation' RETURNING seq",
      )
      .pluck()
    this.#lastId = database
      .prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'annotation'")
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
    this.#imageIdsOfProposals = database
      .prepare<[number, number], number>(
        `SELECT DISTINCT image_id FROM annotation
         WHERE class_id = ? AND state = 'proposed' AND origin = 'run' LIMIT ?`,
      )
      .pluck()
    this.#countTouched = database
      .prepare<[number], number>(
        `SELECT count(*) FROM annotation
         WHERE class_id = ? AND (state <> 'proposed' OR origin <> 'run')`,
      )
      .pluck()
    this.#setDoubt = database.prepare(
      `UPDATE annotation SET uncertainty = @uncertainty, doubt = @reason WHERE id = @id
         AND (uncertainty IS NOT @uncertainty OR doubt IS NOT @reason)`,
    )
    this.#hasUnscored = database
      .prepare<[number], number>(
        `SELECT EXISTS (SELECT 1 FROM annotation
         WHERE image_id = ? AND state = 'proposed' AND origin = 'run' AND uncertainty IS NULL)`,
      )
      .pluck()
    this.#waiting = database.prepare(
      `SELECT ${REVIEW_ITEM} FROM annotation WHERE ${WAITS} ORDER BY uncertainty DESC, id LIMIT ?`,
    )
    this.#waitingOfClass = database.prepare(
      `SELECT ${REVIEW_ITEM} FROM annotation WHERE class_id = ? AND ${WAITS}
       ORDER BY uncertainty DESC, id LIMIT ?`,
    )
    this.#countWaiting = database
      .prepare<[{ classId: number | null }], number>(
        // Two counts along indices; with the images that are done left out one by one it is slow.
        `SELECT (SELECT count(*) FROM annotation
                 WHERE state = 'proposed' AND (@classId IS NULL OR class_id = @classId))
              - (SELECT count(*) FROM image JOIN annotation ON annotation.image_id = image.id
                 WHERE image.status = 'reviewed' AND annotation.state = 'proposed'
                   AND (@classId IS NULL OR class_id = @classId))`,
      )
      .pluck()
  }

  get(id: number): AnnotationRecord | null {
    const row = this.#get.get(id)
    return row === undefined ? null : recordOfRow(row)
  }

  /** The lowest first, the rejected ones too. */
  listForImage(imageId: number): AnnotationRecord[] {
    return this.#listOfImage.all(imageId).map(recordOfRow)
  }

  /** Ids that no annotation ever had or will get: for records that a diff is to add. */
  reserveIds(count: number): number[] {
    const last = this.#reserveIds.get(count) as number
    return Array.from({ length: count }, (_, index) => last - count + 1 + index)
  }

  /** What the next reserved id will be. */
  nextId(): number {
    return (this.#lastId.get() as number) + 1
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

  /** Images with a proposal of a run for the class; some, if there are more. */
  listImageIdsOfProposals(classId: number, atMost: number): number[] {
    return this.#imageIdsOfProposals.all(classId, atMost)
  }

  /** Annotations of a class that a person has had a say in. */
  countTouched(classId: number): number {
    return this.#countTouched.get(classId) as number
  }

  /** Beside the history: it says how an annotation came out of scoring, not what it is. */
  setDoubt(id: number, doubt: Doubt): void {
    this.#setDoubt.run({ id, ...doubt })
  }

  /** Whether scoring has said nothing yet of a proposal of the image. */
  hasUnscored(imageId: number): boolean {
    return this.#hasUnscored.get(imageId) === 1
  }

  /** Proposals that wait for a person, the most uncertain first. */
  listWaiting(classId: number | null, atMost: number): ReviewItem[] {
    return classId === null ? this.#waiting.all(atMost) : this.#waitingOfClass.all(classId, atMost)
  }

  countWaiting(classId: number | null): number {
    return this.#countWaiting.get({ classId }) as number
  }
}

function recordOfRow({ x, y, w, h, ...row }: AnnotationRow): AnnotationRecord {
  const { isCrowd, isOccluded, isTruncated, attributes, provenance } = row
  return {
    ...row,
    bbox: [x, y, w, h],
    isCrowd: isCrowd === 1,
    isOccluded: isOccluded === 1,
    isTruncated: isTruncated === 1,
    attributes: JSON.parse(attributes) as AttributeValues,
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
    isOccluded: draft.isOccluded ? 1 : 0,
    isTruncated: draft.isTruncated ? 1 : 0,
    attributes: JSON.stringify(draft.attributes),
    position: draft.position,
    score: draft.score,
    state: draft.state,
    origin: draft.origin,
    candidateId: draft.candidateId,
    provenance: draft.provenance === null ? null : JSON.stringify(draft.provenance),
  }
}
