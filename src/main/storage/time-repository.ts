import type Database from 'better-sqlite3'

interface TimeRow {
  readonly imageId: number
  /** 0: on the image, with no single annotation selected. */
  readonly annotationId: number
  readonly seconds: number
}

/** How long people were at work on images and their annotations; beside the history. */
export class TimeRepository {
  readonly #add: Database.Statement<[TimeRow]>
  readonly #listOfImage: Database.Statement<[number], TimeRow>

  constructor(database: Database.Database) {
    this.#add = database.prepare(
      `INSERT INTO time_spent (image_id, annotation_id, seconds)
       VALUES (@imageId, @annotationId, @seconds)
       ON CONFLICT (image_id, annotation_id) DO UPDATE SET seconds = seconds + excluded.seconds`,
    )
    this.#listOfImage = database.prepare(
      `SELECT image_id AS imageId, annotation_id AS annotationId, seconds FROM time_spent
       WHERE image_id = ?`,
    )
  }

  /** @param annotationId null when no single annotation was selected */
  add(imageId: number, annotationId: number | null, seconds: number): void {
    this.#add.run({ imageId, annotationId: annotationId ?? 0, seconds })
  }

  /** Seconds by annotation id, and under null those of no annotation. */
  ofImage(imageId: number): Map<number | null, number> {
    const rows = this.#listOfImage.all(imageId)
    return new Map(
      rows.map(({ annotationId, seconds }) => [annotationId === 0 ? null : annotationId, seconds]),
    )
  }
}
