import { OnnxGraph } from './onnx-graph.ts'
import { writePack } from './write-pack.ts'

/** Side of a cell of each level, in pixels: an anchor stands in each. */
export const STRIDES = [8, 16] as const

const zerosLike = (graph: OnnxGraph, name: string): string =>
  graph.node(`${name}_zeros`, 'Mul', [name, graph.floats(`${name}_zero`, [], [0])])

/**
 * Image [1, 3, h, w] → itself and its half as features; on each level the mean of red in a cell as
 * objectness, and no refinement.
 */
function backbone(levels: number): Uint8Array {
  const graph = new OnnxGraph('pyramid-backbone')
  graph.input('image', 'float', [1, 3, 'h', 'w'])
  graph.node('fine', 'Identity', ['image'])
  graph.node('coarse', 'AveragePool', ['image'], { kernel_shape: [2, 2], strides: [2, 2] })
  graph.output('fine', 'float', [1, 3, 'h', 'w'])
  graph.output('coarse', 'float', [1, 3, 'h2', 'w2'])
  const red = graph.node('red', 'Gather', ['image', graph.int64s('first', [1], [0])], { axis: 1 })
  for (let level = 0; level < levels; level++) {
    const [objectness, deltas] = [`objectness_${level}`, `deltas_${level}`]
    const kernel = [STRIDES[level], STRIDES[level]]
    graph.node(objectness, 'AveragePool', [red], { kernel_shape: kernel, strides: kernel })
    const none = zerosLike(graph, objectness)
    graph.node(deltas, 'Concat', [none, none, none, none], { axis: 1 })
    graph.output(objectness, 'float', [1, 1, `rows_${level}`, `columns_${level}`])
    graph.output(deltas, 'float', [1, 4, `rows_${level}`, `columns_${level}`])
  }
  return graph.encode()
}

/** What a head sees of each feature at the RoIs, at the scale of it. */
function seen(graph: OnnxGraph, features: readonly string[], cells: number): string[] {
  graph.input('rois', 'float', ['n', 4])
  const shape = graph.node('rois_shape', 'Shape', ['rois'])
  const count = graph.node('count', 'Gather', [shape, graph.int64s('zeroth', [1], [0])])
  const zeros = graph.node('zeros', 'ConstantOfShape', [count])
  const images = graph.node('images', 'Cast', [zeros], { to: 'int64' })
  return features.map((name, level) => {
    graph.input(name, 'float', [1, 3, `h${level}`, `w${level}`])
    const scaled = graph.node(`${name}_rois`, 'Mul', [
      'rois',
      graph.floats(`${name}_scale`, [], [1 / 2 ** level]),
    ])
    return graph.node(`${name}_seen`, 'RoiAlign', [name, scaled, images], {
      output_height: cells,
      output_width: cells,
      sampling_ratio: 1,
    })
  })
}

/** Columns: red in the middle of the RoI on the fine level, green on the coarse one. */
function boxHead(features: readonly string[]): Uint8Array {
  const graph = new OnnxGraph('pyramid-box-head')
  const [fine, coarse] = seen(graph, features, 1)
  const channel = (of: string, index: number, name: string): string => {
    const taken = graph.node(`${name}_plane`, 'Gather', [of, graph.int64s(name, [1], [index])], {
      axis: 1,
    })
    return graph.node(`${name}_column`, 'Reshape', [
      taken,
      graph.int64s(`${name}_dims`, [2], [-1, 1]),
    ])
  }
  const columns = [channel(fine, 0, 'red'), channel(coarse ?? fine, 1, 'green')]
  graph.node('probabilities', 'Concat', columns, { axis: 1 })
  const none = zerosLike(graph, 'probabilities')
  graph.node('deltas', 'Concat', [none, none, none, none], { axis: 1 })
  graph.output('probabilities', 'float', ['n', 2])
  graph.output('deltas', 'float', ['n', 8])
  return graph.encode()
}

/** Channels: red of the fine level, red of the coarse one. */
function maskHead(features: readonly string[]): Uint8Array {
  const graph = new OnnxGraph('pyramid-mask-head')
  const planes = seen(graph, features, 4).map((name) =>
    graph.node(`${name}_red`, 'Gather', [name, graph.int64s(`${name}_first`, [1], [0])], {
      axis: 1,
    }),
  )
  graph.node('masks', 'Concat', planes, { axis: 1 })
  graph.output('masks', 'float', ['n', planes.length, 4, 4])
  return graph.encode()
}

/** What of the pack is otherwise than its description says. */
export interface PyramidFault {
  /** Of the backbone's outputs; 2 are described. */
  readonly levels?: 1 | 2
  /** What the heads call the features. */
  readonly features?: readonly string[]
}

/** Write a detector with a pyramid of two levels, on images of 0 to 1. */
export async function writePyramidDetector(
  folder: string,
  { levels = 2, features = ['fine', 'coarse'] }: PyramidFault = {},
): Promise<void> {
  await writePack(
    folder,
    {
      'backbone_rpn.fp32.onnx': backbone(levels),
      'box_head.fp32.onnx': boxHead(features),
      'mask_head.fp32.onnx': maskHead(features),
    },
    {
      name: 'pyramid-detector',
      precisions: { fp32: 'float32' },
      input: {
        channels: 'RGB',
        range: [0, 1],
        mean: [0, 0, 0],
        std: [1, 1, 1],
        resize: { shortSide: 32, longSideAtMost: 64 },
        padToMultipleOf: 16,
      },
      coordinates: 'pixels of the input, x2 and y2 are the far edges',
      classes: [{ index: 1, name: 'thing' }],
      detection: { scoreThreshold: 0.05, nmsIou: 0.5, atMost: 100 },
      anchors: [
        { stride: STRIDES[0], boxes: [[0, 0, STRIDES[0], STRIDES[0]]] },
        { stride: 'fit', boxes: [[0, 0, STRIDES[1], STRIDES[1]]] },
      ],
      rpn: { deltaWeights: [1, 1, 1, 1], preNmsTop: 3, nmsIou: 0.7, postNmsTop: 100 },
      box_head: { deltaWeights: [10, 10, 5, 5] },
      mask_head: { paste: { padCells: 0, threshold: 0.5 } },
    },
  )
}
