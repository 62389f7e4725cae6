import { statSync } from 'node:fs'

/**
 * What tells a file from any other that takes its name; null when there is none. The same for all on
 * Windows, which lets nobody move or delete a file that SQLite has open.
 */
export function fileIdentity(path: string): string | null {
  if (process.platform === 'win32') return 'open'
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false })
  return facts ? `${facts.dev}:${facts.ino}` : null
}
