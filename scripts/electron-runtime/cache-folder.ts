import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where development files that outlive `npm ci` are kept: LEXMASK_CACHE, else the user's cache folder
 * by the custom of the system.
 */
export function cacheFolder(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  // An empty variable is one that was taken back.
  if (environment.LEXMASK_CACHE) return resolve(environment.LEXMASK_CACHE)
  if (platform === 'win32') {
    const local = environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
    return join(local, 'Lexmask', 'Cache')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Lexmask')
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lexmask')
}
