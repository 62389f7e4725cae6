import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where a person's settings and recent projects are kept: LEXMASK_CONFIG, else by the custom of the system. */
export function userConfigFolder(platform: NodeJS.Platform, environment: Environment): string {
  // An empty variable is one that was taken back.
  if (environment.LEXMASK_CONFIG) return resolve(environment.LEXMASK_CONFIG)
  if (platform === 'win32') {
    return join(environment.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'Lexmask')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Lexmask')
  return join(ofXdg(environment.XDG_CONFIG_HOME) ?? join(homedir(), '.config'), 'lexmask')
}

/** Where files are kept that can be made again: LEXMASK_CACHE, else by the custom of the system. */
export function userCacheFolder(platform: NodeJS.Platform, environment: Environment): string {
  if (environment.LEXMASK_CACHE) return resolve(environment.LEXMASK_CACHE)
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'Lexmask', 'Cache')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Lexmask')
  return join(ofXdg(environment.XDG_CACHE_HOME) ?? join(homedir(), '.cache'), 'lexmask')
}

/** The XDG specification has relative paths ignored. */
function ofXdg(folder: string | undefined): string | null {
  return folder && isAbsolute(folder) ? folder : null
}
