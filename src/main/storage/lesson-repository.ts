import type Database from 'better-sqlite3'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import type { Lesson } from '#main/vision/lesson.ts'
import { blobOfArray, float32OfBlob } from './blobs.ts'

/** The class under which stands what all classes have in common; ids begin at 1. */
const SHARED = 0

interface LessonRow {
  readonly space: string
  readonly classId: number
  readonly weights: Buffer
}

/** What an answer is about: an annotation that is judged anew is another answer. */
type Answer = Pick<AnnotationRecord, 'id' | 'classId' | 'state'>

/** What was learnt from answers, and from which of them nothing is learnt any more. */
export class LessonRepository {
  readonly #list: Database.Statement<[], LessonRow>
  readonly #put: Database.Statement<[LessonRow]>
  readonly #clear: Database.Statement<[]>
  readonly #forget: Database.Statement<[]>
  readonly #isForgotten: Database.Statement<[Answer], number>
  readonly #countAnswers: Database.Statement<
    [],
    { classId: number; accepted: number; rejected: number }
  >
  readonly #answeredImages: Database.Statement<[], number>

  constructor(database: Database.Database) {
    this.#list = database.prepare('SELECT space, class_id AS classId, weights FROM lesson')
    this.#put = database.prepare(
      'INSERT INTO lesson (space, class_id, weights) VALUES (@space, @classId, @weights)',
    )
    this.#clear = database.prepare('DELETE FROM lesson')
    this.#forget = database.prepare(
      `INSERT INTO forgotten_answer (annotation_id, class_id, state)
       SELECT id, class_id, state FROM annotation WHERE state <> 'proposed'
       ON CONFLICT DO NOTHING`,
    )
    this.#isForgotten = database
      .prepare<[Answer], number>(
        `SELECT EXISTS (SELECT 1 FROM forgotten_answer
         WHERE annotation_id = @id AND class_id = @classId AND state = @state)`,
      )
      .pluck()
    const answers = `annotation a WHERE a.state <> 'proposed' AND NOT EXISTS (
      SELECT 1 FROM forgotten_answer f
      WHERE f.annotation_id = a.id AND f.class_id = a.class_id AND f.state = a.state)`
    this.#countAnswers = database.prepare(
      `SELECT class_id AS classId, sum(state <> 'rejected') AS accepted,
         sum(state = 'rejected') AS rejected
       FROM ${answers} GROUP BY class_id ORDER BY class_id`,
    )
    this.#answeredImages = database
      .prepare<[], number>(`SELECT DISTINCT image_id FROM ${answers} ORDER BY image_id DESC`)
      .pluck()
  }

  /** By space. */
  listAll(): Map<string, Lesson> {
    const rows = this.#list.all()
    const spaces = [...new Set(rows.map(({ space }) => space))]
    return new Map(
      spaces.map((space) => {
        const own = rows.filter((row) => row.space === space)
        const shared = own.find(({ classId }) => classId === SHARED)
        const classes = own.filter(({ classId }) => classId !== SHARED)
        return [
          space,
          {
            shared: shared ? float32OfBlob(shared.weights) : new Float32Array(),
            classes: new Map(classes.map((row) => [row.classId, float32OfBlob(row.weights)])),
          },
        ]
      }),
    )
  }

  /** In place of all that was there. */
  replaceAll(lessons: ReadonlyMap<string, Lesson>): void {
    this.#clear.run()
    for (const [space, { shared, classes }] of lessons) {
      this.#put.run({ space, classId: SHARED, weights: blobOfArray(shared) })
      for (const [classId, weights] of classes) {
        this.#put.run({ space, classId, weights: blobOfArray(weights) })
      }
    }
  }

  /** Nothing is learnt from the answers that are there now. */
  forgetAnswers(): void {
    this.#forget.run()
  }

  isForgotten({ id, classId, state }: Answer): boolean {
    return this.#isForgotten.get({ id, classId, state }) === 1
  }

  /** Answers that are not forgotten, by class. */
  countAnswers(): { classId: number; accepted: number; rejected: number }[] {
    return this.#countAnswers.all()
  }

  /** Images with answers that are not forgotten, the last added first. */
  listAnsweredImageIds(): number[] {
    return this.#answeredImages.all()
  }
}
