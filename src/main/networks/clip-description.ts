import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { LexmaskError } from '#shared/contract/errors.ts'
import { packFilesSchema, type PackFiles } from '#main/packs/pack-files.ts'
import type { ClipPreprocess } from '#main/vision/clip-preprocess.ts'

/** One tower of a CLIP pack. Names of tensors are given only where the model leaves a choice. */
export interface TowerDescription {
  /** Absolute. */
  readonly file: string
  readonly input: string | null
  readonly output: string | null
}

/** A Vision Transformer in two parts. */
export interface VitStages {
  /** Pixels → embedded patches with their positions, and the class token apart from them. */
  readonly patchEmbed: {
    /** Absolute. */
    readonly file: string
    readonly input: string | null
    readonly patches: string | null
    readonly classToken: string | null
  }
  /** Tokens, the class token first → image vector. */
  readonly encoder: TowerDescription
  /** Patches a side that the encoder gets of a region, where its graph leaves that open. */
  readonly cells: number
}

/** A CLIP ResNet in two parts. */
export interface ResnetStages {
  /** Pixels → features of the third stage. */
  readonly trunk: TowerDescription
  /** Features of a region → last stage and attention pool → image vector. */
  readonly head: TowerDescription
  /** Features a side that the head gets of a region, where its graph leaves that open. */
  readonly cells: number
  /** Of the image as the trunk sees it, where its graph leaves that open. */
  readonly shortSide: number
}

/** A CLIP pack in one form, whichever layout its folder has. One image encoder at least is there. */
export interface ClipDescription {
  readonly folder: string
  /** The image tower in one graph. */
  readonly image: TowerDescription | null
  readonly vit: VitStages | null
  readonly resnet: ResnetStages | null
  readonly text: TowerDescription & { readonly attentionMask: string | null }
  readonly tokenizer: {
    /** Absolute. */
    readonly file: string
    /** Absolute; null when there is none. */
    readonly configFile: string | null
    readonly contextLength: number | null
    readonly padId: number | null
  }
  readonly preprocess: ClipPreprocess
  readonly logitScale: number
  readonly precision: string
  /** What the description says of its files, by their path in the folder. */
  readonly files: PackFiles
}

const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const
const CLIP_STD = [0.26862954, 0.26130258, 0.27577711] as const

/** 1 / 0.01: the bound that CLIP's learnt temperature was clipped to, and reached. */
const CLIP_LOGIT_SCALE = 100

const pixels = z.number().int().positive()
const fileName = z.string().min(1)
const tensorName = z.string().min(1).nullable().default(null)
const perChannel = z.tuple([z.number(), z.number(), z.number()])
const perChannelStd = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()])

const tower = z.object({ file: fileName, input: tensorName, output: tensorName })

/** `model.json` of a CLIP pack. Files are relative to its folder; a tokenizer may lie outside it. */
export const clipDescriptionSchema = z.object({
  kind: z.literal('clip'),
  name: z.string().min(1),
  title: z.string().optional(),
  licence: z.string().optional(),
  /** `test` for a pack that is made to test the way of the data, and knows nothing of use. */
  purpose: z.enum(['use', 'test']).default('use'),
  precision: z.string().min(1).default('fp32'),
  image: tower.nullable().default(null),
  vit: z
    .object({
      patchEmbed: z.object({
        file: fileName,
        input: tensorName,
        patches: tensorName,
        classToken: tensorName,
      }),
      encoder: tower,
      cells: pixels.default(7),
    })
    .nullable()
    .default(null),
  resnet: z
    .object({
      trunk: tower,
      head: tower,
      cells: pixels.default(14),
      shortSide: pixels.default(448),
    })
    .nullable()
    .default(null),
  text: z.object({
    file: fileName,
    input: tensorName,
    attentionMask: tensorName,
    output: tensorName,
  }),
  tokenizer: z.object({
    file: fileName.default('tokenizer.json'),
    contextLength: z.number().int().min(3).nullable().default(null),
    padId: z.number().int().nonnegative().nullable().default(null),
  }),
  preprocess: z.object({
    size: pixels,
    /** What the short side becomes before a centre cut; the size when it is left out. */
    shortSide: pixels.nullable().default(null),
    resize: z.enum(['stretch', 'center', 'square']).default('square'),
    resample: z.enum(['bicubic', 'bilinear']).default('bicubic'),
    mean: perChannel.default([...CLIP_MEAN]),
    std: perChannelStd.default([...CLIP_STD]),
    channels: z.enum(['RGB', 'BGR']).default('RGB'),
  }),
  logitScale: z.number().positive().default(CLIP_LOGIT_SCALE),
  files: packFilesSchema.default({}),
})

/** A side in the forms that Transformers' preprocessor files have used over the years. */
const sideSchema = z.union(
  [
    pixels,
    z.object({ shortest_edge: pixels }).transform((size) => size.shortest_edge),
    z
      .object({ height: pixels, width: pixels })
      .refine((size) => size.height === size.width)
      .transform((size) => size.height),
  ],
  'must be the side of a square in pixels',
)

const preprocessorSchema = z.object({
  size: sideSchema,
  crop_size: sideSchema.optional(),
  do_center_crop: z.boolean().default(true),
  do_normalize: z.boolean().default(true),
  do_rescale: z.literal(true).default(true),
  rescale_factor: z
    .number()
    .refine((factor) => Math.abs(factor * 255 - 1) < 1e-6, 'must be 1/255')
    .optional(),
  /** Pillow's numbers. */
  resample: z.union([z.literal(2), z.literal(3)], 'must be 2 (bilinear) or 3 (bicubic)').default(3),
  image_mean: perChannel.default([...CLIP_MEAN]),
  image_std: perChannelStd.default([...CLIP_STD]),
})

function invalid(file: string, what: string): LexmaskError {
  return new LexmaskError(
    'PACK_INVALID',
    `The CLIP pack's ${file} cannot be used: ${what} Correct it or copy the pack again.`,
    { file },
  )
}

/** The text of a file; null when it is not there. */
async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw invalid(file, `${(error as Error).message}.`)
  }
}

function parseFile<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
  text: string,
): z.infer<Schema> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalid(file, `it is not JSON (${(error as Error).message}).`)
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`)
    throw invalid(file, `${issues.join('; ')}.`)
  }
  return parsed.data
}

/**
 * What a folder says of its CLIP: by its own `model.json`, else by the files of the Transformers.js
 * layout (`onnx/vision_model*.onnx`, `onnx/text_model*.onnx`, `tokenizer.json`,
 * `preprocessor_config.json`).
 *
 * @throws LexmaskError PACK_INVALID naming the file that is missing or wrong
 */
export async function describeClip(folder: string): Promise<ClipDescription> {
  const modelJson = join(folder, 'model.json')
  const text = await readIfThere(modelJson)
  return text === null ? describeByLayout(folder) : describeByModelJson(folder, modelJson, text)
}

function describeByModelJson(folder: string, modelJson: string, json: string): ClipDescription {
  const { image, vit, resnet, text, tokenizer, preprocess, logitScale, precision, files } =
    parseFile(clipDescriptionSchema, modelJson, json)
  if (!image && !vit && !resnet) {
    throw invalid(
      modelJson,
      'it describes no image encoder: "image", "vit" or "resnet" is missing.',
    )
  }
  const placed = <Part extends { readonly file: string }>(part: Part): Part => ({
    ...part,
    file: resolve(folder, part.file),
  })
  const { size, resize, shortSide, ...rest } = preprocess
  return {
    folder,
    image: image && placed(image),
    vit: vit && { ...vit, patchEmbed: placed(vit.patchEmbed), encoder: placed(vit.encoder) },
    resnet: resnet && { ...resnet, trunk: placed(resnet.trunk), head: placed(resnet.head) },
    text: placed(text),
    tokenizer: { ...tokenizer, file: resolve(folder, tokenizer.file), configFile: null },
    preprocess: { ...rest, size, mode: resize, shortSide: Math.max(size, shortSide ?? size) },
    logitScale,
    precision,
    files,
  }
}

async function describeByLayout(folder: string): Promise<ClipDescription> {
  const onnxFolder = join(folder, 'onnx')
  const models = await readdir(onnxFolder).catch(() => [])
  const vision = bestOf(models, 'vision_model', onnxFolder)
  const text = bestOf(models, 'text_model', onnxFolder)
  const preprocessorFile = join(folder, 'preprocessor_config.json')
  const preprocessor = await readIfThere(preprocessorFile)
  if (preprocessor === null) throw invalid(preprocessorFile, 'it is missing.')
  const configFile = join(folder, 'tokenizer_config.json')
  const config = await readIfThere(configFile)
  const image = parseFile(preprocessorSchema, preprocessorFile, preprocessor)
  const size = (image.do_center_crop ? image.crop_size : null) ?? image.size
  return {
    folder,
    image: { file: vision.file, input: null, output: null },
    vit: null,
    resnet: null,
    text: { file: text.file, input: null, attentionMask: null, output: null },
    tokenizer: {
      file: join(folder, 'tokenizer.json'),
      configFile: config === null ? null : configFile,
      contextLength: null,
      padId: null,
    },
    preprocess: {
      size,
      shortSide: Math.max(size, image.size),
      mode: 'square',
      resample: image.resample === 2 ? 'bilinear' : 'bicubic',
      mean: image.do_normalize ? image.image_mean : [0, 0, 0],
      std: image.do_normalize ? image.image_std : [1, 1, 1],
      channels: 'RGB',
    },
    logitScale: CLIP_LOGIT_SCALE,
    precision:
      vision.precision === text.precision
        ? vision.precision
        : `${vision.precision} image, ${text.precision} text`,
    files: {},
  }
}

/** Exact first, then the smaller ones by how near they are to it. */
const PRECISIONS = ['fp32', 'fp16', 'int8', 'uint8', 'quantized', 'q8', 'bnb4', 'q4f16', 'q4']

function bestOf(
  models: readonly string[],
  stem: string,
  folder: string,
): { file: string; precision: string } {
  const found = models.flatMap((name) => {
    const match = new RegExp(`^${stem}(?:_(\\w+))?\\.onnx$`).exec(name)
    return match ? [{ file: join(folder, name), precision: match[1] ?? 'fp32' }] : []
  })
  const rank = ({ precision }: { precision: string }): number => {
    const index = PRECISIONS.indexOf(precision)
    return index < 0 ? PRECISIONS.length : index
  }
  found.sort((a, b) => rank(a) - rank(b) || a.file.localeCompare(b.file))
  if (found.length === 0) throw invalid(join(folder, `${stem}.onnx`), 'it is missing.')
  return found[0]
}

/** The entry of `files` that a file has, by its path in the folder. */
export function expectedFile(
  { folder, files }: ClipDescription,
  file: string,
): PackFiles[string] | undefined {
  return files[relative(folder, file).replaceAll('\\', '/')]
}
