import { Tensor, type InferenceSession } from 'onnxruntime-node'
import type { SessionRole } from '#shared/contract/providers.ts'
import { boxConventionOf, refinedConventionOf } from '#main/packs/mask-rcnn-description.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import { verifyFile } from '#main/packs/verify.ts'
import { placeAnchors, type AnchorDescription } from '#main/vision/anchors.ts'
import { clipBox, decodeBox, type BoxConvention } from '#main/vision/box-coding.ts'
import { frameOf, type ModelFrame, type ModelImage } from '#main/vision/model-image.ts'
import { proposeBoxes, type LevelScores, type ScoredBoxes } from '#main/vision/region-proposals.ts'
import type { Size } from '#shared/geometry/size.ts'
import { findRegionPorts, type FeatureFeeds, type RegionPorts } from './region-ports.ts'
import type { SessionFactory } from './sessions.ts'

/** The backbone's features of one image; only the heads of the same network can read them. */
export interface Features {
  /** By the backbone's name of each; several are levels of a pyramid. */
  readonly tensors: Readonly<Record<string, Tensor>>
  readonly frame: ModelFrame
}

export type Proposals = ScoredBoxes

export interface Classification {
  /** Float32Array // [n, classes + 1], column 0 is the background */
  readonly probabilities: Float32Array
  /** Float32Array // [n, 4 * (classes + 1)] */
  readonly deltas: Float32Array
  readonly columns: number
  /** null when the box head does not give them. */
  readonly regions: RegionVectors | null
}

/** What a box head that speaks a text encoder's space says of any boxes. */
export interface RegionVectors {
  /** Float32Array // [n, dimension], unit rows */
  readonly vectors: Float32Array
  readonly dimension: number
  /** Float32Array // [n, 4], one refinement for all classes */
  readonly anyDeltas: Float32Array
}

export interface Masks {
  /** Float32Array // [n, channels, size, size] */
  readonly probabilities: Float32Array
  /** One a class (with a background at 0), or one for all. */
  readonly channels: number
  readonly size: number
}

type FloatTensor = Tensor & { readonly data: Float32Array }

/**
 * Mask R-CNN in three graphs: backbone with region proposals, box head, mask head. Classes and masks
 * can be asked for any boxes, which a recipe of its own boxes needs.
 */
export class RegionNetwork {
  readonly pack: MaskRcnnPack
  readonly sha256s: Readonly<Record<string, string>>
  /** Of proposals and RoIs. */
  readonly convention: BoxConvention
  /** Of boxes that `refine` and `refineForAll` make. */
  readonly refinedConvention: BoxConvention
  readonly #factory: SessionFactory
  readonly #backbone: InferenceSession
  readonly #boxHead: InferenceSession
  readonly #maskHead: InferenceSession
  readonly #ports: RegionPorts
  /** Anchors depend on the sizes of the input and of the features, and a folder has few sizes. */
  readonly #anchors = new Map<string, Float32Array>()

  private constructor(
    pack: MaskRcnnPack,
    sha256s: Record<string, string>,
    factory: SessionFactory,
    sessions: readonly [InferenceSession, InferenceSession, InferenceSession],
  ) {
    this.pack = pack
    this.sha256s = sha256s
    this.convention = boxConventionOf(pack.description)
    this.refinedConvention = refinedConventionOf(pack.description)
    this.#factory = factory
    const [backbone, boxHead, maskHead] = sessions
    this.#backbone = backbone
    this.#boxHead = boxHead
    this.#maskHead = maskHead
    this.#ports = findRegionPorts({ backbone, boxHead, maskHead }, pack.description)
  }

  static async open(
    pack: MaskRcnnPack,
    precision: string,
    factory: SessionFactory,
  ): Promise<RegionNetwork> {
    const sha256s: Record<string, string> = {}
    const open = async (graph: string, role: SessionRole): Promise<InferenceSession> => {
      const file = `${graph}.${precision}.onnx`
      const verified = await verifyFile(pack.folder, file, pack.description.files[file])
      sha256s[file] = verified.sha256
      return factory.open(verified.path, role)
    }
    const sessions = [
      await open('backbone_rpn', 'backbone'),
      await open('box_head', 'box-head'),
      await open('mask_head', 'mask-head'),
    ]
    return new RegionNetwork(
      pack,
      sha256s,
      factory,
      sessions as [InferenceSession, InferenceSession, InferenceSession],
    )
  }

  /**
   * The backbone's features and the boxes its region proposal network believes in.
   *
   * @param options `atMost` boxes, suppressed at `nmsIou`
   */
  async propose(
    image: ModelImage,
    options: { readonly atMost: number; readonly nmsIou: number },
  ): Promise<Proposals & { readonly features: Features }> {
    const { rpn, anchors } = this.pack.description
    if (!rpn || !anchors) throw new Error('a region network was opened without rpn and anchors')
    const outputs = await this.#runBackbone(image)
    const levels = this.#ports.levels.map((names, level): LevelScores => {
      const objectness = outputs[names.objectness] as FloatTensor
      const [, shapes, height, width] = objectness.dims
      return {
        ...{ width, height, shapes },
        objectness: objectness.data,
        deltas: (outputs[names.deltas] as FloatTensor).data,
        anchors: this.#anchorsOn(anchors, level, { width, height }, image),
      }
    })
    const proposed = proposeBoxes(levels, image, {
      ...options,
      weights: rpn.deltaWeights,
      preNmsTop: rpn.preNmsTop,
      convention: this.convention,
    })
    return { features: this.#featuresIn(outputs, image), ...proposed }
  }

  /** The backbone's features alone, for boxes that come from elsewhere. */
  async features(image: ModelImage): Promise<Features> {
    return this.#featuresIn(await this.#runBackbone(image), image)
  }

  #runBackbone(image: ModelImage): Promise<Record<string, Tensor>> {
    const dims = [1, 3, image.paddedHeight, image.paddedWidth]
    return this.#factory.run(this.#backbone, {
      [this.#ports.image]: new Tensor('float32', image.data, dims),
    })
  }

  #featuresIn(outputs: Record<string, Tensor>, image: ModelImage): Features {
    const tensors = this.#ports.features.map((name) => [name, outputs[name]] as const)
    return { tensors: Object.fromEntries(tensors), frame: frameOf(image) }
  }

  /** Class probabilities and refinements of any boxes. */
  async classify(features: Features, boxes: Float32Array): Promise<Classification> {
    const columns = this.pack.description.classes.length + 1
    if (boxes.length === 0) {
      const none = new Float32Array(0)
      return { probabilities: none, deltas: none, columns, regions: null }
    }
    const outputs = await this.#factory.run(this.#boxHead, {
      ...fed(this.#ports.box.features, features),
      [this.#ports.box.rois]: new Tensor('float32', boxes, [boxes.length / 4, 4]),
    })
    return {
      probabilities: (outputs[this.#ports.box.probabilities] as FloatTensor).data,
      deltas: (outputs[this.#ports.box.deltas] as FloatTensor).data,
      columns,
      regions: this.#regionVectors(outputs),
    }
  }

  #regionVectors(outputs: Record<string, Tensor>): RegionVectors | null {
    const { anyDeltas, vectors } = this.#ports.box
    if (anyDeltas === null || vectors === null) return null
    const tensor = outputs[vectors] as FloatTensor
    return {
      vectors: tensor.data,
      dimension: tensor.dims[1],
      anyDeltas: (outputs[anyDeltas] as FloatTensor).data,
    }
  }

  /** One box refined by one column's deltas, clipped to the image, written at `out[outAt..]`. */
  refine(
    boxes: Float32Array,
    index: number,
    classification: Classification,
    column: number,
    image: ModelFrame,
    out: Float32Array,
    outAt: number,
  ): void {
    const deltaAt = (index * classification.columns + column) * 4
    this.#refineBy(classification.deltas, deltaAt, boxes, index, image, out, outAt)
  }

  /** Boxes refined once for all classes, clipped to the image. Float32Array // [n, 4] */
  refineForAll(boxes: Float32Array, regions: RegionVectors, image: ModelFrame): Float32Array {
    const refined = new Float32Array(boxes.length)
    for (let index = 0; index * 4 < boxes.length; index++) {
      this.#refineBy(regions.anyDeltas, index * 4, boxes, index, image, refined, index * 4)
    }
    return refined
  }

  #refineBy(
    deltas: Float32Array,
    deltaAt: number,
    boxes: Float32Array,
    index: number,
    image: ModelFrame,
    out: Float32Array,
    outAt: number,
  ): void {
    const coder = {
      weights: this.pack.description.box_head?.deltaWeights ?? ([10, 10, 5, 5] as const),
      reference: this.convention,
      decoded: this.refinedConvention,
    }
    decodeBox(coder, boxes, index * 4, deltas, deltaAt, out, outAt)
    clipBox(out, outAt, image.width, image.height, this.refinedConvention)
  }

  /** Mask probabilities of any boxes. */
  async masks(features: Features, boxes: Float32Array): Promise<Masks> {
    const outputs = await this.#factory.run(this.#maskHead, {
      ...fed(this.#ports.mask.features, features),
      [this.#ports.mask.rois]: new Tensor('float32', boxes, [boxes.length / 4, 4]),
    })
    const tensor = outputs[this.#ports.mask.masks] as FloatTensor
    return { probabilities: tensor.data, channels: tensor.dims[1], size: tensor.dims[3] }
  }

  #anchorsOn(
    anchors: readonly AnchorDescription[],
    level: number,
    cells: Size,
    { paddedWidth, paddedHeight }: ModelFrame,
  ): Float32Array {
    const input = { width: paddedWidth, height: paddedHeight }
    const key = [level, cells.width, cells.height, input.width, input.height].join(' ')
    let placed = this.#anchors.get(key)
    if (!placed) {
      placed = placeAnchors(anchors[level], cells, input)
      this.#anchors.set(key, placed)
    }
    return placed
  }
}

const fed = (feeds: FeatureFeeds, { tensors }: Features): Record<string, Tensor> =>
  Object.fromEntries(feeds.map(({ input, feature }) => [input, tensors[feature]]))
