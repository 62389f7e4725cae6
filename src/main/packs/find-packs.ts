import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClipForm } from '#shared/contract/recipes.ts'
import {
  baseFolderOf,
  maskRcnnDescriptionSchema,
  overlayDescription,
  type MaskRcnnDescription,
} from './mask-rcnn-description.ts'
import { packFilesSchema, type PackFiles } from './pack-files.ts'
import { readTextOf } from './regular-file.ts'
import { samDescriptionSchema, type SamDescription } from './sam-description.ts'

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
  /** null when its description has none. */
  readonly title: string | null
  readonly licence: string | null
  /** Made to test the way of the data: what it scores means nothing. */
  readonly isForTests: boolean
  /** The image encoders that its description names. */
  readonly forms: readonly ClipForm[]
  /** What its description says of its files; nothing in the layout of Transformers.js. */
  readonly files: PackFiles
}

/** Segment Anything, or what answers points as it does. */
export interface SamPack {
  readonly kind: 'sam'
  readonly name: string
  readonly folder: string
  readonly description: SamDescription
}

/** Ready-made text vectors: `NAME.json` (names) beside `NAME.f16` (rows). */
export interface TextTablePack {
  readonly kind: 'text-table'
  readonly name: string
  readonly folder: string
  readonly namesFile: string
  readonly vectorsFile: string
}

export type Pack = MaskRcnnPack | ClipPack | SamPack | TextTablePack

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

/** A description with thousands of classes has a megabyte. */
const DESCRIPTION_BYTES = 2 ** 24

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Names of what is in a folder; none when it is no folder that can be read. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

/** @throws NodeJS.ErrnoException when it is no folder that can be read */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return (
    entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      // What is being installed or copied lies in a hidden folder until it is whole.
      .filter((entry) => !entry.name.startsWith('.'))
      .map((entry) => join(folder, entry.name))
      .sort()
  )
}

async function readJson(folder: string): Promise<{ readonly json: unknown } | RefusedPack> {
  let text: string
  try {
    text = await readTextOf(join(folder, 'model.json'), DESCRIPTION_BYTES)
  } catch (error) {
    return { folder, reason: `model.json cannot be read: ${(error as Error).message}` }
  }
  try {
    return { json: JSON.parse(text) as unknown }
  } catch (error) {
    return { folder, reason: `model.json is not JSON: ${(error as Error).message}` }
  }
}

/** A `model.json` that says only what is its own is laid over the one that it is the same as. */
async function completeJson(folder: string, own: unknown): Promise<unknown> {
  const baseName = baseFolderOf(own)
  if (baseName === null) return own
  const base = await readJson(join(dirname(folder), baseName))
  if ('reason' in base || typeof base.json !== 'object' || base.json === null) return own
  return overlayDescription(own as object, base.json)
}

async function describedPack(folder: string): Promise<Pack | RefusedPack> {
  const own = await readJson(folder)
  if ('reason' in own) return own
  switch ((own.json as { kind?: unknown } | null)?.kind) {
    case 'clip':
      return clipPack(folder, own.json as object)
    case 'sam': {
      const parsed = samDescriptionSchema.safeParse(own.json)
      if (!parsed.success) return misdescribed(folder, parsed.error)
      return { kind: 'sam', name: parsed.data.name, folder, description: parsed.data }
    }
    default: {
      const parsed = maskRcnnDescriptionSchema.safeParse(await completeJson(folder, own.json))
      if (!parsed.success) return misdescribed(folder, parsed.error)
      return { kind: 'mask-rcnn', name: parsed.data.name, folder, description: parsed.data }
    }
  }
}

/** What of its description is needed before it is opened. */
function clipPack(
  folder: string,
  json: { title?: unknown; licence?: unknown; purpose?: unknown },
): ClipPack {
  const { title, licence, purpose } = json
  return {
    kind: 'clip',
    name: basename(folder),
    folder,
    title: typeof title === 'string' ? title : null,
    licence: typeof licence === 'string' ? licence : null,
    isForTests: purpose === 'test',
    forms: clipForms(json),
    files: clipFiles(json),
  }
}

/**
 * By the keys of a `model.json`, without any the whole towers; what stands under them is held against
 * the graphs when it is opened.
 */
function clipForms(json: object): ClipForm[] {
  const keys = Object.keys(json)
  const forms = [
    ['image', 'whole'],
    ['vit', 'vit-stages'],
    ['resnet', 'resnet-stages'],
  ] as const
  const named = forms.filter(([key]) => keys.includes(key)).map(([, form]) => form)
  return named.length > 0 ? named : ['whole']
}

function clipFiles(json: unknown): PackFiles {
  const { data } = packFilesSchema.safeParse((json as { files?: unknown }).files)
  return data ?? {}
}

function misdescribed(folder: string, error: z.ZodError): RefusedPack {
  return { folder, reason: `model.json: ${z.prettifyError(error).replaceAll('\n', ' ')}` }
}

async function packIn(folder: string): Promise<Pack | RefusedPack | null> {
  const name = basename(folder)
  if (await exists(join(folder, 'model.json'))) return describedPack(folder)
  const models = await namesIn(join(folder, 'onnx'))
  if (models.some((file) => /^vision_model.*\.onnx$/.test(file))) {
    // The layout of Transformers.js, which describes nothing.
    return clipPack(folder, {})
  }
  const files = await namesIn(folder)
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

/** What a pack says of its files, where it does. */
export function describedFiles(pack: Pack): PackFiles {
  if ('description' in pack) return pack.description.files
  return pack.kind === 'clip' ? pack.files : {}
}

/**
 * Look for packs in each root, which may be a pack's own folder or a folder of packs. The first
 * pack of a name wins.
 *
 * @throws LexmaskError PACK_MISSING when a root that was named by the user cannot be looked into
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
    const inside = await foldersIn(folder).catch((error: NodeJS.ErrnoException) => {
      if (root.required) throw rootUnusable(folder, error)
      return null
    })
    if (inside === null) continue
    for (const candidate of [folder, ...inside]) {
      const found = await packIn(candidate)
      if (found === null) continue
      if ('reason' in found) refused.push(found)
      else if (!packs.some((pack) => pack.name === found.name)) packs.push(found)
    }
  }
  return { packs, refused, searched }
}

function rootUnusable(folder: string, { code, message }: NodeJS.ErrnoException): LexmaskError {
  const why =
    code === 'ENOENT'
      ? 'does not exist'
      : code === 'ENOTDIR'
        ? 'is not a folder'
        : `cannot be read (${message})`
  return new LexmaskError(
    'PACK_MISSING',
    `The model folder ${folder} ${why}. Give the folder that holds the packs with --models.`,
    { folder },
  )
}
