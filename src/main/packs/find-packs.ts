import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { LexmaskError } from '#shared/contract/errors.ts'
import { maskRcnnDescriptionSchema, type MaskRcnnDescription } from './mask-rcnn-description.ts'

export interface MaskRcnnPack {
  readonly kind: 'mask-rcnn'
  readonly name: string
  readonly folder: string
  readonly description: MaskRcnnDescription
}

/** A CLIP pack is opened and described by networks/clip. */
export interface ClipPack {
  readonly kind: 'clip'
  readonly name: string
  readonly folder: string
}

/** Ready-made text vectors: `NAME.json` (names) beside `NAME.f16` (rows). */
export interface TextTablePack {
  readonly kind: 'text-table'
  readonly name: string
  readonly folder: string
  readonly namesFile: string
  readonly vectorsFile: string
}

export type Pack = MaskRcnnPack | ClipPack | TextTablePack

/** A folder that looks like a pack and cannot be used, with the reason in words for the user. */
export interface RefusedPack {
  readonly folder: string
  readonly reason: string
}

export interface FoundPacks {
  readonly packs: readonly Pack[]
  readonly refused: readonly RefusedPack[]
  /** Where was looked, in order. */
  readonly searched: readonly string[]
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => join(folder, entry.name))
    .sort()
}

function readDescription(folder: string, text: string): MaskRcnnDescription | RefusedPack {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { folder, reason: `model.json is not JSON: ${(error as Error).message}` }
  }
  const parsed = maskRcnnDescriptionSchema.safeParse(json)
  if (!parsed.success) {
    return { folder, reason: `model.json: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}` }
  }
  return parsed.data
}

async function packIn(folder: string): Promise<Pack | RefusedPack | null> {
  const name = basename(folder)
  const modelJson = join(folder, 'model.json')
  if (await exists(modelJson)) {
    const text = await readFile(modelJson, 'utf8')
    if (/"kind"\s*:\s*"clip"/.test(text)) return { kind: 'clip', name, folder }
    const description = readDescription(folder, text)
    if ('reason' in description) return description
    return { kind: 'mask-rcnn', name: description.name, folder, description }
  }
  if (await exists(join(folder, 'onnx'))) {
    const files = await readdir(join(folder, 'onnx'))
    if (files.some((file) => /^vision_model.*\.onnx$/.test(file))) {
      return { kind: 'clip', name, folder }
    }
  }
  const files = await readdir(folder).catch((): string[] => [])
  const vectors = files.find((file) => file.endsWith('.f16') && files.includes(namesFor(file)))
  if (vectors) {
    return {
      kind: 'text-table',
      name,
      folder,
      namesFile: join(folder, namesFor(vectors)),
      vectorsFile: join(folder, vectors),
    }
  }
  return null
}

const namesFor = (vectorsFile: string): string => vectorsFile.replace(/\.f16$/, '.json')

/**
 * Look for packs in each root, which may be a pack's own folder or a folder of packs. The first
 * pack of a name wins.
 *
 * @throws LexmaskError PACK_MISSING when a root that was named by the user does not exist
 */
export async function findPacks(
  roots: readonly { readonly folder: string; readonly required: boolean }[],
): Promise<FoundPacks> {
  const packs: Pack[] = []
  const refused: RefusedPack[] = []
  const searched: string[] = []
  for (const root of roots) {
    const folder = resolve(root.folder)
    searched.push(folder)
    if (!(await exists(folder))) {
      if (!root.required) continue
      throw new LexmaskError(
        'PACK_MISSING',
        `The model folder ${folder} does not exist. Give the folder that holds the packs with --models.`,
        { folder },
      )
    }
    for (const candidate of [folder, ...(await foldersIn(folder))]) {
      const found = await packIn(candidate)
      if (found === null) continue
      if ('reason' in found) refused.push(found)
      else if (!packs.some((pack) => pack.name === found.name)) packs.push(found)
    }
  }
  return { packs, refused, searched }
}
