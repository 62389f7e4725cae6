import { fileURLToPath } from 'node:url'

/** A file of the build, which `npm test` makes first. */
export function builtFile(...parts: string[]): string {
  return fileURLToPath(new URL(['../../out', ...parts].join('/'), import.meta.url))
}
