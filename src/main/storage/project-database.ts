import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type Database from 'better-sqlite3'
import { LexmaskError } from '#shared/contract/errors.ts'
import { fileIdentity } from './file-identity.ts'
import { AnnotationRepository } from './annotation-repository.ts'
import { CandidateRepository } from './candidate-repository.ts'
import { ChangeRepository } from './change-repository.ts'
import { ClassMergeRepository } from './class-merge-repository.ts'
import { FingerprintRepository } from './fingerprint-repository.ts'
import { HistoryStore } from './history-store.ts'
import { ImageRepository } from './image-repository.ts'
import { JobRepository } from './job-repository.ts'
import { LessonRepository } from './lesson-repository.ts'
import { MaskRepository } from './mask-repository.ts'
import { MetaRepository } from './meta-repository.ts'
import type { ProcessLock } from './process-lock.ts'
import { RunRepository } from './run-repository.ts'
import { ScoreRepository } from './score-repository.ts'
import { isSqliteCode, storageError, withStorageErrors } from './storage-error.ts'
import { TextEmbeddingRepository } from './text-embedding-repository.ts'
import { TimeRepository } from './time-repository.ts'
import { VocabularyRepository } from './vocabulary-repository.ts'

export interface ProjectFile {
  readonly database: Database.Database
  /** Absolute. */
  readonly path: string
  /** null when the file is open for reading only. */
  readonly lock: ProcessLock | null
  /** What is wrong with the file; empty for a sound one. */
  readonly damage: readonly string[]
}

/** An open project. Its repositories are prepared statements; they start no transactions. */
export class ProjectDatabase {
  readonly path: string
  readonly isReadOnly: boolean
  readonly damage: readonly string[]
  readonly meta: MetaRepository
  readonly images: ImageRepository
  readonly vocabulary: VocabularyRepository
  readonly masks: MaskRepository
  readonly candidates: CandidateRepository
  readonly annotations: AnnotationRepository
  readonly runs: RunRepository
  readonly jobs: JobRepository
  readonly textEmbeddings: TextEmbeddingRepository
  readonly scores: ScoreRepository
  readonly times: TimeRepository
  readonly lessons: LessonRepository
  readonly fingerprints: FingerprintRepository
  readonly changes: ChangeRepository
  readonly merges: ClassMergeRepository
  readonly history: HistoryStore
  readonly #database: Database.Database
  readonly #lock: ProcessLock | null
  readonly #run: Database.Transaction<(work: () => unknown) => unknown>
  /** Of the file that is written to; null where it cannot go away while it is open. */
  readonly #identity: string | null

  constructor({ database, path, lock, damage }: ProjectFile) {
    this.path = path
    this.isReadOnly = lock === null
    this.damage = damage
    this.#database = database
    this.#lock = lock
    this.#identity = lock === null ? null : fileIdentity(path)
    this.#run = database.transaction((work: () => unknown) => work())
    this.meta = new MetaRepository(database)
    this.scores = new ScoreRepository(database)
    this.images = new ImageRepository(database, this.scores)
    this.vocabulary = new VocabularyRepository(database, this.meta)
    this.masks = new MaskRepository(database)
    this.candidates = new CandidateRepository(database, this.masks)
    this.annotations = new AnnotationRepository(database)
    this.runs = new RunRepository(database)
    this.jobs = new JobRepository(database)
    this.textEmbeddings = new TextEmbeddingRepository(database)
    this.times = new TimeRepository(database)
    this.fingerprints = new FingerprintRepository(database)
    this.lessons = new LessonRepository(database)
    this.changes = new ChangeRepository(database)
    this.merges = new ClassMergeRepository(database)
    this.history = new HistoryStore(database, this)
  }

  /**
   * All of `work` is saved on the disk when this returns, or nothing of it when it throws. Must not
   * wait for anything: a transaction ends with the call.
   * @throws LexmaskError DISK_FULL, PROJECT_READ_ONLY, STORAGE_FAILED (also of a file that was moved or
   *   deleted meanwhile) …; and what `work` throws
   */
  transaction<T>(work: () => T): T {
    this.#assertInPlace()
    return withStorageErrors(this.path, () => this.#run.immediate(work) as T)
  }

  /** Reads that belong together: none of them sees a change that another one does not. */
  read<T>(work: () => T): T {
    return withStorageErrors(this.path, () => this.#run.deferred(work) as T)
  }

  /**
   * Writes a copy that can be opened as a project; changes may go on meanwhile. A file that is
   * already at the target is replaced once the copy is whole.
   * @throws LexmaskError INVALID_INPUT, PROJECT_FOLDER_MISSING, DISK_FULL, PROJECT_READ_ONLY …
   */
  async backup(target: string): Promise<void> {
    const path = resolve(target)
    if (path === this.path) {
      throw new LexmaskError(
        'INVALID_INPUT',
        'A backup cannot replace the project itself. Choose another name.',
        { path },
      )
    }
    if (!existsSync(dirname(path))) {
      throw new LexmaskError(
        'PROJECT_FOLDER_MISSING',
        `The folder ${dirname(path)} does not exist. Create it, or choose another one.`,
        { path },
      )
    }
    const unfinished = `${path}.part`
    try {
      if (existsSync(unfinished)) rmSync(unfinished)
      await this.#database.backup(unfinished)
      renameSync(unfinished, path)
    } catch (error) {
      rmSync(unfinished, { force: true })
      throw storageError(error, path)
    }
  }

  /**
   * Linux and macOS go on writing to a file that was deleted or replaced, and lose it when it is
   * closed; one that was moved is without its WAL.
   */
  #assertInPlace(): void {
    if (this.#identity === null || fileIdentity(this.path) === this.#identity) return
    throw new LexmaskError(
      'STORAGE_FAILED',
      `${basename(this.path)} was moved, deleted or replaced while it is open, so nothing more is ` +
        `saved. Put it back as ${this.path} and try again, or close it and open it where it is now.`,
      { path: this.path },
    )
  }

  close(): void {
    if (!this.isReadOnly && this.#database.open) this.#leaveWal()
    this.#database.close()
    this.#lock?.release()
  }

  /**
   * A closed project is one file: whoever opens it to read makes no files beside it that it could
   * not take away again. A reader that is still there keeps it in WAL, which is as safe.
   */
  #leaveWal(): void {
    try {
      this.#database.pragma('journal_mode = DELETE')
    } catch (error) {
      if (!isSqliteCode(error, 'SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_READONLY', 'SQLITE_FULL')) {
        throw error
      }
    }
  }
}
