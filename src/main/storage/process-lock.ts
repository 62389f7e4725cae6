import { randomUUID } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'
import Database from 'better-sqlite3'
import { LexmaskError } from '#shared/contract/errors.ts'
import { isSqliteCode } from './storage-error.ts'

const ATTEMPTS = 5
/** Long enough for another process to read our name or to write its own. */
const BUSY_TIMEOUT_MS = 250

/** Who holds a lock. */
export interface LockOwner {
  readonly pid: number
  readonly host: string
}

/** What a lock is about, in the errors that it ends in. */
export interface LockSubject {
  /** @param owner null when it does not tell */
  readonly inUse: (owner: LockOwner | null) => LexmaskError
  /** @param error what SQLite or the system threw */
  readonly failed: (error: unknown) => unknown
}

/**
 * Lets one process at a time do something. The lock is the operating system's, held through a small
 * SQLite file that tells others who holds it: it ends with its process, however that ends, and a number
 * that a later process happens to get again (after a restart of the machine) is never taken for its
 * owner. Two of one process exclude each other as well.
 *
 * Nothing else in this process may open that file: POSIX drops all locks of a process on a file as
 * soon as it closes one handle of it. SQLite's own connections know of each other.
 */
export class ProcessLock {
  readonly #file: string
  readonly #database: Database.Database

  private constructor(file: string, database: Database.Database) {
    this.#file = file
    this.#database = database
  }

  /**
   * @param file of the lock; its folder has to be there
   * @throws LexmaskError of the subject; STORAGE_FAILED when the file is something else
   */
  static acquire(file: string, subject: LockSubject): ProcessLock {
    let owner: Owner | null = null
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const token = randomUUID()
      const database = tryLock(file, token, subject)
      owner = ownerIn(file)
      if (database === null) {
        // Our own name: another process came between writing it and holding the lock.
        if (owner !== null && owner.token !== token) break
      } else if (owner?.token === token) {
        return new ProcessLock(file, database)
      } else {
        // The last owner removed the file between our opening and locking it: we hold a file that
        // nobody else will ever see.
        database.close()
      }
    }
    throw subject.inUse(owner)
  }

  release(): void {
    // A second call must not take the file of the next owner away.
    if (!this.#database.open) return
    // Before letting go, so that the next owner cannot lose its file. Windows only lets a closed
    // file go, and refuses it as long as the next owner has it open.
    const isGone = tryUnlink(this.#file)
    this.#database.close()
    if (!isGone && process.platform === 'win32') tryUnlink(this.#file)
  }
}

interface Owner extends LockOwner {
  readonly token: string
}

/** null when another process holds it. */
function tryLock(file: string, token: string, subject: LockSubject): Database.Database | null {
  let database: Database.Database | null = null
  try {
    database = new Database(file, { timeout: BUSY_TIMEOUT_MS })
    // The name of the owner has to be committed before others can read it.
    database.exec('BEGIN IMMEDIATE; DROP TABLE IF EXISTS owner')
    database.exec('CREATE TABLE owner (pid INTEGER, host TEXT, token TEXT)')
    database.prepare('INSERT INTO owner VALUES (?, ?, ?)').run(process.pid, hostname(), token)
    database.exec('COMMIT; BEGIN IMMEDIATE')
    return database
  } catch (error) {
    database?.close()
    if (isSqliteCode(error, 'SQLITE_BUSY')) return null
    if (isSqliteCode(error, 'SQLITE_NOTADB', 'SQLITE_CORRUPT')) {
      throw new LexmaskError(
        'STORAGE_FAILED',
        `${basename(file)} is not a lock of Lexmask. If no other program needs it, delete it and try again.`,
        { path: file },
        { cause: error },
      )
    }
    throw subject.failed(error)
  }
}

/** null when the file is not there, or no owner is in it yet. */
function ownerIn(file: string): Owner | null {
  let database: Database.Database | null = null
  try {
    database = new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS })
    return database.prepare<[], Owner>('SELECT pid, host, token FROM owner').get() ?? null
  } catch (error) {
    if (error instanceof Database.SqliteError) return null
    throw error
  } finally {
    database?.close()
  }
}

function tryUnlink(file: string): boolean {
  try {
    unlinkSync(file)
    return true
  } catch {
    return false
  }
}
