import { basename } from 'node:path'
import Database from 'better-sqlite3'
import { LexmaskError } from '#shared/contract/errors.ts'

/** The result of `work`; what SQLite throws in it becomes an error that a user can act on. */
export function withStorageErrors<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storageError(error, path)
  }
}

/** A failure of SQLite in the user's words; everything else, and a mistake in our SQL, as it is. */
export function storageError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const name = basename(path)
  const details = { path, sqliteCode: error.code }
  const options = { cause: error }
  if (isCode(error, 'SQLITE_FULL')) {
    return new LexmaskError(
      'DISK_FULL',
      `The disk that holds ${name} is full. The last step was not saved, everything before it was. ` +
        'Free some space, then try again.',
      details,
      options,
    )
  }
  if (isCode(error, 'SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_PERM')) {
    return new LexmaskError(
      'PROJECT_READ_ONLY',
      `${name} or its folder cannot be written. Allow writing to both, or copy the project to another folder.`,
      details,
      options,
    )
  }
  if (isCode(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB')) {
    return new LexmaskError(
      'PROJECT_DAMAGED',
      `${name} is damaged. Open it read-only to save what can be read, or restore a backup.`,
      details,
      options,
    )
  }
  if (isCode(error, 'SQLITE_BUSY', 'SQLITE_LOCKED')) {
    return new LexmaskError(
      'PROJECT_IN_USE',
      `Another program is writing to ${name}. Close it there, then try again.`,
      details,
      options,
    )
  }
  if (isCode(error, 'SQLITE_IOERR')) {
    return new LexmaskError(
      'STORAGE_FAILED',
      `The disk failed while reading or writing ${name}. Check that the drive is connected and sound, then try again.`,
      details,
      options,
    )
  }
  return error
}

/** Whether the error is one of these, or an extended code of one (`SQLITE_IOERR_WRITE`). */
export function isSqliteCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Database.SqliteError && isCode(error, ...codes)
}

function isCode({ code }: { readonly code: string }, ...codes: readonly string[]): boolean {
  return codes.some((known) => code === known || code.startsWith(`${known}_`))
}
