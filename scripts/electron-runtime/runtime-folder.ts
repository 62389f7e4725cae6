import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { RuntimePin } from './pin.ts'

/** Where the parts of a prepared runtime lie. */
export interface RuntimeFolder {
  readonly folder: string
  readonly electronVersion: string
  readonly executable: string
  /** The better-sqlite3 that this Electron can load. */
  readonly sqlitePackage: string
}

interface Manifest {
  readonly pin: RuntimePin
  /** Bytes of every file, by its path in the folder. */
  readonly files: Readonly<Record<string, number>>
}

const MANIFEST = 'runtime.json'

/** The folder of a pin in the cache: another pin or recipe has another one. */
export function runtimeFolder(cache: string, pin: RuntimePin): string {
  const { electronVersion, zip, recipe } = pin
  return join(cache, `electron-${electronVersion}-${zip.sha256.slice(0, 12)}-${recipe}`)
}

/** The parts of a runtime in any folder. */
export function partsOf(folder: string, pin: RuntimePin): RuntimeFolder {
  return {
    folder,
    electronVersion: pin.electronVersion,
    executable: join(folder, 'dist', 'electron'),
    sqlitePackage: join(folder, 'sqlite', 'node_modules', 'better-sqlite3'),
  }
}

function sizesIn(folder: string): Record<string, number> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(files.map((file) => [relative(folder, file), statSync(file).size]))
}

/** Says in the folder what belongs in it; the last step of preparing it. */
export function writeManifest(folder: string, pin: RuntimePin): void {
  const manifest: Manifest = { pin, files: sizesIn(folder) }
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Whether a folder holds all of the runtime: the same pin, and every file in its size. */
export function isWhole(folder: string, pin: RuntimePin): boolean {
  const path = join(folder, MANIFEST)
  if (!existsSync(path)) return false
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
    return (
      JSON.stringify(manifest.pin) === JSON.stringify(pin) &&
      Object.entries(manifest.files).every(
        ([file, bytes]) => statSync(join(folder, file), { throwIfNoEntry: false })?.size === bytes,
      )
    )
  } catch {
    // Half a manifest is none.
    return false
  }
}
