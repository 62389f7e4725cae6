import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import type Database from 'better-sqlite3'
import { LexmaskError } from '#shared/contract/errors.ts'
import { APPLICATION_ID, readIdentity } from './project-identity.ts'

export interface Migration {
  /** The `user_version` of the file after it. */
  readonly version: number
  readonly sql: string
}

const files = import.meta.glob<string>('./migrations/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Numbered from 1 without a gap. */
export const migrations: readonly Migration[] = Object.entries(files)
  .map(([path, sql]) => ({ version: Number.parseInt(path.replace(/^.*\//, ''), 10), sql }))
  .sort((a, b) => a.version - b.version)

/**
 * Brings a file to the newest schema, each step in a transaction together with its version. A file
 * that is not new is copied to `PATH.vN.bak` before, N being the version that it has.
 * @throws LexmaskError PROJECT_TOO_NEW
 */
export function migrate(
  database: Database.Database,
  path: string,
  steps: readonly Migration[] = migrations,
): void {
  steps.forEach(({ version }, index) => {
    if (version !== index + 1) throw new Error(`Migration ${index + 1} is missing.`)
  })
  const { version, isBlank } = readIdentity(database)
  assertNotNewer(path, version, steps.length)
  const open = steps.slice(version)
  if (open.length === 0) return
  if (!isBlank) backUp(database, path, version)

  // A step may rebuild a table that others refer to; SQLite asks for this, outside a transaction.
  database.pragma('foreign_keys = OFF')
  const apply = database.transaction((step: Migration) => {
    database.exec(step.sql)
    const broken = database.pragma('foreign_key_check') as unknown[]
    if (broken.length > 0) throw new Error(`Migration ${step.version} leaves broken references.`)
    database.pragma(`application_id = ${APPLICATION_ID}`)
    database.pragma(`user_version = ${step.version}`)
  })
  try {
    for (const step of open) apply.immediate(step)
  } finally {
    database.pragma('foreign_keys = ON')
  }
}

/** @throws LexmaskError PROJECT_TOO_NEW */
export function assertNotNewer(path: string, version: number, known: number): void {
  if (version <= known) return
  throw new LexmaskError(
    'PROJECT_TOO_NEW',
    `${basename(path)} was written by a newer Lexmask (format ${version}; this one knows up to ${known}). ` +
      'Update Lexmask to open it.',
    { path, version, known },
  )
}

export function backupPathOf(path: string, version: number): string {
  return `${path}.v${version}.bak`
}

/** Through SQLite, not by copying the file: what still stands in the WAL belongs to it. */
function backUp(database: Database.Database, path: string, version: number): void {
  const target = backupPathOf(path, version)
  const unfinished = `${target}.part`
  if (existsSync(unfinished)) rmSync(unfinished)
  database.prepare('VACUUM INTO ?').run(unfinished)
  renameSync(unfinished, target)
}
