import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { LexmaskError } from '#shared/contract/errors.ts'

/** A name that is a folder's or a file's on every system, and stays where it is put. */
const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,99}$/)
  .refine((name) => !name.endsWith('.'), 'must not end with a dot')
const filePath = z
  .string()
  .refine((path) => path.split('/').every((part) => fileName.safeParse(part).success), {
    message: 'must be a path inside of the pack, such as onnx/model.onnx',
  })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const manifestFileSchema = z.strictObject({
  /** In the pack's folder; of a pack that is converted, the name of a source. */
  path: filePath,
  /** Of one revision: what is behind it does not change. */
  url: z.url({ protocol: /^https?$/ }),
  /** null where nobody has told: the host is asked, and held to its answer. */
  bytes: z.int().positive().nullable(),
  /** For the eye, where the exact number is not known. */
  roughBytes: z.int().positive().nullable().default(null),
  sha256: sha256.nullable(),
})
export type ManifestFile = z.infer<typeof manifestFileSchema>

const bilingual = z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) })

const manifestPackSchema = z
  .strictObject({
    name: fileName,
    kind: z.enum(['mask-rcnn', 'clip', 'sam']),
    title: z.string().min(1),
    licence: z.string().min(1),
    /** A page about it. */
    origin: z.url({ protocol: /^https?$/ }),
    /** What it is good for. */
    purpose: bilingual,
    /** false: known, and not used by this version of Lexmask. */
    isUsable: z.boolean().default(true),
    files: z.array(manifestFileSchema).min(1),
    /** Turns the files into a pack; without it they are the pack. */
    convert: z.enum(['caffe2-mask-rcnn']).nullable().default(null),
    /** Rough size of what a conversion makes. */
    convertedBytes: z.int().nonnegative().default(0),
    /** Written as `model.json`; what the files themselves say is added. */
    model: z.record(z.string(), z.unknown()).nullable().default(null),
    /** The names that the indices of the model's classes stand for, from 1 on: a list of the manifest. */
    classes: z.string().nullable().default(null),
  })
  .refine(
    ({ files }) => new Set(files.map(({ path }) => path.toLowerCase())).size === files.length,
    {
      message: 'has two files of one path',
      path: ['files'],
    },
  )
  .refine(({ convert, files }) => convert !== 'caffe2-mask-rcnn' || files.length === 2, {
    message: 'must be model.pb and model_init.pb for this conversion',
    path: ['files'],
  })
export type ManifestPack = z.infer<typeof manifestPackSchema>

export const manifestSchema = z
  .strictObject({
    version: z.literal(1),
    classLists: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
    packs: z.array(manifestPackSchema),
  })
  .superRefine(({ packs, classLists }, context) => {
    const seen = new Set<string>()
    packs.forEach(({ name, classes }, index) => {
      if (seen.has(name.toLowerCase())) {
        context.addIssue({
          code: 'custom',
          path: ['packs', index, 'name'],
          message: `there are two packs ${name}`,
        })
      }
      seen.add(name.toLowerCase())
      if (classes !== null && !Object.hasOwn(classLists, classes)) {
        context.addIssue({
          code: 'custom',
          path: ['packs', index, 'classes'],
          message: `there is no list ${classes}`,
        })
      }
    })
  })
export type Manifest = z.infer<typeof manifestSchema>

/** @throws LexmaskError FILE_UNREADABLE, PACK_INVALID naming what is wrong */
export async function readManifest(file: string): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new LexmaskError(
      'FILE_UNREADABLE',
      `The list of packs ${file} cannot be read (${(error as Error).message}). ` +
        'Install Lexmask again, or name another list.',
      { file },
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalidManifest(file, `it is not JSON (${(error as Error).message})`)
  }
  const parsed = manifestSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw invalidManifest(file, z.prettifyError(parsed.error).replaceAll('\n', ' '))
}

function invalidManifest(file: string, what: string): LexmaskError {
  return new LexmaskError(
    'PACK_INVALID',
    `The list of packs ${file} cannot be used: ${what}. models/README.md says what it holds.`,
    { file },
  )
}

/** @throws LexmaskError PACK_MISSING naming those that there are */
export function packOfManifest({ packs }: Manifest, name: string): ManifestPack {
  const pack = packs.find((one) => one.name === name)
  if (pack) return pack
  throw new LexmaskError(
    'PACK_MISSING',
    `There is no pack "${name}" to install. There are: ${packs.map((one) => one.name).join(', ')}. ` +
      'A pack that you have as a folder is added with: lexmask packs add FOLDER',
    { pack: name },
  )
}

/** Of all files, as far as it is known. */
export interface DownloadSize {
  /** null when nothing is known of one of them. */
  readonly bytes: number | null
  readonly isExact: boolean
}

export function downloadSize({ files }: Pick<ManifestPack, 'files'>): DownloadSize {
  const sizes = files.map(({ bytes, roughBytes }) => bytes ?? roughBytes)
  return {
    bytes: sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0),
    isExact: files.every(({ bytes }) => bytes !== null),
  }
}

/**
 * Where a file is downloaded from: its own address, or the same path of a mirror.
 *
 * @param mirror such as https://mirror.example/hub; its path is put before that of the file
 */
export function mirroredUrl(url: string, mirror: string | null): string {
  if (mirror === null) return url
  const { pathname, search } = new URL(url)
  const base = new URL(mirror)
  return new URL(base.pathname.replace(/\/+$/, '') + pathname + search, base.origin).href
}
