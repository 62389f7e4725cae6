import { homedir } from 'node:os'
import { join } from 'node:path'

export interface PackRoot {
  readonly folder: string
  readonly required: boolean
}

/** Where the user's packs are kept, by the custom of the system. */
export function userPackFolder(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (platform === 'win32') {
    return join(
      environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
      'Lexmask',
      'models',
    )
  }
  if (platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'Lexmask', 'models')
  return join(environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'lexmask', 'models')
}

/**
 * Where packs are looked for: what the user names or the environment; without either, in order, the
 * folder of the settings, the user's folder, the product's own `models/`, and the models of a workspace
 * beside it.
 */
export function packRoots(
  models: string | undefined,
  productFolder: string,
  settingsFolder: string | null = null,
): PackRoot[] {
  const named = namedFolder(models)
  if (named !== undefined) return [{ folder: named, required: true }]
  return [
    ...(settingsFolder === null ? [] : [settingsFolder]),
    userPackFolder(process.platform, process.env),
    join(productFolder, 'models'),
    join(productFolder, '..', 'shared', 'models'),
  ].map((folder) => ({ folder, required: false }))
}

/** What the user or the environment names as the one folder of packs. */
function namedFolder(models: string | undefined): string | undefined {
  // An empty variable is one that was taken back.
  return models ?? (process.env.LEXMASK_MODELS || undefined)
}

/** Where packs are installed: to the one folder that is looked through when there is one, else the user's. */
export function installFolder(models: string | undefined): string {
  return namedFolder(models) ?? userPackFolder(process.platform, process.env)
}

/** The list of packs that can be installed. */
export const manifestFileOf = (productFolder: string): string =>
  join(productFolder, 'models', 'manifest.json')
