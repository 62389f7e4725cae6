import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ElectronChoice } from '../../../scripts/electron-runtime/choose.ts'

export const productFolder = fileURLToPath(new URL('../../..', import.meta.url))

/** The folder that Electron is told to run. */
export interface AppFolder {
  readonly path: string
  remove(): Promise<void>
}

/**
 * The product's own folder; or, for an Electron that cannot load the product's better-sqlite3, a
 * folder of the same files with another one. The product is left as it is.
 */
export async function layAppFolder(electron: ElectronChoice): Promise<AppFolder> {
  if (electron.source === 'installed')
    return { path: productFolder, remove: () => Promise.resolve() }
  const path = await mkdtemp(join(tmpdir(), 'lexmask-app-'))
  // Copied, not linked: Node looks for modules from where a file really is.
  await cp(join(productFolder, 'out'), join(path, 'out'), { recursive: true })
  await cp(join(productFolder, 'package.json'), join(path, 'package.json'))
  for (const name of ['resources', 'models']) await linkIfThere(name, path)
  await linkModules(join(path, 'node_modules'), electron.sqlitePackage)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

async function linkIfThere(name: string, folder: string): Promise<void> {
  const names = await readdir(productFolder)
  if (names.includes(name)) await symlink(join(productFolder, name), join(folder, name))
}

async function linkModules(folder: string, sqlitePackage: string): Promise<void> {
  const from = join(productFolder, 'node_modules')
  await mkdir(folder)
  for (const name of await readdir(from)) {
    if (name.startsWith('.')) continue
    const target = name === 'better-sqlite3' ? sqlitePackage : join(from, name)
    await symlink(target, join(folder, name))
  }
}
