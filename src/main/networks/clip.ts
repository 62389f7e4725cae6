import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, relative } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import { normaliseRows } from '#shared/vocabulary/text-vectors.ts'
import { verifyFile } from '#main/packs/verify.ts'
import type { ClipPreprocess } from '#main/vision/clip-preprocess.ts'
import { describeClip, expectedFile, type ClipDescription } from './clip-description.ts'
import { Tower, type SessionOpener } from './clip-tower.ts'
import { openTokenizer, type ClipTokenizer } from './tokenizer.ts'

/** Texts in one run of the text tower, and images in one of the image tower unless asked otherwise. */
const DEFAULT_BATCH = 16

/** Text in, unit vector out; image in, unit vector of the same space out. */
export interface ClipModel {
  readonly preprocess: ClipPreprocess
  /** Of the space that texts and images share. */
  readonly dimension: number
  readonly logitScale: number
  readonly precision: string
  /** Names the text side by content, tokenizer and all: the key of cached text vectors. */
  readonly textEncoder: string
  /** Of the pack's files, by their path in its folder. */
  readonly sha256s: Readonly<Record<string, string>>
  /**
   * @param pixels Float32Array // [n, 3, size, size] as `cropToTower` makes them
   * @param batchSize images in one run: bounds the memory
   * @returns Float32Array // [n, dimension] unit rows
   */
  embedImages(pixels: Float32Array, batchSize?: number): Promise<Float32Array>
  /**
   * @returns vectors: Float32Array // [n, dimension] unit rows; truncated: which texts were longer
   *   than the context and lost their end
   */
  embedTexts(texts: readonly string[]): Promise<{ vectors: Float32Array; truncated: boolean[] }>
}

/**
 * Open the CLIP pack of a folder: every file is held against its description, and the tensors are
 * those that the sessions really have.
 *
 * @throws LexmaskError PACK_INVALID or MODEL_UNREADABLE, naming the file and what to do
 */
export async function openClip(folder: string, opener: SessionOpener): Promise<ClipModel> {
  const description = await describeClip(folder)
  const { image, text, tokenizer, preprocess, logitScale, precision } = description
  const sha256s: Record<string, string> = {}
  const shaOf = async (file: string): Promise<string> => {
    const expected = expectedFile(description, file)
    const { sha256 } = await verifyFile(dirname(file), basename(file), expected)
    sha256s[relative(folder, file).replaceAll('\\', '/')] = sha256
    return sha256
  }
  await shaOf(image.file)
  const textSha = await shaOf(text.file)
  const tokenizerSha = await shaOf(tokenizer.file)
  const tokens = await openTokenizer(tokenizer.file, {
    contextLength: tokenizer.contextLength,
    padId: tokenizer.padId,
    config: await readConfig(tokenizer.configFile),
  })
  const textTower = await openTextTower(text, tokens, opener)
  const imageTower = await openImageTower(image, preprocess, opener)
  const dimension = textTower.dimension ?? (await textTower.probe())
  if (imageTower.dimension !== null && imageTower.dimension !== dimension) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The towers ${image.file} and ${text.file} give vectors of ${imageTower.dimension} and ` +
        `${dimension} numbers: they belong to different packs. Copy the pack again.`,
      { files: [image.file, text.file] },
    )
  }
  const framing = [textSha, tokenizerSha, tokens.contextLength, tokens.padId].join(' ')
  return {
    preprocess,
    dimension,
    logitScale,
    precision,
    textEncoder: createHash('sha256').update(framing).digest('hex'),
    sha256s,
    embedImages: (pixels, batchSize = DEFAULT_BATCH) =>
      imageTower.embed(pixels, dimension, batchSize),
    embedTexts: (texts) => textTower.embed(texts, dimension),
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

/** Rows whose direction is all that counts. */
function unitRows(rows: Float32Array, dimension: number, tower: Tower): Float32Array {
  try {
    return normaliseRows(rows, dimension)
  } catch (error) {
    throw new LexmaskError(
      'INFERENCE_FAILED',
      `The model ${tower.file} gave a vector without direction: ${(error as Error).message}.`,
      { file: tower.file },
    )
  }
}

interface ImageTower {
  /** null when the model leaves it open. */
  readonly dimension: number | null
  embed(pixels: Float32Array, dimension: number, batchSize: number): Promise<Float32Array>
}

async function openImageTower(
  description: ClipDescription['image'],
  { size }: ClipPreprocess,
  opener: SessionOpener,
): Promise<ImageTower> {
  const tower = await Tower.open(description.file, opener)
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
  const tower = await Tower.open(description.file, opener)
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
