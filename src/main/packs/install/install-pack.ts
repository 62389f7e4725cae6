import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { findPacks, type Pack } from '../find-packs.ts'
import { assertGraphs } from '../inspect/inspect-graphs.ts'
import {
  readInstalledRecord,
  writeInstalledRecord,
  type InstalledRecord,
} from '../installed-record.ts'
import type { Manifest, ManifestPack } from '../manifest.ts'
import { verifyPack } from '../verify-pack.ts'
import { gatherFiles, type GatheredFile, type GatherOptions } from './gather-files.ts'
import {
  installPlaces,
  isThere,
  makeFolder,
  placeStaged,
  recoverFormer,
  type InstallPlaces,
} from './install-folder.ts'
import { makePack } from './make-pack.ts'

export interface InstallOrder extends GatherOptions {
  readonly pack: ManifestPack
  readonly manifest: Pick<Manifest, 'classLists'>
  /** The folder of packs that it goes to; it is made when it is missing. */
  readonly root: string
}

export interface InstalledPack {
  readonly name: string
  readonly folder: string
  /** It was there, whole, and was left as it is. */
  readonly isKnown: boolean
  readonly sources: InstalledRecord['sources']
}

/**
 * Installs a pack: its files are gathered in a hidden folder, converted where they have to be, looked
 * through, and then take their place as a whole. A pack that is there stays until then; whatever fails
 * leaves it as it was, and what was downloaded to go on from. One at a time: the caller holds the lock.
 *
 * @throws LexmaskError as `gatherFiles`; PACK_INVALID for graphs that are not what they should be, and
 *   for a folder of that name that was not installed
 */
export async function installPack(order: InstallOrder): Promise<InstalledPack> {
  const { pack, root } = order
  const { name } = pack
  if (!pack.isUsable) {
    throw new LexmaskError(
      'PACK_INVALID',
      `${name} is known, but this version of Lexmask has no use for it yet.`,
      { pack: name },
    )
  }
  const places = installPlaces(resolve(root), name)
  await makeFolder(places.work)
  await recoverFormer(places)
  const present = await presentPack(places, pack)
  if (present) {
    await rm(places.work, { recursive: true, force: true })
    return present
  }
  const folder = pack.convert === null ? places.staged : places.sources
  await makeFolder(places.staged)
  await makeFolder(folder)
  const former = (await isThere(places.pack)) ? places.pack : null
  const sources = await gatherFiles(pack.files, folder, former, pack.convertedBytes, order)
  const whole = { receivedBytes: sum(sources), totalBytes: sum(sources) }
  const tell = (phase: 'converting' | 'checking'): void =>
    order.onProgress({ phase, ...whole, bytesPerSecond: null, remainingMs: null })
  tell(pack.convert === null ? 'checking' : 'converting')
  const digests = Object.fromEntries(
    sources.map(({ path, bytes, sha256 }) => [path, { bytes, sha256 }]),
  )
  const { manifest, signal } = order
  const files = await makePack(pack, manifest, places.staged, folder, digests, signal)
  tell('checking')
  await removeOthers(places.staged, Object.keys(files))
  await assertUsable(places, pack)
  if (signal.aborted) throw new LexmaskError('CANCELLED', 'The installation was cancelled.')
  await writeInstalledRecord(places.staged, {
    name,
    installedAt: new Date().toISOString(),
    files,
    sources,
  })
  await placeStaged(places)
  return { name, folder: places.pack, isKnown: false, sources }
}

const sum = (files: readonly GatheredFile[]): number =>
  files.reduce((total, { bytes }) => total + bytes, 0)

/** What an earlier attempt or an earlier list of packs has left in the folder. */
async function removeOthers(folder: string, files: readonly string[]): Promise<void> {
  const kept = new Set(files.map((file) => join(folder, file)))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const { parentPath, name } of entries.filter((entry) => !entry.isDirectory())) {
    const path = join(parentPath, name)
    if (!kept.has(path)) await rm(path, { force: true })
  }
}

/** A pack that is there as it was installed, and of the files that the list names now. */
async function presentPack(
  places: InstallPlaces,
  { name, files }: ManifestPack,
): Promise<InstalledPack | null> {
  if (!(await isThere(places.pack))) return null
  const record = await readInstalledRecord(places.pack)
  const installed = { name, folder: places.pack, isKnown: true }
  if (record === null) {
    const { packs } = await findPacks([{ folder: places.pack, required: true }])
    const own = packs.find(({ folder }) => folder === places.pack)
    if (own && (await verifyPack(own)).isWhole) return { ...installed, sources: [] }
    throw new LexmaskError(
      'PACK_INVALID',
      `There is a folder ${places.pack} that Lexmask did not install and that is no whole pack. ` +
        'Move it away, then install the pack again.',
      { folder: places.pack },
    )
  }
  const isOfNow = files.every(({ path, sha256 }) => {
    const source = record.sources.find((one) => one.path === path)
    return source !== undefined && (sha256 === null || source.sha256 === sha256)
  })
  if (!isOfNow) return null
  const { isWhole } = await verifyPack({ name, folder: places.pack, kind: null })
  return isWhole ? { ...installed, sources: record.sources } : null
}

/** What cannot be used is not kept: it was whole, and so another download would bring the same. */
async function assertUsable(places: InstallPlaces, { name }: ManifestPack): Promise<void> {
  const { packs, refused } = await findPacks([{ folder: places.staged, required: true }])
  const staged: Pack | undefined = packs.find(({ folder }) => folder === places.staged)
  try {
    // Under another name it would lie here and be called by nobody.
    if (staged?.name === name) return await assertGraphs(staged)
    throw new LexmaskError(
      'PACK_INVALID',
      `${name} was downloaded, but is no pack that this Lexmask can use` +
        `${refused[0] ? ` (${refused[0].reason})` : ''}. Nothing was installed.`,
      { pack: name },
    )
  } catch (error) {
    await rm(places.work, { recursive: true, force: true })
    throw error
  }
}
