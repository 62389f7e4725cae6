import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { ELECTRON_33 } from './pin.ts'
import { findRuntime } from './prepare.ts'
import type { RuntimeFolder } from './runtime-folder.ts'

/** The Electron that tests run on: the product's own where its binary is there, else the prepared one. */
export type ElectronChoice =
  | { readonly source: 'installed'; readonly executable: string }
  | ({ readonly source: 'registry' } & RuntimeFolder)

/** The binary of the package `electron`, which is fetched at its first use; null before that. */
export function installedElectron(
  packageFolder = dirname(createRequire(import.meta.url).resolve('electron/package.json')),
): string | null {
  const pathFile = join(packageFolder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const executable = join(packageFolder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(executable) ? executable : null
}

/** @throws Error that says what to run, when there is none */
export function chooseElectron(): ElectronChoice {
  const executable = installedElectron()
  if (executable !== null) return { source: 'installed', executable }
  const runtime = findRuntime(cacheFolder(process.platform, process.env), ELECTRON_33)
  if (runtime !== null) return { source: 'registry', ...runtime }
  throw new Error('There is no Electron to test with. Run: npm run electron:runtime')
}
