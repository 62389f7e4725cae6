import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, relative } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClipForm } from '#shared/contract/recipes.ts'
import { verifyFile } from '#main/packs/verify.ts'
import type { ClipPreprocess } from '#main/vision/clip-preprocess.ts'
import {
  describeClip,
  expectedFile,
  type ClipDescription,
  type TowerDescription,
} from './clip-description.ts'
import { openResnetStages, openVitStages, type ImageStages, type SplitForm } from './clip-stages.ts'
import { Tower, unitRows, type SessionOpener } from './clip-tower.ts'
import { openTokenizer, type ClipTokenizer } from './tokenizer.ts'

/** Texts in one run of the text tower, and images in one of the image tower unless asked otherwise. */
const DEFAULT_BATCH = 16

/** The space of a CLIP pack and its text side: text in, unit vector out. */
export interface ClipSpace {
  readonly preprocess: ClipPreprocess
  /** Of the space that texts and images share. */
  readonly dimension: number
  readonly logitScale: number
  readonly precision: string
  /** Names the text side by content, tokenizer and all: the key of cached text vectors. */
  readonly textEncoder: string
  /** Of the files in use, by their path in the pack's folder. */
  readonly sha256s: Readonly<Record<string, string>>
  /**
   * @returns vectors: Float32Array // [n, dimension] unit rows; truncated: which texts were longer
   *   than the context and lost their end
   */
  embedTexts(texts: readonly string[]): Promise<{ vectors: Float32Array; truncated: boolean[] }>
}

/** With an image tower in one graph: image in, unit vector of the same space out. */
export interface ClipModel extends ClipSpace {
  readonly form: 'whole'
  /**
   * @param pixels Float32Array // [n, 3, size, size] as `cropToTower` makes them
   * @param batchSize images in one run: bounds the memory
   * @returns Float32Array // [n, dimension] unit rows
   */
  embedImages(pixels: Float32Array, batchSize?: number): Promise<Float32Array>
}

/** With an image encoder in two parts: the first once an image, the second for every region. */
export interface SplitClip extends ClipSpace {
  readonly form: SplitForm
  readonly stages: ImageStages
}

/**
 * Open the CLIP pack of a folder with its image tower: every file is held against its description,
 * and the tensors are those that the sessions really have.
 *
 * @throws LexmaskError PACK_INVALID or MODEL_UNREADABLE, naming the file and what to do
 */
export async function openClip(folder: string, opener: SessionOpener): Promise<ClipModel> {
  const description = await describeClip(folder)
  const { image } = description
  if (image === null) throw lacksForm(folder, 'whole')
  const space = await openSpace(description, [image.file], opener)
  const tower = await openImageTower(image, description.preprocess, opener)
  assertSameSpace(tower.dimension, image.file, space, description.text.file)
  return {
    ...space,
    form: 'whole',
    embedImages: (pixels, batchSize = DEFAULT_BATCH) =>
      tower.embed(pixels, space.dimension, batchSize),
  }
}

/**
 * Open the CLIP pack of a folder with its image encoder in two parts.
 *
 * @throws LexmaskError as `openClip`
 */
export async function openSplitClip(
  folder: string,
  form: SplitForm,
  opener: SessionOpener,
): Promise<SplitClip> {
  const description = await describeClip(folder)
  const { vit, resnet, preprocess } = description
  const stages = form === 'vit-stages' ? vit : resnet
  if (stages === null) throw lacksForm(folder, form)
  const [first, second] =
    'encoder' in stages ? [stages.patchEmbed, stages.encoder] : [stages.trunk, stages.head]
  const space = await openSpace(description, [first.file, second.file], opener)
  const opened =
    'encoder' in stages
      ? await openVitStages(stages, preprocess, space.dimension, opener)
      : await openResnetStages(stages, space.dimension, opener)
  assertSameSpace(opened.dimension, second.file, space, description.text.file)
  return { ...space, form, stages: opened }
}

/** @throws LexmaskError as `openClip` */
export function openClipIn(
  folder: string,
  form: ClipForm,
  opener: SessionOpener,
): Promise<ClipModel | SplitClip> {
  return form === 'whole' ? openClip(folder, opener) : openSplitClip(folder, form, opener)
}

function lacksForm(folder: string, form: ClipForm): LexmaskError {
  const key = { whole: 'image', 'vit-stages': 'vit', 'resnet-stages': 'resnet' }[form]
  return new LexmaskError(
    'PACK_INVALID',
    `The CLIP pack ${folder} has no "${key}" in its model.json, which this recipe needs. Install a pack with it, or use another recipe.`,
    { folder, form },
  )
}

/** @param dimension of the image side; null when its model leaves it open */
function assertSameSpace(
  dimension: number | null,
  imageFile: string,
  space: ClipSpace,
  textFile: string,
): void {
  if (dimension === null || dimension === space.dimension) return
  throw new LexmaskError(
    'PACK_INVALID',
    `The towers ${imageFile} and ${textFile} give vectors of ${dimension} and ` +
      `${space.dimension} numbers: they belong to different packs. Copy the pack again.`,
    { files: [imageFile, textFile] },
  )
}

/** The text side; the image side's files are held against the description as well. */
async function openSpace(
  description: ClipDescription,
  imageFiles: readonly string[],
  opener: SessionOpener,
): Promise<ClipSpace> {
  const { folder, text, tokenizer, preprocess, logitScale, precision } = description
  const sha256s: Record<string, string> = {}
  const hashFile = async (file: string): Promise<string> => {
    const expected = expectedFile(description, file)
    const { sha256 } = await verifyFile(dirname(file), basename(file), expected)
    sha256s[relative(folder, file).replaceAll('\\', '/')] = sha256
    return sha256
  }
  for (const file of imageFiles) await hashFile(file)
  const textSha = await hashFile(text.file)
  const tokenizerSha = await hashFile(tokenizer.file)
  const tokens = await openTokenizer(tokenizer.file, {
    contextLength: tokenizer.contextLength,
    padId: tokenizer.padId,
    config: await readConfig(tokenizer.configFile),
  })
  const tower = await openTextTower(text, tokens, opener)
  const dimension = tower.dimension ?? (await tower.probe())
  const framing = [textSha, tokenizerSha, tokens.contextLength, tokens.padId].join(' ')
  return {
    ...{ preprocess, dimension, logitScale, precision, sha256s },
    textEncoder: createHash('sha256').update(framing).digest('hex'),
    embedTexts: (texts) => tower.embed(texts, dimension),
  }
}

async function readConfig(file: string | null): Promise<Record<string, unknown>> {
  if (file === null) return {}
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The CLIP pack's ${file} cannot be used: ${(error as Error).message}. Copy the pack again.`,
      { file },
    )
  }
}

interface ImageTower {
  /** null when the model leaves it open. */
  readonly dimension: number | null
  embed(pixels: Float32Array, dimension: number, batchSize: number): Promise<Float32Array>
}

async function openImageTower(
  description: TowerDescription,
  { size }: ClipPreprocess,
  opener: SessionOpener,
): Promise<ImageTower> {
  const tower = await Tower.open(description.file, 'clip-image', opener)
  const input = tower.input({
    what: 'an image',
    key: 'image.input',
    described: description.input,
    usual: ['pixel_values'],
    rank: 4,
    types: ['float32'],
  })
  const output = tower.output({
    what: 'the image vector',
    key: 'image.output',
    described: description.output,
    usual: ['image_embeds', 'image_embeddings', 'image_features'],
    rank: 2,
    types: ['float32'],
  })
  tower.refuseOtherInputs([input.name])
  const [fixedBatch = null, channels = null, height = null, width = null] = input.shape
  if ((channels ?? 3) !== 3 || (height ?? size) !== size || (width ?? size) !== size) {
    throw tower.invalid(
      `it takes images of ${channels ?? 3} x ${height ?? size} x ${width ?? size}, and the pack's description says 3 x ${size} x ${size}. Correct "preprocess.size".`,
    )
  }
  const length = 3 * size * size

  return {
    dimension: output.shape[1] ?? null,
    async embed(pixels, dimension, batchSize) {
      if (pixels.length % length !== 0) {
        throw new RangeError(`${pixels.length} numbers are no images of 3 x ${size} x ${size}`)
      }
      if (!(batchSize >= 1)) throw new RangeError(`a batch of ${batchSize} images is not possible`)
      const count = pixels.length / length
      const vectors = new Float32Array(count * dimension)
      const step = fixedBatch ?? batchSize
      for (let from = 0; from < count; from += step) {
        const batch = Math.min(step, count - from)
        let data = pixels.subarray(from * length, (from + batch) * length)
        if (fixedBatch !== null && batch < fixedBatch) data = padded(data, fixedBatch * length)
        const rowsInRun = data.length / length
        const { rows } = await tower.rows(
          { [input.name]: new Tensor('float32', data, [rowsInRun, 3, size, size]) },
          output.name,
          rowsInRun,
          dimension,
        )
        vectors.set(rows.subarray(0, batch * dimension), from * dimension)
      }
      return unitRows(vectors, dimension, tower)
    },
  }
}

/** A model of a fixed batch wants it full: the rest are black rows, whose answers are dropped. */
function padded(data: Float32Array, length: number): Float32Array {
  const full = new Float32Array(length)
  full.set(data)
  return full
}

interface TextTower {
  /** null when the model leaves it open. */
  readonly dimension: number | null
  /** The dimension as one run shows it. */
  probe(): Promise<number>
  embed(
    texts: readonly string[],
    dimension: number,
  ): Promise<{ vectors: Float32Array; truncated: boolean[] }>
}

async function openTextTower(
  description: ClipDescription['text'],
  tokens: ClipTokenizer,
  opener: SessionOpener,
): Promise<TextTower> {
  const tower = await Tower.open(description.file, 'clip-text', opener)
  const maskName = description.attentionMask ?? 'attention_mask'
  const mask = tower.inputNamed(maskName)
  if (description.attentionMask !== null && !mask) {
    throw tower.invalid(
      `it has no input "${maskName}", which the pack's model.json names as "text.attentionMask". Correct it.`,
    )
  }
  const ids = tower.input({
    what: 'token ids',
    key: 'text.input',
    described: description.input,
    usual: ['input_ids', 'tokens', 'text'],
    rank: 2,
    types: ['int64', 'int32'],
  })
  const output = tower.output({
    what: 'the text vector',
    key: 'text.output',
    described: description.output,
    usual: ['text_embeds', 'text_embeddings', 'text_features'],
    rank: 2,
    types: ['float32'],
  })
  tower.refuseOtherInputs(mask ? [ids.name, mask.name] : [ids.name])
  if (mask && mask.type !== 'int64' && mask.type !== 'int32') {
    throw tower.invalid(`its input "${mask.name}" is ${mask.type}, not int64 or int32.`)
  }
  const [fixedBatch = null, fixedLength = null] = ids.shape
  if (fixedLength !== null && fixedLength < tokens.contextLength) {
    throw tower.invalid(
      `it takes ${fixedLength} tokens, and the pack's description says ${tokens.contextLength}. Correct "tokenizer.contextLength".`,
    )
  }

  /** Feeds of a batch, [batch, columns], short texts filled up and masked. */
  const feedsOf = (rows: readonly (readonly number[])[]): Record<string, Tensor> => {
    const columns = fixedLength ?? Math.max(...rows.map((row) => row.length))
    const batch = fixedBatch ?? rows.length
    const flatIds = new Array<number>(batch * columns).fill(tokens.padId)
    const flatMask = new Array<number>(batch * columns).fill(0)
    for (let i = 0; i < batch; i++) {
      // A model of a fixed batch wants it full; the answers of repeated rows are dropped.
      const row = rows[Math.min(i, rows.length - 1)]
      row.forEach((id, column) => {
        flatIds[i * columns + column] = id
        flatMask[i * columns + column] = 1
      })
    }
    const dims = [batch, columns]
    return {
      [ids.name]: integerTensor(ids.type, flatIds, dims),
      ...(mask ? { [mask.name]: integerTensor(mask.type, flatMask, dims) } : {}),
    }
  }

  return {
    dimension: output.shape[1] ?? null,
    async probe() {
      const feeds = feedsOf([tokens.encode('a').ids])
      return (await tower.rows(feeds, output.name, fixedBatch ?? 1, null)).dimension
    },
    async embed(texts, dimension) {
      const tokenized = texts.map((text) => tokens.encode(text))
      const vectors = new Float32Array(texts.length * dimension)
      const step = fixedBatch ?? DEFAULT_BATCH
      for (let from = 0; from < texts.length; from += step) {
        const batch = tokenized.slice(from, from + step)
        const feeds = feedsOf(batch.map((one) => one.ids))
        const runRows = fixedBatch ?? batch.length
        const { rows } = await tower.rows(feeds, output.name, runRows, dimension)
        vectors.set(rows.subarray(0, batch.length * dimension), from * dimension)
      }
      return {
        vectors: unitRows(vectors, dimension, tower),
        truncated: tokenized.map(({ isTruncated }) => isTruncated),
      }
    },
  }
}

function integerTensor(type: Tensor.Type, values: readonly number[], dims: number[]): Tensor {
  return type === 'int64'
    ? new Tensor('int64', BigInt64Array.from(values, BigInt), dims)
    : new Tensor('int32', Int32Array.from(values), dims)
}
