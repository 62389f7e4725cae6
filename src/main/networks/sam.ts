import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { SessionRole } from '#shared/contract/providers.ts'
import type { SamPack } from '#main/packs/find-packs.ts'
import { verifyFile } from '#main/packs/verify.ts'
import type { LogitMap } from '#main/vision/mask-from-logits.ts'
import { frameOf, type ModelFrame, type ModelImage } from '#main/vision/model-image.ts'
import type { EncodedPrompt } from '#main/vision/sam-prompt.ts'
import { rank } from './graph-tensors.ts'
import type { SessionFactory } from './sessions.ts'

/** What the encoder saw of one image, ready to be given to the decoder by name. */
export interface SamEmbedding {
  readonly tensors: Readonly<Record<string, Tensor>>
  readonly frame: ModelFrame
}

export interface SamMask {
  readonly map: LogitMap
  /** The decoder's own estimate of the mask's IoU, in 0..1. */
  readonly score: number
}

/** Side of the earlier mask that the decoder is given, where the graph leaves it open: SAM's own. */
const MASK_INPUT_SIDE = 256

/** Segment Anything in two graphs, whatever their exporter called the tensors. */
export class SamNetwork {
  readonly pack: SamPack
  readonly #factory: SessionFactory
  readonly #encoder: InferenceSession
  readonly #decoder: InferenceSession

  private constructor(
    pack: SamPack,
    factory: SessionFactory,
    encoder: InferenceSession,
    decoder: InferenceSession,
  ) {
    this.pack = pack
    this.#factory = factory
    this.#encoder = encoder
    this.#decoder = decoder
  }

  /** @throws LexmaskError PACK_INVALID when the graphs are not those described, MODEL_UNREADABLE */
  static async open(pack: SamPack, factory: SessionFactory): Promise<SamNetwork> {
    const { encoder, decoder, files } = pack.description
    const open = async (file: string, role: SessionRole): Promise<InferenceSession> => {
      const { path } = await verifyFile(pack.folder, file, files[file])
      return factory.open(path, role)
    }
    const sessions = [
      await open(encoder.file, 'sam-encoder'),
      await open(decoder.file, 'sam-decoder'),
    ] as const
    const { embeddings, ...inputs } = decoder.inputs
    assertTensors(pack, encoder.file, sessions[0].inputNames, [encoder.input.name])
    assertTensors(pack, encoder.file, sessions[0].outputNames, Object.values(embeddings))
    assertTensors(pack, decoder.file, sessions[1].inputNames, [
      ...Object.keys(embeddings),
      ...Object.values(inputs).filter((name) => name !== null),
    ])
    assertTensors(pack, decoder.file, sessions[1].outputNames, Object.values(decoder.outputs))
    return new SamNetwork(pack, factory, ...sessions)
  }

  /** See an image: the slow half, done once. */
  async embed(image: ModelImage): Promise<SamEmbedding> {
    const { encoder, decoder } = this.pack.description
    const { name, layout } = encoder.input
    const size = [image.paddedHeight, image.paddedWidth]
    const dims = layout.endsWith('HWC') ? [...size, 3] : [3, ...size]
    const outputs = await this.#factory.run(this.#encoder, {
      [name]: imageTensor(
        this.#encoder,
        name,
        image.data,
        layout.startsWith('N') ? [1, ...dims] : dims,
      ),
    })
    const tensors = Object.entries(decoder.inputs.embeddings).map(
      ([input, output]) => [input, outputs[output]] as const,
    )
    return { tensors: Object.fromEntries(tensors), frame: frameOf(image) }
  }

  /** The mask that the decoder believes in most. */
  async decode({ tensors, frame }: SamEmbedding, prompt: EncodedPrompt): Promise<SamMask> {
    const { inputs, outputs } = this.pack.description.decoder
    const found = await this.#factory.run(this.#decoder, {
      ...tensors,
      ...this.#promptFeeds(prompt),
      ...this.#maskFeeds(),
      // The size that the encoder saw and not the photo's: of 100 million pixels with four masks,
      // the logits alone would take 1.6 GB.
      ...(inputs.originalSize === null
        ? {}
        : {
            [inputs.originalSize]: new Tensor(
              'float32',
              Float32Array.of(frame.height, frame.width),
              [2],
            ),
          }),
    })
    const scores = found[outputs.scores].data as Float32Array
    const masks = found[outputs.masks]
    const [height, width] = masks.dims.slice(-2)
    const best = scores.reduce((top, score, i) => (score > scores[top] ? i : top), 0)
    // Masks of a size that was asked for are of the image; others also of what it was padded with.
    const covered =
      inputs.originalSize === null
        ? { width: frame.paddedWidth, height: frame.paddedHeight }
        : frame
    return {
      map: {
        logits: masks.data as Float32Array,
        offset: best * width * height,
        width,
        height,
        scaleX: (frame.scaleX * covered.width) / width,
        scaleY: (frame.scaleY * covered.height) / height,
      },
      score: Math.min(Math.max(scores[best], 0), 1),
    }
  }

  #promptFeeds({ coordinates, labels }: EncodedPrompt): Record<string, Tensor> {
    const { points, labels: labelInput } = this.pack.description.decoder.inputs
    // Some exports have one more axis, of prompts that are answered at once.
    const axes = (name: string, last: number[]): number[] => [
      ...new Array<number>(Math.max(0, rank(this.#decoder, name) - last.length)).fill(1),
      ...last,
    ]
    const labelDims = axes(labelInput, [labels.length])
    const type = typeOf(this.#decoder, labelInput)
    return {
      [points]: new Tensor('float32', coordinates, axes(points, [labels.length, 2])),
      [labelInput]:
        type === 'int64'
          ? new Tensor('int64', BigInt64Array.from(labels, BigInt), labelDims)
          : type === 'int32'
            ? new Tensor('int32', Int32Array.from(labels), labelDims)
            : new Tensor('float32', Float32Array.from(labels), labelDims),
    }
  }

  /** No earlier mask. */
  #maskFeeds(): Record<string, Tensor> {
    const { mask, hasMask } = this.pack.description.decoder.inputs
    const feeds: Record<string, Tensor> = {}
    if (mask !== null) {
      const metadata = this.#decoder.inputMetadata.find(({ name }) => name === mask)
      const shape = metadata?.isTensor ? metadata.shape.slice(-2) : []
      const [height, width] = [shape[0], shape[1]].map((side) =>
        typeof side === 'number' && side > 0 ? side : MASK_INPUT_SIDE,
      )
      const zeros = new Float32Array(height * width)
      feeds[mask] = new Tensor('float32', zeros, [1, 1, height, width])
    }
    if (hasMask !== null) feeds[hasMask] = new Tensor('float32', Float32Array.of(0), [1])
    return feeds
  }
}

function typeOf(session: InferenceSession, name: string): string | null {
  const metadata = session.inputMetadata.find((value) => value.name === name)
  return metadata?.isTensor ? metadata.type : null
}

function imageTensor(
  session: InferenceSession,
  name: string,
  data: Float32Array,
  dims: readonly number[],
): Tensor {
  return typeOf(session, name) === 'uint8'
    ? new Tensor('uint8', Uint8Array.from(data), dims)
    : new Tensor('float32', data, dims)
}

function assertTensors(
  pack: SamPack,
  file: string,
  there: readonly string[],
  described: readonly string[],
): void {
  const missing = described.filter((name) => !there.includes(name))
  if (missing.length === 0) return
  throw new LexmaskError(
    'PACK_INVALID',
    `The model ${file} of ${pack.name} has no ${missing.join(', ')}; it has ${there.join(', ')}. ` +
      'Correct the names in its model.json.',
    { file, missing, tensors: there },
  )
}
