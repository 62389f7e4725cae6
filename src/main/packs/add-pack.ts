import { cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { describedFiles, findPacks, type Pack } from './find-packs.ts'
import { assertGraphs } from './inspect/inspect-graphs.ts'
import { writeFailure } from './install/file-failure.ts'
import { assertFits, bytesIn } from './install/free-space.ts'
import { verifyFile } from './verify.ts'

export interface AddedPack {
  readonly name: string
  /** Where it is now. */
  readonly folder: string
  /** It was there before, and was left as it is. */
  readonly isKnown: boolean
}

/**
 * Copies packs into a folder of packs. Each file that a pack describes is held against its sha256
 * first, and a copy gets its name only when it is whole: what is there is never half a pack.
 *
 * @param source a pack's folder, or a folder of packs
 * @param root where the user's packs are kept; it is made when it is missing
 * @throws LexmaskError PACK_MISSING for a folder that is none or has no pack, PACK_INVALID for a
 *   damaged one, one whose graphs are not what they should be, or another one of that name, DISK_FULL, FILE_UNWRITABLE
 */
export async function addPacks(source: string, root: string): Promise<AddedPack[]> {
  const from = resolve(source)
  const { packs, refused } = await findPacks([{ folder: from, required: true }])
  if (packs.length === 0) throw nothingToAdd(from, refused)
  await mkdir(root, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(root, error)
  })
  const added: AddedPack[] = []
  for (const pack of packs) added.push(await addPack(pack, root))
  await assertFound(added, root)
  return added
}

async function addPack(pack: Pack, root: string): Promise<AddedPack> {
  const folder = join(root, basename(pack.folder))
  if (resolve(pack.folder) === resolve(folder)) return { name: pack.name, folder, isKnown: true }
  await verifyDescribed(pack)
  await assertGraphs(pack)
  if (await stat(folder).catch(() => null)) {
    await assertSame(pack, folder)
    return { name: pack.name, folder, isKnown: true }
  }
  await assertFits(await bytesIn(pack.folder), root)
  const part = join(root, `.${basename(folder)}.part-${process.pid}`)
  try {
    await cp(pack.folder, part, { recursive: true, dereference: true })
    await rename(part, folder)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw writeFailure(folder, error)
  }
  return { name: pack.name, folder, isKnown: false }
}

async function verifyDescribed(pack: Pack): Promise<void> {
  for (const [file, expected] of Object.entries(describedFiles(pack))) {
    await verifyFile(pack.folder, file, expected)
  }
}

async function assertSame(pack: Pack, folder: string): Promise<void> {
  const described = Object.entries(describedFiles(pack))
  for (const [file, expected] of described) await verifyFile(folder, file, expected)
  if (described.length > 0) return
  if ((await bytesIn(pack.folder)) === (await bytesIn(folder))) return
  throw new LexmaskError(
    'PACK_INVALID',
    `There is another pack in ${folder}. Move that folder away, then add this one again.`,
    { folder },
  )
}

/** A pack that says only what differs from another needs that one beside it: else it does not stay. */
async function assertFound(added: readonly AddedPack[], root: string): Promise<void> {
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
