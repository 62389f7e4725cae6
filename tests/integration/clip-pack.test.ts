import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openClip, type ClipModel } from '#main/networks/clip.ts'
import type { SessionOpener } from '#main/networks/clip-tower.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { OnnxGraph } from '../support/onnx-graph.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

type Dim = number | string

interface ImageShape {
  readonly input?: string
  readonly output?: string
  readonly dims?: readonly Dim[]
}

/** A tower whose vector is the mean of each plane: [batch, 3]. */
function meanImageTower({
  input = 'pixel_values',
  output = 'image_embeds',
  dims = ['batch', 3, 'height', 'width'],
}: ImageShape = {}): Uint8Array {
  const graph = new OnnxGraph('mean')
  graph.input(input, 'float', dims)
  graph.node(output, 'ReduceMean', [input], { axes: [2, 3], keepdims: 0 })
  graph.output(output, 'float', [dims[0], 3])
  return graph.encode()
}

interface TextShape {
  readonly input?: string
  readonly mask?: string
  readonly type?: 'int64' | 'int32'
  readonly output?: string
  readonly dims?: readonly [Dim, Dim]
  /** The other input of a model that wants more than ids. */
  readonly extra?: string
}

/**
 * A tower that counts: [batch, 3] with the sum of the ids / 50000, the columns, and the sum of the
 * mask (or the columns again).
 */
function countingTextTower({
  input = 'input_ids',
  mask,
  type = 'int64',
  output = 'text_embeds',
  dims = ['batch', 'sequence'],
  extra,
}: TextShape = {}): Uint8Array {
  const graph = new OnnxGraph('counting')
  graph.input(input, type, dims)
  if (mask !== undefined) graph.input(mask, type, dims)
  if (extra !== undefined) graph.input(extra, type, dims)
  const axis = graph.int64s('axis', [1], [1])
  const ids = graph.node('ids', 'Cast', [input], { to: 'float' })
  const sum = graph.node('id_sum', 'ReduceSum', [ids, axis], { keepdims: 1 })
  const scaled = graph.node('scaled', 'Div', [sum, graph.floats('many', [], [50_000])])
  const zeros = graph.node('zeros', 'Mul', [ids, graph.floats('zero', [], [0])])
  const ones = graph.node('ones', 'Add', [zeros, graph.floats('one', [], [1])])
  const length = graph.node('length', 'ReduceSum', [ones, axis], { keepdims: 1 })
  let counted = length
  if (mask !== undefined) {
    const floats = graph.node('mask', 'Cast', [mask], { to: 'float' })
    counted = graph.node('mask_sum', 'ReduceSum', [floats, axis], { keepdims: 1 })
  }
  graph.node(output, 'Concat', [scaled, length, counted], { axis: 1 })
  graph.output(output, 'float', [dims[0], 3])
  return graph.encode()
}

interface PackParts {
  readonly image?: Uint8Array
  readonly text?: Uint8Array
  /** Laid over the pack's model.json. */
  readonly description?: Record<string, unknown>
}

describe.skipIf(!hasShared)('a CLIP pack (needs ../shared)', () => {
  let folder: string
  const factory = (): SessionFactory =>
    new SessionFactory({ requested: 'cpu', used: 'cpu', share: null, refused: [] }, { threads: 1 })
  const open = (): Promise<ClipModel> => openClip(folder, factory())

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-clip-pack-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  async function writePack({ image, text, description }: PackParts = {}): Promise<void> {
    await writeFile(join(folder, 'image.onnx'), image ?? meanImageTower())
    await writeFile(join(folder, 'text.onnx'), text ?? countingTextTower())
    const modelJson = {
      kind: 'clip',
      name: 'tiny',
      image: { file: 'image.onnx' },
      text: { file: 'text.onnx' },
      // Packs share one tokenizer: it may lie outside the folder.
      tokenizer: { file: sharedPath('models', 'clip-tokenizer', 'tokenizer.json') },
      preprocess: { size: 4 },
      ...description,
    }
    await writeFile(join(folder, 'model.json'), JSON.stringify(modelJson))
  }

  const images = (...planes: number[][]): Float32Array =>
    Float32Array.from(planes.flatMap((three) => three.flatMap((v) => Array<number>(16).fill(v))))
  const rowsOf = (vectors: Float32Array, dimension = 3): number[][] =>
    Array.from({ length: vectors.length / dimension }, (_, i) =>
      [...vectors.subarray(i * dimension, (i + 1) * dimension)].map((v) => +v.toFixed(4)),
    )

  /** The masked part of the columns that a counting tower was given for each text. */
  async function maskedParts(clip: ClipModel, texts: string[]): Promise<number[]> {
    const { vectors } = await clip.embedTexts(texts)
    return texts.map((_, i) => +(vectors[i * 3 + 2] / vectors[i * 3 + 1]).toFixed(3))
  }

  it('gives unit vectors, and takes the defaults of CLIP for what it does not say', async () => {
    await writePack()
    const clip = await open()
    expect(clip.dimension).toBe(3)
    expect(clip.logitScale).toBe(100)
    expect(clip.precision).toBe('fp32')
    expect(clip.preprocess).toEqual({
      size: 4,
      shortSide: 4,
      mode: 'square',
      resample: 'bicubic',
      mean: [0.48145466, 0.4578275, 0.40821073],
      std: [0.26862954, 0.26130258, 0.27577711],
      channels: 'RGB',
    })
    expect(rowsOf(await clip.embedImages(images([3, 4, 0], [0, 0, -2])))).toEqual([
      [0.6, 0.8, 0],
      [0, 0, -1],
    ])
    const { vectors, truncated } = await clip.embedTexts(['a cat', 'cat '.repeat(100)])
    expect(Math.hypot(...vectors.subarray(0, 3))).toBeCloseTo(1, 6)
    expect(truncated).toEqual([false, true])
  })

  it('reads names from the session where there is one choice, whatever they are', async () => {
    await writePack({
      image: meanImageTower({ input: 'x', output: 'y' }),
      text: countingTextTower({ input: 'tokens_in', output: 'out', type: 'int32' }),
    })
    const clip = await open()
    expect(rowsOf(await clip.embedImages(images([1, 0, 0])))).toEqual([[1, 0, 0]])
    expect((await clip.embedTexts(['a'])).vectors).toHaveLength(3)
  })

  it('takes the names of its description first', async () => {
    const image = new OnnxGraph('two outputs')
    image.input('pixel_values', 'float', ['batch', 3, 4, 4])
    image.node('image_embeds', 'ReduceMean', ['pixel_values'], { axes: [2, 3], keepdims: 0 })
    image.node('other', 'Neg', ['image_embeds'])
    image.output('image_embeds', 'float', ['batch', 3])
    image.output('other', 'float', ['batch', 3])
    await writePack({
      image: image.encode(),
      description: { image: { file: 'image.onnx', output: 'other' } },
    })
    expect(rowsOf(await (await open()).embedImages(images([1, 2, 2])))).toEqual([
      [-0.3333, -0.6667, -0.6667],
    ])
  })

  it('feeds an attention mask where the model wants one, and fills short texts up', async () => {
    await writePack({ text: countingTextTower({ mask: 'attention_mask' }) })
    const clip = await open()
    // "a cat" is 4 tokens, "a photo of a cat" 7: the batch is 7 wide.
    const parts = await maskedParts(clip, ['a cat', 'a photo of a cat'])
    expect(parts).toEqual([0.571, 1])
  })

  it('fills up with the pad token of the description', async () => {
    const sumOf = async (padId: number | undefined): Promise<number> => {
      const tokenizer = { file: sharedPath('models', 'clip-tokenizer', 'tokenizer.json'), padId }
      await writePack({ description: { tokenizer } })
      const { vectors } = await (await open()).embedTexts(['a cat', 'a photo of a cat'])
      return (vectors[0] / vectors[1]) * 7 * 50_000
    }
    const frame = 49406 + 320 + 2368 + 49407
    expect(await sumOf(0)).toBeCloseTo(frame, -1)
    expect(await sumOf(undefined)).toBeCloseTo(frame + 3 * 49407, -1)
  })

  it('fits models of a fixed batch and a fixed length', async () => {
    await writePack({
      image: meanImageTower({ dims: [2, 3, 4, 4] }),
      text: countingTextTower({ dims: [1, 77], mask: 'attention_mask' }),
    })
    const clip = await open()
    const planes = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]
    expect(rowsOf(await clip.embedImages(images(...planes)))).toEqual(planes)
    const parts = await maskedParts(clip, ['a cat', 'a photo of a cat', 'a'])
    expect(parts).toEqual([4, 7, 3].map((tokens) => +(tokens / 77).toFixed(3)))
    await writePack({ text: countingTextTower({ dims: [2, 77] }) })
    const { vectors } = await (await open()).embedTexts(['a', 'b', 'c'])
    expect(vectors).toHaveLength(9)
  })

  describe('whose sessions say nothing of their shapes', () => {
    /** Sessions as some providers have them: names and types, and no shape. */
    const silent = (run?: SessionOpener['run']): SessionOpener => {
      const real = factory()
      const bare = (values: readonly InferenceSession.ValueMetadata[]) =>
        values.map((value) => ({ ...value, shape: [] }))
      const sessions = new Map<InferenceSession, InferenceSession>()
      return {
        async open(file, role) {
          const session = await real.open(file, role)
          const { inputMetadata, outputMetadata } = session
          const wrapped = {
            inputMetadata: bare(inputMetadata),
            outputMetadata: bare(outputMetadata),
          } as unknown as InferenceSession
          sessions.set(wrapped, session)
          return wrapped
        },
        run: run ?? ((session, feeds) => real.run(sessions.get(session) ?? session, feeds)),
      }
    }

    it('is measured by running it', async () => {
      await writePack()
      const clip = await openClip(folder, silent())
      expect(clip.dimension).toBe(3)
      expect(rowsOf(await clip.embedImages(images([0, 1, 0])))).toEqual([[0, 1, 0]])
    })

    it('is refused when it gives something else than rows of that dimension', async () => {
      await writePack()
      const giving = (image: Tensor) => (_: InferenceSession, feeds: Record<string, Tensor>) =>
        Promise.resolve<Record<string, Tensor>>(
          'pixel_values' in feeds
            ? { image_embeds: image }
            : { text_embeds: new Tensor('float32', new Float32Array(3).fill(1), [1, 3]) },
        )
      for (const [tensor, shown] of [
        [
          new Tensor('float32', new Float32Array(6), [1, 6]),
          /is float32\[1, 6\], not float32\[1, 3\]/,
        ],
        [new Tensor('float32', new Float32Array(3), [1, 1, 3]), /is float32\[1, 1, 3\]/],
        [new Tensor('int32', new Int32Array(3), [1, 3]), /is int32\[1, 3\]/],
      ] as const) {
        const clip = await openClip(folder, silent(giving(tensor)))
        await expect(clip.embedImages(images([1, 1, 1]))).rejects.toThrow(shown)
      }
    })

    it('names the model that does not run', async () => {
      await writePack()
      const opening = openClip(
        folder,
        silent(() => Promise.reject(new Error('out of memory'))),
      )
      await expect(opening).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
      await expect(opening).rejects.toThrow(/text\.onnx did not run: out of memory/)
    })
  })

  it('names the text side by tower, tokenizer, context and padding', async () => {
    const encoderOf = async (parts: PackParts): Promise<string> => {
      await writePack(parts)
      return (await open()).textEncoder
    }
    const file = sharedPath('models', 'clip-tokenizer', 'tokenizer.json')
    const first = await encoderOf({})
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await encoderOf({ image: meanImageTower({ output: 'z' }) })).toBe(first)
    const others = [
      await encoderOf({ text: countingTextTower({ output: 'z' }) }),
      await encoderOf({ description: { tokenizer: { file, contextLength: 20 } } }),
      await encoderOf({ description: { tokenizer: { file, padId: 0 } } }),
    ]
    expect(new Set([first, ...others]).size).toBe(4)
  })

  describe('that is wrong is refused by name:', () => {
    const rank3 = (): Uint8Array => {
      const graph = new OnnxGraph('rank 3')
      graph.input('pixel_values', 'float', ['batch', 3, 4, 4])
      graph.node('image_embeds', 'ReduceMean', ['pixel_values'], { axes: [3], keepdims: 0 })
      graph.output('image_embeds', 'float', ['batch', 3, 4])
      return graph.encode()
    }
    const unprojected = (): Uint8Array => meanImageTower({ output: 'pooler_output' })
    it.each<[string, PackParts, string, RegExp]>([
      [
        'an output of the wrong rank',
        { image: rank3() },
        'PACK_INVALID',
        /image\.onnx.*output "image_embeds" should be the image vector: float32 with 2 dimensions.*another export/,
      ],
      [
        'a tower without projection',
        { image: unprojected() },
        'PACK_INVALID',
        /image\.onnx.*no output that is plainly the image vector.*pooler_output.*"image\.output"/,
      ],
      [
        'an output that is not there',
        { description: { text: { file: 'text.onnx', output: 'nope' } } },
        'PACK_INVALID',
        /text\.onnx.*no output "nope".*text_embeds.*Correct "text\.output"/,
      ],
      [
        'an input that nobody feeds',
        { text: countingTextTower({ extra: 'position_ids' }) },
        'PACK_INVALID',
        /text\.onnx.*an input "position_ids"/,
      ],
      [
        'a mask that is not there',
        { description: { text: { file: 'text.onnx', attentionMask: 'm' } } },
        'PACK_INVALID',
        /text\.onnx.*no input "m"/,
      ],
      [
        'towers exchanged',
        { image: countingTextTower(), text: meanImageTower() },
        'PACK_INVALID',
        /text\.onnx.*no input that is plainly token ids/,
      ],
      [
        'images of another size',
        { image: meanImageTower({ dims: ['batch', 3, 8, 8] }) },
        'PACK_INVALID',
        /image\.onnx.*3 x 8 x 8.*3 x 4 x 4.*"preprocess\.size"/,
      ],
      [
        'a shorter context',
        { text: countingTextTower({ dims: ['batch', 64] }) },
        'PACK_INVALID',
        /text\.onnx.*64 tokens.*77.*"tokenizer\.contextLength"/,
      ],
      [
        'bytes that are no model',
        { text: new Uint8Array([1, 2, 3]) },
        'MODEL_UNREADABLE',
        /text\.onnx is not a model.*copy the pack again/,
      ],
      [
        'a description without its files',
        { description: { image: undefined } },
        'PACK_INVALID',
        /model\.json.*image/,
      ],
      [
        'a preprocess of no size',
        { description: { preprocess: { size: 0 } } },
        'PACK_INVALID',
        /model\.json.*preprocess\.size/,
      ],
      [
        'a std of zero',
        { description: { preprocess: { size: 4, std: [1, 0, 1] } } },
        'PACK_INVALID',
        /model\.json.*preprocess\.std/,
      ],
      [
        'a tokenizer that is not there',
        { description: { tokenizer: { file: 'no.json' } } },
        'PACK_INVALID',
        /no\.json is missing/,
      ],
      [
        'a tower that is not there',
        { description: { image: { file: 'no.onnx' } } },
        'PACK_INVALID',
        /no\.onnx is missing/,
      ],
      [
        'a file of another size',
        { description: { files: { 'image.onnx': { bytes: 5, sha256: '0'.repeat(64) } } } },
        'PACK_INVALID',
        /image\.onnx has \d+ bytes where its model\.json says 5/,
      ],
    ])('%s', async (_what, parts, code, message) => {
      await writePack(parts)
      const opening = open()
      await expect(opening).rejects.toMatchObject({ code })
      await expect(opening).rejects.toThrow(message)
    })

    it('a model.json that is not JSON', async () => {
      await writePack()
      await writeFile(join(folder, 'model.json'), '{"kind": "clip"')
      await expect(open()).rejects.toThrow(/model\.json cannot be used: it is not JSON/)
    })

    it('an image vector of another length than the text vector', async () => {
      const wide = new OnnxGraph('wide')
      wide.input('pixel_values', 'float', ['batch', 3, 4, 4])
      const mean = wide.node('mean', 'ReduceMean', ['pixel_values'], { axes: [2, 3], keepdims: 0 })
      wide.node('image_embeds', 'Concat', [mean, mean], { axis: 1 })
      wide.output('image_embeds', 'float', ['batch', 6])
      await writePack({ image: wide.encode() })
      await expect(open()).rejects.toThrow(
        /vectors of 6 and 3 numbers: they belong to different packs/,
      )
    })

    it('a vector without direction', async () => {
      await writePack()
      await expect((await open()).embedImages(images([0, 0, 0]))).rejects.toThrow(
        /image\.onnx gave a vector without direction: row 0 has length 0/,
      )
    })

    it('a truncated download', async () => {
      await writeColourClip(folder, sharedPath('models', 'clip-tokenizer', 'tokenizer.json'))
      await truncate(join(folder, 'vision_model.onnx'), 3000)
      await expect(open()).rejects.toThrow(/vision_model\.onnx has 3000 bytes .* truncated/)
      const description = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as object
      await writeFile(join(folder, 'model.json'), JSON.stringify({ ...description, files: {} }))
      await expect(open()).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' })
    })
  })

  describe('in the Transformers.js layout', () => {
    const preprocessor = {
      do_center_crop: true,
      do_normalize: true,
      do_resize: true,
      crop_size: { height: 4, width: 4 },
      size: { shortest_edge: 5 },
      image_mean: [0.1, 0.2, 0.3],
      image_std: [0.4, 0.5, 0.6],
      resample: 3,
    }
    async function writeLayout(config: object = preprocessor): Promise<void> {
      await mkdir(join(folder, 'onnx'), { recursive: true })
      await writeFile(join(folder, 'onnx', 'vision_model.onnx'), meanImageTower())
      await writeFile(join(folder, 'onnx', 'text_model.onnx'), countingTextTower())
      await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify(config))
      await copyFile(
        sharedPath('models', 'clip-tokenizer', 'tokenizer.json'),
        join(folder, 'tokenizer.json'),
      )
    }

    it('needs no model.json', async () => {
      await writeLayout()
      const clip = await open()
      expect(clip.preprocess).toEqual({
        size: 4,
        shortSide: 5,
        mode: 'square',
        resample: 'bicubic',
        mean: [0.1, 0.2, 0.3],
        std: [0.4, 0.5, 0.6],
        channels: 'RGB',
      })
      expect(clip.precision).toBe('fp32')
      expect(Object.keys(clip.sha256s)).toEqual([
        'onnx/vision_model.onnx',
        'onnx/text_model.onnx',
        'tokenizer.json',
      ])
      expect(rowsOf(await clip.embedImages(images([0, 3, 4])))).toEqual([[0, 0.6, 0.8]])
    })

    it('takes the most exact file of each tower, and says which', async () => {
      await writeLayout()
      await writeFile(join(folder, 'onnx', 'vision_model_quantized.onnx'), 'not looked at')
      await rm(join(folder, 'onnx', 'text_model.onnx'))
      await writeFile(join(folder, 'onnx', 'text_model_fp16.onnx'), countingTextTower())
      await writeFile(join(folder, 'onnx', 'text_model_quantized.onnx'), 'not looked at')
      expect((await open()).precision).toBe('fp32 image, fp16 text')
    })

    it('reads MobileCLIP’s preprocessor (no normalisation, bilinear) and its padding', async () => {
      await writeLayout({
        ...preprocessor,
        crop_size: 4,
        size: 4,
        do_normalize: false,
        resample: 2,
        rescale_factor: 0.00392156862745098,
      })
      await writeFile(
        join(folder, 'tokenizer_config.json'),
        JSON.stringify({ model_max_length: 5, pad_token: '!</w>' }),
      )
      const clip = await open()
      expect(clip.preprocess.mean).toEqual([0, 0, 0])
      expect(clip.preprocess.std).toEqual([1, 1, 1])
      expect(clip.preprocess.resample).toBe('bilinear')
      expect((await clip.embedTexts(['a photo of a cat'])).truncated).toEqual([true])
    })

    it.each<[string, object, RegExp]>([
      [
        'an unknown resampling',
        { ...preprocessor, resample: 0 },
        /preprocessor_config\.json.*resample/,
      ],
      [
        'no square',
        { ...preprocessor, crop_size: { height: 4, width: 8 } },
        /preprocessor_config\.json.*crop_size/,
      ],
      ['no size', { resample: 3 }, /preprocessor_config\.json.*size/],
      ['another range of pixels', { ...preprocessor, rescale_factor: 1 }, /must be 1\/255/],
    ])('refuses %s', async (_what, config, message) => {
      await writeLayout(config)
      await expect(open()).rejects.toMatchObject({ code: 'PACK_INVALID' })
      await expect(open()).rejects.toThrow(message)
    })

    it('names a file that is missing', async () => {
      await expect(open()).rejects.toThrow(/vision_model\.onnx cannot be used: it is missing/)
      await writeLayout()
      await rm(join(folder, 'preprocessor_config.json'))
      await expect(open()).rejects.toThrow(
        /preprocessor_config\.json cannot be used: it is missing/,
      )
    })
  })
})
