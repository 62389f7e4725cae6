import { setImmediate } from 'node:timers/promises'
import { LexmaskError } from '#shared/contract/errors.ts'
import { readCaffe2Net, type Caffe2Net, type Caffe2Operator } from './caffe2-net.ts'
import {
  argumentOf,
  floatArgument,
  integerArgument,
  notConvertible,
  tensorsOf,
  type Caffe2Tensor,
} from './caffe2-tensors.ts'
import { OnnxGraphWriter, type GraphPort } from './onnx-graph-writer.ts'
import {
  OperatorConverter,
  type BlobShape,
  type ConvertedPrecision,
} from './quantised-operators.ts'
import { ProtobufError } from '../protobuf/read-fields.ts'

/** What a model's own files say of it: the part of `model.json` that needs no person. */
export interface ConvertedDescription {
  readonly coordinates: string
  readonly anchors: { readonly stride: number; readonly boxes: readonly (readonly number[])[] }
  readonly rpn: {
    readonly deltaWeights: readonly [number, number, number, number]
    readonly preNmsTop: number
    readonly nmsIou: number
    readonly postNmsTop: number
  }
  readonly box_head: { readonly deltaWeights: readonly number[] }
  readonly detection: {
    readonly scoreThreshold: number
    readonly nmsIou: number
    readonly atMost: number
  }
}

export interface ConvertedMaskRcnn {
  /** File name → ONNX model. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly description: ConvertedDescription
  /** Columns of the class scores, with the background. */
  readonly classColumns: number
}

/** The operators and blobs at which a Mask R-CNN of Caffe2 is cut into our three graphs. */
interface Cuts {
  readonly proposals: Caffe2Operator
  readonly boxes: Caffe2Operator
  readonly detections: Caffe2Operator
  readonly boxAlign: Caffe2Operator
  readonly maskAlign: Caffe2Operator
  readonly image: string
  readonly masks: string
}

/**
 * A quantised Mask R-CNN of Caffe2 (Detectron's and Mask R-CNN2Go's operators, one image) as the three
 * graphs of a pack. What stands between them in the network, proposals, boxes and their suppression,
 * is done by Lexmask itself, with the numbers that the network has for it.
 *
 * The application converts it beside everything else that it does: between any two steps others have a
 * turn.
 *
 * @param netBytes `model.pb`, a NetDef
 * @param weightBytes `model_init.pb`, a NetDef that fills the weights
 * @throws LexmaskError PACK_INVALID when they are none, or not of this kind; CANCELLED
 */
export async function convertCaffe2MaskRcnn(
  netBytes: Uint8Array,
  weightBytes: Uint8Array,
  precisions: readonly ConvertedPrecision[],
  signal: AbortSignal,
): Promise<ConvertedMaskRcnn> {
  const giveTurn = async (): Promise<void> => {
    await setImmediate()
    if (signal.aborted) throw new LexmaskError('CANCELLED', 'The conversion was cancelled.')
  }
  const net = await readNet(netBytes, 'model.pb', giveTurn)
  const weights = await readNet(weightBytes, 'model_init.pb', giveTurn)
  const source: Source = { net, tensors: tensorsOf(weights), cuts: findCuts(net), giveTurn }
  const { tensors, cuts } = source
  const files = new Map<string, Uint8Array>()
  let classColumns = 0
  for (const precision of precisions) {
    const graphs = await convertGraphs(source, precision)
    for (const [graph, bytes] of Object.entries(graphs.files)) {
      files.set(`${graph}.${precision}.onnx`, bytes)
    }
    classColumns = graphs.classColumns
  }
  return { files, description: describe(cuts, tensors), classColumns }
}

async function readNet(
  bytes: Uint8Array,
  file: string,
  giveTurn: () => Promise<void>,
): Promise<Caffe2Net> {
  try {
    return await readCaffe2Net(bytes, giveTurn)
  } catch (error) {
    if (error instanceof ProtobufError) throw notConvertible(`${file} is damaged: ${error.message}`)
    throw error
  }
}

function findCuts({ operators, outputs }: Caffe2Net): Cuts {
  const only = (type: string): Caffe2Operator => {
    const found = operators.filter((operator) => operator.type === type)
    if (found.length === 1) return found[0]
    throw notConvertible(`it has ${found.length} operators ${type} where it should have one`)
  }
  const proposals = only('GenerateProposals')
  const detections = only('BoxWithNMSLimit')
  const alignOf = (rois: string): Caffe2Operator => {
    const align = operators.find(({ type, inputs }) => type === 'RoIAlign' && inputs[1] === rois)
    if (align) return align
    throw notConvertible(`nothing aligns the boxes ${rois}`)
  }
  const made = new Set(operators.flatMap((operator) => operator.outputs))
  const image = operators[0]?.inputs.find((blob) => !made.has(blob))
  const masks = outputs.find((blob) => !detections.outputs.includes(blob))
  if (image === undefined || masks === undefined)
    throw notConvertible('it has no image or no masks')
  return {
    proposals,
    boxes: only('BBoxTransform'),
    detections,
    boxAlign: alignOf(proposals.outputs[0]),
    maskAlign: alignOf(detections.outputs[1]),
    image,
    masks,
  }
}

interface Part {
  readonly inputs: readonly {
    readonly blob: string
    readonly port: GraphPort
    readonly shape: BlobShape
  }[]
  /** Name of the graph's output → blob. */
  readonly outputs: Readonly<Record<string, string>>
}

/** What is converted. */
interface Source {
  readonly net: Caffe2Net
  readonly tensors: ReadonlyMap<string, Caffe2Tensor>
  readonly cuts: Cuts
  /** @throws LexmaskError CANCELLED */
  readonly giveTurn: () => Promise<void>
}

async function convertGraphs(
  source: Source,
  precision: ConvertedPrecision,
): Promise<{ files: Record<string, Uint8Array>; classColumns: number }> {
  const { cuts } = source
  const convert = (part: Part): Promise<ConvertedPart> => convertPart(source, part, precision)
  const featureBlob = cuts.boxAlign.inputs[0]
  const backbone = await convert({
    inputs: [
      {
        blob: cuts.image,
        port: { name: 'image', dims: [1, 3, 'height', 'width'] },
        shape: { channels: 3, side: null },
      },
    ],
    outputs: {
      features: featureBlob,
      objectness: cuts.proposals.inputs[0],
      deltas: cuts.proposals.inputs[1],
    },
  })
  const channels = backbone.channels.features
  const head = (rois: string, outputs: Readonly<Record<string, string>>): Promise<ConvertedPart> =>
    convert({
      inputs: [
        {
          blob: featureBlob,
          port: { name: 'features', dims: [1, channels, 'rows', 'columns'] },
          shape: { channels, side: null },
        },
        { blob: rois, port: { name: 'rois', dims: ['n', 4] }, shape: { channels: 4, side: 1 } },
      ],
      outputs,
    })
  const boxHead = await head(cuts.boxAlign.inputs[1], {
    probabilities: cuts.detections.inputs[0],
    deltas: cuts.boxes.inputs[1],
  })
  const maskHead = await head(cuts.maskAlign.inputs[1], { masks: cuts.masks })
  return {
    files: {
      backbone_rpn: backbone.bytes,
      box_head: boxHead.bytes,
      mask_head: maskHead.bytes,
    },
    classColumns: boxHead.channels.probabilities,
  }
}

interface ConvertedPart {
  readonly bytes: Uint8Array
  /** Of each output. */
  readonly channels: Readonly<Record<string, number>>
}

async function convertPart(
  { net, tensors, giveTurn }: Source,
  { inputs, outputs }: Part,
  precision: ConvertedPrecision,
): Promise<ConvertedPart> {
  const graph = new OnnxGraphWriter()
  const converter = new OperatorConverter(graph, tensors, precision)
  for (const { blob, port, shape } of inputs) converter.input(blob, port.name, shape)
  const given = new Set(inputs.map(({ blob }) => blob))
  for (const operator of operatorsFor(net, Object.values(outputs), given)) {
    converter.convert(operator)
    await giveTurn()
  }
  const isPerRoi = inputs.length > 1
  const ports = Object.entries(outputs).map(([name, blob]): GraphPort => {
    graph.node('Identity', [converter.value(blob)], name)
    const { channels, side } = converter.shape(blob)
    if (!isPerRoi) return { name, dims: [1, channels, 'rows', 'columns'] }
    if (side === 1) return { name, dims: ['n', channels] }
    return { name, dims: ['n', channels, side ?? 'side', side ?? 'side'] }
  })
  const channels = Object.entries(outputs).map(([name, blob]) => [
    name,
    converter.shape(blob).channels,
  ])
  return {
    bytes: graph.finish(
      'mask-rcnn',
      inputs.map(({ port }) => port),
      ports,
    ),
    channels: Object.fromEntries(channels) as Record<string, number>,
  }
}

/** The operators that the blobs need, in the order of the network, without those behind what is given. */
function operatorsFor(
  { operators }: Caffe2Net,
  blobs: readonly string[],
  given: ReadonlySet<string>,
): readonly Caffe2Operator[] {
  const needed = new Set(blobs)
  const kept: Caffe2Operator[] = []
  for (const operator of operators.toReversed()) {
    if (!operator.outputs.some((blob) => needed.has(blob) && !given.has(blob))) continue
    kept.unshift(operator)
    for (const blob of operator.inputs) needed.add(blob)
  }
  return kept
}

function describe(
  { proposals, boxes, detections, boxAlign }: Cuts,
  tensors: ReadonlyMap<string, Caffe2Tensor>,
): ConvertedDescription {
  const anchors = tensors.get(proposals.inputs[3])
  if (anchors?.dims.length !== 2 || anchors.dims[1] !== 4) {
    throw notConvertible('its anchors are not a list of boxes')
  }
  // Caffe2's default is the convention of Detectron: width = x2 - x1 + 1.
  if (integerArgument(proposals, 'legacy_plus_one', 1) !== 1) {
    throw notConvertible('its boxes end at their far edges, which is not known of such a network')
  }
  const weights = argumentOf(boxes, 'weights').floats
  if (weights.length !== 4) throw notConvertible('its box head has no four weights')
  return {
    coordinates:
      'boxes and RoIs are [x1, y1, x2, y2] in pixels of the resized image, with the inclusive ' +
      'convention: width = x2 - x1 + 1',
    anchors: {
      stride: Math.round(1 / floatArgument(boxAlign, 'spatial_scale')),
      boxes: Array.from({ length: anchors.dims[0] }, (_, index) =>
        Array.from(anchors.values.subarray(4 * index, 4 * index + 4)),
      ),
    },
    rpn: {
      deltaWeights: [1, 1, 1, 1],
      preNmsTop: integerArgument(proposals, 'pre_nms_topN'),
      nmsIou: shortest(floatArgument(proposals, 'nms_thresh')),
      postNmsTop: integerArgument(proposals, 'post_nms_topN'),
    },
    box_head: { deltaWeights: weights },
    detection: {
      scoreThreshold: shortest(floatArgument(detections, 'score_thresh')),
      nmsIou: shortest(floatArgument(detections, 'nms')),
      atMost: integerArgument(detections, 'detections_per_im'),
    },
  }
}

/** The decimal number that was meant by a float: 0.7 for 0.699999988. */
const shortest = (value: number): number => Number(value.toPrecision(7))
