import { Tensor, type InferenceSession } from 'onnxruntime-node'
import type { SessionRole } from '#shared/contract/providers.ts'
import { boxConventionOf, refinedConventionOf } from '#main/packs/mask-rcnn-description.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import { verifyFile } from '#main/packs/verify.ts'
import { placeAnchors } from '#main/vision/anchors.ts'
import { clipBox, decodeBox, type BoxConvention } from '#main/vision/box-coding.ts'
import { suppressOverlaps, topScores } from '#main/vision/nms.ts'
import { takeBoxes } from '#main/vision/model-boxes.ts'
import { frameOf, type ModelFrame, type ModelImage } from '#main/vision/model-image.ts'
import { axis, findName, rank } from './graph-tensors.ts'
import type { SessionFactory } from './sessions.ts'

/** The backbone's features of one image; only the heads of the same network can read them. */
export interface Features {
  readonly tensor: Tensor
  readonly frame: ModelFrame
}

/** Regions that may hold an object, best first. */
export interface Proposals {
  /** Float32Array // [n, 4] xyxy, pixels of the model's input, in the network's box convention */
  readonly boxes: Float32Array
  /** Float32Array // [n] in 0..1 */
  readonly objectness: Float32Array
}

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
  readonly #names: {
    readonly image: string
    readonly features: string
    readonly objectness: string
    readonly proposalDeltas: string
    readonly boxFeatures: string
    readonly boxRois: string
    readonly probabilities: string
    readonly boxDeltas: string
    /** null when the box head gives no region vectors. */
    readonly anyDeltas: string | null
    readonly vectors: string | null
    readonly maskFeatures: string
    readonly maskRois: string
    readonly masks: string
  }
  /** Anchors depend on the size of the features alone, and a folder has few sizes. */
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
    const shapes = pack.description.anchors?.boxes.length ?? 0
    const columns = pack.description.classes.length + 1
    const outputs = backbone.outputNames
    const objectness = findName(outputs, 'backbone_rpn', 'objectness output', (name) => {
      return axis(backbone, name, 1) === shapes
    })
    const proposalDeltas = findName(outputs, 'backbone_rpn', 'box delta output', (name) => {
      return axis(backbone, name, 1) === 4 * shapes
    })
    const isRois = (session: InferenceSession) => (name: string) => rank(session, name) === 2
    const isFeatures = (session: InferenceSession) => (name: string) => rank(session, name) === 4
    this.#names = {
      image: backbone.inputNames[0],
      objectness,
      proposalDeltas,
      features: findName(outputs, 'backbone_rpn', 'feature output', (name) => {
        return name !== objectness && name !== proposalDeltas
      }),
      boxFeatures: findName(boxHead.inputNames, 'box_head', 'feature input', isFeatures(boxHead)),
      boxRois: findName(boxHead.inputNames, 'box_head', 'RoI input', isRois(boxHead)),
      probabilities: findName(boxHead.outputNames, 'box_head', 'class output', (name) => {
        return axis(boxHead, name, 1) === columns
      }),
      boxDeltas: findName(boxHead.outputNames, 'box_head', 'box delta output', (name) => {
        return axis(boxHead, name, 1) === 4 * columns
      }),
      ...regionNames(boxHead, columns),
      maskFeatures: findName(
        maskHead.inputNames,
        'mask_head',
        'feature input',
        isFeatures(maskHead),
      ),
      maskRois: findName(maskHead.inputNames, 'mask_head', 'RoI input', isRois(maskHead)),
      masks: findName(maskHead.outputNames, 'mask_head', 'mask output', (name) => {
        return rank(maskHead, name) === 4
      }),
    }
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
   * The backbone's features and the boxes its region proposal network believes in: the best
   * `preNmsTop` anchors, refined, clipped to the image, suppressed.
   */
  async propose(
    image: ModelImage,
    options: { readonly atMost: number; readonly nmsIou: number },
  ): Promise<Proposals & { readonly features: Features }> {
    const { rpn, anchors } = this.pack.description
    if (!rpn || !anchors) throw new Error('a region network was opened without rpn and anchors')
    const outputs = await this.#runBackbone(image)
    const probabilities = outputs[this.#names.objectness] as FloatTensor
    const deltas = (outputs[this.#names.proposalDeltas] as FloatTensor).data
    const [, shapes, height, width] = probabilities.dims
    const placed = this.#anchorsFor(height, width)
    // [shapes, h, w] to [h, w, shapes], the order of the anchors.
    const cells = height * width
    const scores = new Float32Array(cells * shapes)
    for (let shape = 0; shape < shapes; shape++) {
      for (let cell = 0; cell < cells; cell++) {
        scores[cell * shapes + shape] = probabilities.data[shape * cells + cell]
      }
    }
    const order = topScores(scores, rpn.preNmsTop)
    const boxes = new Float32Array(order.length * 4)
    const objectness = new Float32Array(order.length)
    const delta = new Float32Array(4)
    const coder = {
      weights: rpn.deltaWeights,
      reference: this.convention,
      decoded: this.convention,
    }
    for (let i = 0; i < order.length; i++) {
      const cell = Math.floor(order[i] / shapes)
      const shape = order[i] % shapes
      for (let d = 0; d < 4; d++) delta[d] = deltas[(shape * 4 + d) * cells + cell]
      decodeBox(coder, placed, order[i] * 4, delta, 0, boxes, i * 4)
      clipBox(boxes, i * 4, image.width, image.height, this.convention)
      objectness[i] = scores[order[i]]
    }
    const kept = suppressOverlaps(boxes, Uint32Array.from(order.keys()), {
      iouThreshold: options.nmsIou,
      convention: this.convention,
      atMost: options.atMost,
    })
    return {
      features: this.#featuresIn(outputs, image),
      boxes: takeBoxes(boxes, kept),
      objectness: Float32Array.from(kept, (i) => objectness[i]),
    }
  }

  /** The backbone's features alone, for boxes that come from elsewhere. */
  async features(image: ModelImage): Promise<Features> {
    return this.#featuresIn(await this.#runBackbone(image), image)
  }

  #runBackbone(image: ModelImage): Promise<Record<string, Tensor>> {
    const dims = [1, 3, image.paddedHeight, image.paddedWidth]
    return this.#factory.run(this.#backbone, {
      [this.#names.image]: new Tensor('float32', image.data, dims),
    })
  }

  #featuresIn(outputs: Record<string, Tensor>, image: ModelImage): Features {
    return { tensor: outputs[this.#names.features], frame: frameOf(image) }
  }

  /** Class probabilities and refinements of any boxes. */
  async classify(features: Features, boxes: Float32Array): Promise<Classification> {
    const columns = this.pack.description.classes.length + 1
    if (boxes.length === 0) {
      const none = new Float32Array(0)
      return { probabilities: none, deltas: none, columns, regions: null }
    }
    const outputs = await this.#factory.run(this.#boxHead, {
      [this.#names.boxFeatures]: features.tensor,
      [this.#names.boxRois]: new Tensor('float32', boxes, [boxes.length / 4, 4]),
    })
    return {
      probabilities: (outputs[this.#names.probabilities] as FloatTensor).data,
      deltas: (outputs[this.#names.boxDeltas] as FloatTensor).data,
      columns,
      regions: this.#regionVectors(outputs),
    }
  }

  #regionVectors(outputs: Record<string, Tensor>): RegionVectors | null {
    const { anyDeltas, vectors } = this.#names
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
      [this.#names.maskFeatures]: features.tensor,
      [this.#names.maskRois]: new Tensor('float32', boxes, [boxes.length / 4, 4]),
    })
    const tensor = outputs[this.#names.masks] as FloatTensor
    return { probabilities: tensor.data, channels: tensor.dims[1], size: tensor.dims[3] }
  }

  #anchorsFor(height: number, width: number): Float32Array {
    const key = `${height}x${width}`
    let placed = this.#anchors.get(key)
    if (!placed) {
      const { anchors } = this.pack.description
      if (!anchors) throw new Error('a region network was opened without anchors')
      placed = placeAnchors(anchors, height, width)
      this.#anchors.set(key, placed)
    }
    return placed
  }
}

/** Outputs of a box head that gives region vectors: [n, 4], and the one of no other known width. */
function regionNames(
  boxHead: InferenceSession,
  columns: number,
): { anyDeltas: string | null; vectors: string | null } {
  const known = new Set([columns, 4 * columns, 4])
  const find = (isIt: (width: number) => boolean): string | null =>
    boxHead.outputNames.find((name) => isIt(axis(boxHead, name, 1))) ?? null
  return {
    anyDeltas: find((width) => width === 4),
    vectors: find((width) => width > 0 && !known.has(width)),
  }
}
