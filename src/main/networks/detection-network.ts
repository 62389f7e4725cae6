import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import { boxConventionOf } from '#main/packs/mask-rcnn-description.ts'
import { verifyFile } from '#main/packs/verify.ts'
import type { BoxConvention } from '#main/vision/box-coding.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import type { SessionFactory } from './sessions.ts'

export interface Detections {
  /** Float32Array // [n, 4] xyxy, pixels of the model's input */
  readonly boxes: Float32Array
  /** [n] class indices from 1 */
  readonly labels: readonly number[]
  /** Float32Array // [n] in 0..1 */
  readonly scores: Float32Array
  /** Float32Array // [n, size, size] mask probabilities of each detection's own class */
  readonly masks: Float32Array
  readonly size: number
}

interface OutputNames {
  readonly boxes: string
  readonly labels: string
  readonly scores: string
  readonly masks: string
}

/** Mask R-CNN in one graph that ends in detections, as the ONNX Model Zoo publishes it. */
export class DetectionNetwork {
  readonly pack: MaskRcnnPack
  readonly sha256s: Readonly<Record<string, string>>
  readonly convention: BoxConvention
  readonly #factory: SessionFactory
  readonly #session: InferenceSession
  readonly #outputs: OutputNames

  private constructor(
    pack: MaskRcnnPack,
    sha256s: Record<string, string>,
    factory: SessionFactory,
    session: InferenceSession,
    outputs: OutputNames,
  ) {
    this.pack = pack
    this.sha256s = sha256s
    this.convention = boxConventionOf(pack.description)
    this.#factory = factory
    this.#session = session
    this.#outputs = outputs
  }

  static async open(
    pack: MaskRcnnPack,
    precision: string,
    factory: SessionFactory,
  ): Promise<DetectionNetwork> {
    const file = `end_to_end.${precision}.onnx`
    const { path, sha256 } = await verifyFile(pack.folder, file, pack.description.files[file])
    const session = await factory.open(path, 'detector')
    return new DetectionNetwork(
      pack,
      { [file]: sha256 },
      factory,
      session,
      findOutputs(session, pack, file),
    )
  }

  async detect(image: ModelImage): Promise<Detections> {
    const input = this.#session.inputNames[0]
    const planes = [3, image.paddedHeight, image.paddedWidth]
    const dims = this.pack.description.input.layout === 'CHW' ? planes : [1, ...planes]
    const outputs = await this.#factory.run(this.#session, {
      [input]: new Tensor('float32', image.data, dims),
    })
    const masks = outputs[this.#outputs.masks]
    return {
      boxes: outputs[this.#outputs.boxes].data as Float32Array,
      labels: Array.from(outputs[this.#outputs.labels].data as BigInt64Array | Int32Array, Number),
      scores: outputs[this.#outputs.scores].data as Float32Array,
      // [n, s, s] in some exports and [n, 1, s, s] in others: the same numbers in the same order.
      masks: masks.data as Float32Array,
      size: masks.dims[masks.dims.length - 1],
    }
  }
}

/** By the names of the pack's description where they are the usual ones, else by shape and type. */
function findOutputs(session: InferenceSession, pack: MaskRcnnPack, file: string): OutputNames {
  const tensors = session.outputMetadata.filter((value) => value.isTensor)
  const described = Object.keys(pack.description.end_to_end?.outputs ?? {})
  const named = (name: string): string | undefined =>
    described.includes(name) && session.outputNames.includes(name) ? name : undefined
  const outputs = {
    boxes:
      named('boxes') ?? tensors.find(({ shape }) => shape.length === 2 && shape[1] === 4)?.name,
    labels:
      named('labels') ?? tensors.find(({ type }) => type === 'int64' || type === 'int32')?.name,
    scores:
      named('scores') ??
      tensors.find(({ shape, type }) => shape.length === 1 && type === 'float32')?.name,
    masks: named('masks') ?? tensors.find(({ shape }) => shape.length >= 3)?.name,
  }
  for (const [role, name] of Object.entries(outputs)) {
    if (name !== undefined) continue
    throw new LexmaskError(
      'PACK_INVALID',
      `The model ${file} of ${pack.name} has no ${role} among its outputs ` +
        `(${session.outputNames.join(', ')}): it is not an end-to-end Mask R-CNN.`,
      { file, outputs: session.outputNames },
    )
  }
  return outputs as OutputNames
}
