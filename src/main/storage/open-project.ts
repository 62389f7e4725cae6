import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { LexmaskError } from '#shared/contract/errors.ts'
import { assertNotNewer, migrate, migrations } from './migrations.ts'
import { ProjectDatabase } from './project-database.ts'
import { APPLICATION_ID, readIdentity } from './project-identity.ts'
import { lockProject } from './project-lock.ts'
import { isSqliteCode, storageError } from './storage-error.ts'

export interface OpenOptions {
  /** Makes a new project where no file is. */
  readonly create?: boolean
  /** Without a lock, beside a writer too; the only way into a damaged file. */
  readonly readOnly?: boolean
}

const BUSY_TIMEOUT_MS = 5000
const DAMAGES_TOLD = 20
/** SQLite takes no longer path, nor does any system take a longer name; bytes of UTF-8. */
const LONGEST_PATH = 512
const LONGEST_NAME = 255
/** The longest ending of what lies beside a project: `.lock-journal`, `.v12.bak.part`. */
const LONGEST_ENDING = 13

/**
 * @throws LexmaskError PROJECT_FOLDER_MISSING, PROJECT_NOT_FOUND, PROJECT_NOT_LEXMASK,
 *   PROJECT_TOO_NEW, PROJECT_TOO_OLD (only to read), PROJECT_IN_USE, PROJECT_READ_ONLY (a
 *   write-protected folder, to read too), PROJECT_DAMAGED with the problems and the backups beside it, DISK_FULL, INVALID_INPUT
 */
export function openProject(
  path: string,
  { create = false, readOnly = false }: OpenOptions = {},
): ProjectDatabase {
  const file = resolve(path)
  try {
    assertUsablePath(file)
    const isThere = existsSync(file)
    if (!isThere && (readOnly || !create)) throw notFound(file)
    if (isThere) assertFile(file)
    return readOnly ? openToRead(file) : openToWrite(file, create)
  } catch (error) {
    throw storageError(error, file)
  }
}

function openToRead(file: string): ProjectDatabase {
  const database = connectToRead(file)
  try {
    const version = assertLexmask(file, database)
    if (version < migrations.length) throw tooOld(file, version)
    return new ProjectDatabase({ database, path: file, lock: null, damage: findDamage(database) })
  } catch (error) {
    database.close()
    throw error
  }
}

function openToWrite(file: string, create: boolean): ProjectDatabase {
  // A file of another program is recognised before anything is written beside it.
  if (existsSync(file)) lookAt(file, create)
  // By its own name: through a link it would get a second lock, and a second writer.
  const lock = lockProject(existsSync(file) ? realpathSync(file) : file)
  let database: Database.Database | null = null
  try {
    database = new Database(file, { timeout: BUSY_TIMEOUT_MS, fileMustExist: !create })
    const damage = findDamage(database)
    if (damage.length > 0) throw damaged(file, damage)
    assertWritable(database)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    // macOS answers a plain fsync before the disk has written.
    database.pragma('fullfsync = ON')
    migrate(database, file)
    database.pragma('foreign_keys = ON')
    return new ProjectDatabase({ database, path: file, lock, damage })
  } catch (error) {
    database?.close()
    lock.release()
    throw error
  }
}

/** SQLite opens a file that it may not write, and only says so at the first write. */
function assertWritable(database: Database.Database): void {
  const version = database.pragma('user_version', { simple: true }) as number
  database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${version}; ROLLBACK`)
}

function lookAt(file: string, create: boolean): void {
  const database = connectToRead(file)
  try {
    if (create && isBlank(database)) return
    assertLexmask(file, database)
  } catch (error) {
    if (isSqliteCode(error, 'SQLITE_CORRUPT')) throw damaged(file, [(error as Error).message])
    throw error
  } finally {
    database.close()
  }
}

/** Creating a project was cut off, or a program asked for a new file made it. */
function isBlank(database: Database.Database): boolean {
  try {
    return readIdentity(database).isBlank
  } catch (error) {
    if (isSqliteCode(error, 'SQLITE_NOTADB')) return false
    throw error
  }
}

/** The version of its schema. */
function assertLexmask(file: string, database: Database.Database): number {
  try {
    const { applicationId, version } = readIdentity(database)
    if (applicationId !== APPLICATION_ID) throw notLexmask(file)
    assertNotNewer(file, version, migrations.length)
    return version
  } catch (error) {
    if (isSqliteCode(error, 'SQLITE_NOTADB')) throw notLexmask(file)
    throw error
  }
}

/**
 * Also reading takes files beside a WAL database: in a write-protected folder SQLite refuses it, and
 * so do we, as PROJECT_READ_ONLY.
 */
function connectToRead(file: string): Database.Database {
  return new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS })
}

function findDamage(database: Database.Database): string[] {
  try {
    const rows = database.pragma(`quick_check(${DAMAGES_TOLD})`) as { quick_check: string }[]
    return rows.map((row) => row.quick_check).filter((problem) => problem !== 'ok')
  } catch (error) {
    if (isSqliteCode(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB')) return [(error as Error).message]
    throw error
  }
}

function assertUsablePath(file: string): void {
  // SQLite ends a name there, and would open or make another file.
  if (file.includes('\0')) {
    throw new LexmaskError(
      'INVALID_INPUT',
      'The name of a project cannot have the character NUL. Choose another name.',
      { path: file },
    )
  }
  // better-sqlite3 cuts white space off the end of a name, and would open another file.
  if (file.trim() !== file) {
    throw new LexmaskError(
      'INVALID_INPUT',
      `The name of a project must not end with a space. Choose another name than "${basename(file)}".`,
      { path: file },
    )
  }
  const pathRoom = LONGEST_PATH - LONGEST_ENDING
  const nameRoom = LONGEST_NAME - LONGEST_ENDING
  if (Buffer.byteLength(file) > pathRoom || Buffer.byteLength(basename(file)) > nameRoom) {
    throw new LexmaskError(
      'INVALID_INPUT',
      `The name or the path of a project is too long: names have ${nameRoom} bytes at most, with ` +
        `their folders ${pathRoom}. Choose a shorter name than "${basename(file)}", or another folder.`,
      { path: file },
    )
  }
  const folder = dirname(file)
  if (!existsSync(folder)) {
    throw new LexmaskError(
      'PROJECT_FOLDER_MISSING',
      `The folder ${folder} does not exist. Create it, connect its drive, or choose another one.`,
      { path: file, folder },
    )
  }
}

function assertFile(file: string): void {
  if (!statSync(file).isFile()) throw notLexmask(file)
}

function notFound(file: string): LexmaskError {
  return new LexmaskError(
    'PROJECT_NOT_FOUND',
    `There is no project ${file}. Check the name, or create a new project.`,
    { path: file },
  )
}

function notLexmask(file: string): LexmaskError {
  return new LexmaskError(
    'PROJECT_NOT_LEXMASK',
    `${basename(file)} is not a Lexmask project. Choose a file that Lexmask made (NAME.lexmask), or create a new project under another name.`,
    { path: file },
  )
}

function tooOld(file: string, version: number): LexmaskError {
  return new LexmaskError(
    'PROJECT_TOO_OLD',
    `${basename(file)} is of an earlier Lexmask (format ${version}) and has to be converted. Open it once for writing; a backup is made first.`,
    { path: file, version, known: migrations.length },
  )
}

function damaged(file: string, problems: readonly string[]): LexmaskError {
  const name = basename(file)
  const backups = readdirSync(dirname(file))
    .filter((entry) => entry.startsWith(`${name}.`) && entry.endsWith('.bak'))
    .map((entry) => join(dirname(file), entry))
  return new LexmaskError(
    'PROJECT_DAMAGED',
    `${name} is damaged. Open it read-only to save what can be read, or restore a backup.`,
    { path: file, problems, backups },
  )
}
