import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installedElectron } from '../../../scripts/electron-runtime/choose.ts'
import { ELECTRON_33 } from '../../../scripts/electron-runtime/pin.ts'
import { findRuntime } from '../../../scripts/electron-runtime/prepare.ts'
import {
  isWhole,
  partsOf,
  runtimeFolder,
  writeManifest,
} from '../../../scripts/electron-runtime/runtime-folder.ts'
import {
  openCache,
  publish,
  removeAbandoned,
  requireFreeSpace,
  withStaging,
} from '../../../scripts/electron-runtime/staging.ts'
import { verifyIntegrity, verifySha256 } from '../../../scripts/electron-runtime/verify-file.ts'

let cache = ''
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'lexmask-cache-'))
})
afterEach(() => rmSync(cache, { recursive: true, force: true }))

/** A runtime's folder with its executable in it, as preparing leaves it but for the manifest. */
function layFiles(folder: string, content = 'ELF'): string {
  const { executable } = partsOf(folder, ELECTRON_33)
  mkdirSync(dirname(executable), { recursive: true })
  writeFileSync(executable, content)
  return executable
}

const isWholeHere = (folder: string): boolean => isWhole(folder, ELECTRON_33)

describe('a file that was fetched', () => {
  const digest = (algorithm: string, encoding: 'hex' | 'base64'): string =>
    createHash(algorithm).update('bytes').digest(encoding)

  it('is taken when it is the pinned one', async () => {
    const file = join(cache, 'file')
    writeFileSync(file, 'bytes')
    await verifySha256(file, digest('sha256', 'hex'), 'a.zip')
    await verifyIntegrity(file, `sha512-${digest('sha512', 'base64')}`, 'a@1.0.0')
  })

  it('is refused by name when it is another', async () => {
    const file = join(cache, 'file')
    writeFileSync(file, 'other bytes')
    await expect(verifySha256(file, digest('sha256', 'hex'), 'a.zip')).rejects.toThrow(
      /a\.zip is not the file that is pinned/,
    )
    const integrity = `sha512-${digest('sha512', 'base64')}`
    await expect(verifyIntegrity(file, integrity, 'a@1.0.0')).rejects.toThrow(integrity)
  })
})

describe('the runtime in the cache', () => {
  it('is found once its manifest says that all is there', () => {
    const folder = runtimeFolder(cache, ELECTRON_33)
    const executable = layFiles(folder)
    writeManifest(folder, ELECTRON_33)
    expect(findRuntime(cache, ELECTRON_33)?.executable).toBe(executable)
  })

  it('is not taken for whole while files or the manifest are missing or cut short', () => {
    const folder = runtimeFolder(cache, ELECTRON_33)
    const executable = layFiles(folder)
    expect(findRuntime(cache, ELECTRON_33)).toBeNull()
    writeManifest(folder, ELECTRON_33)
    writeFileSync(executable, 'E')
    expect(findRuntime(cache, ELECTRON_33)).toBeNull()
    rmSync(executable)
    expect(findRuntime(cache, ELECTRON_33)).toBeNull()
    layFiles(folder)
    writeFileSync(join(folder, 'runtime.json'), '{"pin":')
    expect(findRuntime(cache, ELECTRON_33)).toBeNull()
  })

  it('is another one for another pin', () => {
    const folder = runtimeFolder(cache, ELECTRON_33)
    layFiles(folder)
    writeManifest(folder, ELECTRON_33)
    const next = { ...ELECTRON_33, recipe: ELECTRON_33.recipe + 1 }
    expect(runtimeFolder(cache, next)).not.toBe(folder)
    expect(isWhole(folder, next)).toBe(false)
  })
})

describe('preparing in the cache', () => {
  it('replaces a folder that is not whole, and keeps one that is', async () => {
    const target = runtimeFolder(cache, ELECTRON_33)
    layFiles(target, 'half')
    const lay = (content: string) =>
      withStaging(cache, async (staging) => {
        const folder = join(staging, 'runtime')
        layFiles(folder, content)
        writeManifest(folder, ELECTRON_33)
        await publish(folder, target, isWholeHere)
      })
    await lay('whole')
    expect(isWholeHere(target)).toBe(true)
    await lay('second and longer')
    expect(isWholeHere(target)).toBe(true)
    expect(readdirSync(cache)).toHaveLength(1)
  })

  it('removes what a dead process left, and not what a living one is at', async () => {
    const abandoned = join(cache, '.part-4194305-abcdef')
    const inWork = join(cache, `.part-${process.pid}-abcdef`)
    for (const folder of [abandoned, inWork]) mkdirSync(folder)
    await removeAbandoned(cache)
    expect([abandoned, inWork].map((folder) => existsSync(folder))).toEqual([false, true])
  })

  it('says what is needed when there is no room', async () => {
    await requireFreeSpace(cache, 1)
    await expect(requireFreeSpace(cache, 2 ** 60)).rejects.toThrow(/MiB are needed.*LEXMASK_CACHE/)
  })

  it('names a cache folder that cannot be written to', async () => {
    const file = join(cache, 'file')
    writeFileSync(file, '')
    await expect(openCache(join(file, 'cache'))).rejects.toThrow(/LEXMASK_CACHE/)
  })
})

describe("Electron's own binary", () => {
  it('is taken only where its package has fetched it', () => {
    expect(installedElectron(cache)).toBeNull()
    writeFileSync(join(cache, 'path.txt'), 'electron')
    expect(installedElectron(cache)).toBeNull()
    mkdirSync(join(cache, 'dist'))
    writeFileSync(join(cache, 'dist', 'electron'), '')
    expect(installedElectron(cache)).toBe(join(cache, 'dist', 'electron'))
  })
})
