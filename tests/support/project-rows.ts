import Database from 'better-sqlite3'

/** Every row of a project file by table: what is in it, whatever SQLite noted of its opening. */
export function rowsOf(projectFile: string): Record<string, unknown[]> {
  const database = new Database(projectFile, { readonly: true })
  try {
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all()
    return Object.fromEntries(
      tables.map((table) => [table, database.prepare(`SELECT * FROM "${table}"`).all()]),
    )
  } finally {
    database.close()
  }
}
