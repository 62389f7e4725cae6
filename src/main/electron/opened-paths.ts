import { resolve } from 'node:path'

/**
 * Files and folders that a start of Lexmask names: by a double click, by the command line, or with
 * `--project`. Switches are Chromium's.
 *
 * @param words all of the command line
 * @param appPath what Electron runs, where it is named on the command line; null in a package
 */
export function pathsIn(
  words: readonly string[],
  folder: string,
  appPath: string | null,
): string[] {
  const own = appPath === null ? 0 : words.findIndex((word) => resolve(folder, word) === appPath)
  const rest = words.slice(Math.max(own, 0) + 1)
  return rest
    .map((word) => (word.startsWith('--project=') ? word.slice('--project='.length) : word))
    .filter((word) => word !== '' && !word.startsWith('-'))
    .map((word) => resolve(folder, word))
}

/** A project is opened; of everything else the window is told as if it had been dropped. */
export function sortPaths(paths: readonly string[]): { project: string | null; others: string[] } {
  const isProject = (path: string): boolean => path.toLowerCase().endsWith('.lexmask')
  return {
    project: paths.find(isProject) ?? null,
    others: paths.filter((path) => !isProject(path)),
  }
}
