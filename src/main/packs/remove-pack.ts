import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { findPacks } from './find-packs.ts'
import { writeFailure } from './install/file-failure.ts'
import { installPlaces, isThere, makeFolder, recoverFormer } from './install/install-folder.ts'

/**
 * Removes a pack from a folder of packs, and what an interrupted installation of it has left. Only what
 * lies in that folder itself: packs of other places are not Lexmask's to delete.
 *
 * @param name as somebody typed or sent it
 * @returns the folder that it was in
 * @throws LexmaskError PACK_MISSING, FORBIDDEN for a pack of another place, FILE_UNWRITABLE
 */
export async function removePack(
  name: string,
  root: string,
  searched: readonly { readonly folder: string; readonly required: boolean }[],
): Promise<string> {
  const places = installPlaces(resolve(root), name)
  await recoverFormer(places)
  const { packs } = await findPacks([{ folder: resolve(root), required: false }])
  const pack = packs.find((one) => one.name === name && dirname(one.folder) === resolve(root))
  const hadLeftovers = await isThere(places.work)
  await rm(places.work, { recursive: true, force: true })
  if (!pack) {
    if (hadLeftovers) return places.work
    const elsewhere = (await findPacks(searched)).packs.find((one) => one.name === name)
    throw elsewhere ? ofAnotherPlace(name, elsewhere.folder, root) : notThere(name, root)
  }
  // Out of sight first: a pack that is half deleted is nowhere to be found.
  const removed = join(places.work, 'removed')
  await makeFolder(places.work)
  await rename(pack.folder, removed).catch((error: unknown) => {
    throw writeFailure(pack.folder, error)
  })
  await rm(places.work, { recursive: true, force: true }).catch((error: unknown) => {
    throw writeFailure(removed, error)
  })
  return join(root, basename(pack.folder))
}

function ofAnotherPlace(name: string, folder: string, root: string): LexmaskError {
  return new LexmaskError(
    'FORBIDDEN',
    `${name} lies in ${folder}, and Lexmask removes packs from ${root} only. Delete that folder yourself.`,
    { pack: name, folder },
  )
}

function notThere(name: string, root: string): LexmaskError {
  return new LexmaskError('PACK_MISSING', `There is no pack "${name}" in ${root}.`, { pack: name })
}
