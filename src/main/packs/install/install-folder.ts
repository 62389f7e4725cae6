import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { isPackName } from '../pack-files.ts'
import { writeFailure } from './file-failure.ts'

/**
 * The places of an installation within a folder of packs. All of them are hidden, so that nothing looks
 * for a pack there, and on the same disk, so that a rename puts the pack in its place.
 */
export interface InstallPlaces {
  /** Where the pack is when it is whole. */
  readonly pack: string
  /** Where it is put together; stays after a failure, to go on from. */
  readonly staged: string
  /** Where files are that are not a part of the pack themselves. */
  readonly sources: string
  /** Where the pack before it waits while the new one takes its place. */
  readonly former: string
  /** Where a pack is copied to that was given as a folder. */
  readonly added: string
  /** Of the two processes that may want to install it. */
  readonly lock: string
  /** All of this but the pack. */
  readonly work: string
}

/**
 * @param name also one that somebody typed or sent: what these places are is deleted and renamed
 * @throws LexmaskError PACK_MISSING for one that no pack can have, such as `..`
 */
export function installPlaces(root: string, name: string): InstallPlaces {
  if (!isPackName(name)) {
    throw new LexmaskError('PACK_MISSING', `“${name}” is not the name of a pack.`, { pack: name })
  }
  const work = join(root, '.installing', name)
  return {
    pack: join(root, name),
    work,
    staged: join(work, name),
    sources: join(work, 'sources'),
    former: join(work, 'former'),
    added: join(work, 'added'),
    lock: join(root, '.installing', name),
  }
}

export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** @throws LexmaskError FILE_UNWRITABLE, DISK_FULL */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(folder, error)
  })
}

/** Puts back the pack whose successor did not come, because the process ended between two renames. */
export async function recoverFormer(places: InstallPlaces): Promise<void> {
  if (!(await isThere(places.former))) return
  if (await isThere(places.pack)) await rm(places.former, { recursive: true, force: true })
  else await rename(places.former, places.pack)
}

/**
 * The staged pack takes its place, and the one before it goes. Whatever happens, one of the two is whole
 * in its place, or in `former`, from where `recoverFormer` takes it back.
 *
 * @throws LexmaskError FILE_UNWRITABLE when the system does not let it, as while a model of it is in use
 */
export async function placeStaged(places: InstallPlaces): Promise<void> {
  await recoverFormer(places)
  try {
    const hasFormer = await isThere(places.pack)
    if (hasFormer) await rename(places.pack, places.former)
    await rename(places.staged, places.pack)
  } catch (error) {
    await recoverFormer(places)
    throw writeFailure(places.pack, error)
  }
  // It is installed: what is left over is cleared up by the next installation at the latest.
  await rm(places.work, { recursive: true, force: true }).catch(() => undefined)
}
