import type Database from 'better-sqlite3'

/** 'LXMK', in the header of every project file. */
export const APPLICATION_ID = 0x4c58_4d4b

export interface ProjectIdentity {
  readonly applicationId: number
  /** Of the schema; 0 before the first migration. */
  readonly version: number
  /** Nothing was ever written to it: new, or its creation was cut off. */
  readonly isBlank: boolean
}

export function readIdentity(database: Database.Database): ProjectIdentity {
  const applicationId = database.pragma('application_id', { simple: true }) as number
  const version = database.pragma('user_version', { simple: true }) as number
  const isBlank =
    applicationId === 0 &&
    version === 0 &&
    database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  return { applicationId, version, isBlank }
}
