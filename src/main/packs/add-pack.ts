import { constants } from 'node:fs'
import { copyFile, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { PackAddition } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { describedFiles, findPacks, type Pack } from './find-packs.ts'
import { assertGraphs } from './inspect/inspect-graphs.ts'
import { writeFailure } from './install/file-failure.ts'
import { assertFits } from './install/free-space.ts'
import { installPlaces, isThere, makeFolder, type InstallPlaces } from './install/install-folder.ts'
import { bytesOf, listFiles, type ListedFile } from './list-files.ts'
import { isPackName } from './pack-files.ts'
import { verifyFile } from './verify.ts'

type Alone = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>

/**
 * Copies packs into a folder of packs. Each file that a pack describes is held against its sha256
 * first, and a copy gets its name only when it is whole: what is there is never half a pack.
 *
 * @param source a pack's folder, or a folder of packs
 * @param root where the user's packs are kept; it is made when it is missing
 * @param alone does something while no other process is at work on the pack of that folder
 * @throws LexmaskError PACK_MISSING for a folder that is none or has no pack, PACK_INVALID for a
 *   damaged one, one whose graphs are not what they should be, or another one of that name, DISK_FULL, FILE_UNWRITABLE
 */
export async function addPacks(
  source: string,
  root: string,
  alone: Alone,
): Promise<PackAddition[]> {
  const from = resolve(source)
  const { packs, refused } = await findPacks([{ folder: from, required: true }])
  if (packs.length === 0) throw nothingToAdd(from, refused)
  await makeFolder(root)
  const added: PackAddition[] = []
  for (const pack of packs) {
    const name = basename(pack.folder)
    if (!isPackName(name)) throw unnamed(pack.folder)
    added.push(await alone(name, () => addPack(pack, installPlaces(root, name), root)))
  }
  await assertFound(added, root)
  return added
}

async function addPack(pack: Pack, places: InstallPlaces, root: string): Promise<PackAddition> {
  const { name } = pack
  const folder = places.pack
  if (resolve(pack.folder) === resolve(folder)) return { name, folder, isKnown: true }
  const files = await listFiles(pack.folder)
  await verifyDescribed(pack)
  await assertGraphs(pack)
  if (await isThere(folder)) {
    await assertSame(pack, files, folder)
    return { name, folder, isKnown: true }
  }
  await assertFits(bytesOf(files), root)
  const { added, work } = places
  try {
    // Of a copy that was killed.
    await rm(added, { recursive: true, force: true })
    await makeFolder(added)
    for (const { path } of files) {
      await makeFolder(dirname(join(added, path)))
      // On file systems that can, the copy shares the blocks of the original.
      await copyFile(join(pack.folder, path), join(added, path), constants.COPYFILE_FICLONE)
    }
    await rename(added, folder)
  } catch (error) {
    await rm(added, { recursive: true, force: true })
    throw writeFailure(folder, error)
  } finally {
    // Not while there is a download to go on from.
    await rmdir(work).catch(() => undefined)
  }
  return { name, folder, isKnown: false }
}

async function verifyDescribed(pack: Pack): Promise<void> {
  for (const [file, expected] of Object.entries(describedFiles(pack))) {
    await verifyFile(pack.folder, file, expected)
  }
}

async function assertSame(pack: Pack, files: readonly ListedFile[], folder: string): Promise<void> {
  const described = Object.entries(describedFiles(pack))
  for (const [file, expected] of described) await verifyFile(folder, file, expected)
  if (described.length > 0) return
  if (bytesOf(files) === bytesOf(await listFiles(folder))) return
  throw new LexmaskError(
    'PACK_INVALID',
    `There is another pack in ${folder}. Move that folder away, then add this one again.`,
    { folder },
  )
}

function unnamed(folder: string): LexmaskError {
  return new LexmaskError(
    'PACK_INVALID',
    `The folder ${folder} has no name that a pack can have here. Call it by the name of the pack.`,
    { folder },
  )
}

/** A pack that says only what differs from another needs that one beside it: else it does not stay. */
async function assertFound(added: readonly PackAddition[], root: string): Promise<void> {
  const { packs, refused } = await findPacks([{ folder: root, required: true }])
  const lost = added.filter(({ folder }) => !packs.some((pack) => pack.folder === resolve(folder)))
  if (lost.length === 0) return
  for (const { folder, isKnown } of lost) {
    if (!isKnown) await rm(folder, { recursive: true, force: true })
  }
  const [{ name, folder }] = lost
  const reason = refused.find((one) => one.folder === resolve(folder))?.reason ?? 'it is no pack'
  throw new LexmaskError(
    'PACK_INVALID',
    `The pack ${name} cannot be used in ${root}: ${reason}. ` +
      'If it builds on another pack, add that one first, or the folder that holds both.',
    { pack: name, root },
  )
}

function nothingToAdd(
  folder: string,
  refused: readonly { readonly folder: string; readonly reason: string }[],
): LexmaskError {
  if (refused.length === 0) {
    return new LexmaskError(
      'PACK_MISSING',
      `There is no model pack in ${folder}. docs/packs.md says which files a pack has.`,
      { folder },
    )
  }
  const reasons = refused.map((one) => `${one.folder}: ${one.reason}`).join('; ')
  return new LexmaskError(
    'PACK_INVALID',
    `No pack in ${folder} can be used: ${reasons}. Copy or export it again.`,
    { folder, refused },
  )
}
