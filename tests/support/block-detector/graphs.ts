import { OnnxGraph } from '../onnx-graph.ts'

/** Side of a cell of the picture: an anchor stands in each. */
export const CELL = 64
/** Side of the mask head's output. */
const MASK = 16
/** Columns of the box head: background and two classes, with what of a cell's colourfulness they get. */
const SHARES = [-0.9, 0.8, 0.1]

/** max - min of red, green and blue: 0 for every grey, 1 for pure colours. */
function colourfulness(graph: OnnxGraph, rgb: string): string {
  const highest = graph.node('highest', 'ReduceMax', [rgb], { axes: [1], keepdims: 1 })
  const lowest = graph.node('lowest', 'ReduceMin', [rgb], { axes: [1], keepdims: 1 })
  const span = graph.node('span', 'Sub', [highest, lowest])
  return graph.node('colourfulness', 'Div', [span, graph.floats('byte', [], [255])])
}

/** Image [1, 3, h, w] of 0..255 → the image itself as features, objectness and no refinement a cell. */
export function backbone(): Uint8Array {
  const graph = new OnnxGraph('blocks-backbone')
  const input = graph.input('image', 'float', [1, 3, 'h', 'w'])
  graph.node('features', 'Identity', [input])
  graph.node('objectness', 'AveragePool', [colourfulness(graph, input)], {
    kernel_shape: [CELL, CELL],
    strides: [CELL, CELL],
  })
  const none = graph.node('none', 'Mul', ['objectness', graph.floats('zero', [], [0])])
  graph.node('deltas', 'Concat', [none, none, none, none], { axis: 1 })
  graph.output('features', 'float', [1, 3, 'h', 'w'])
  graph.output('objectness', 'float', [1, 1, 'rows', 'columns'])
  graph.output('deltas', 'float', [1, 4, 'rows', 'columns'])
  return graph.encode()
}

/** What each RoI shows, [n, 3, side, side]. */
function roiColours(graph: OnnxGraph, side: number): string {
  graph.input('features', 'float', [1, 3, 'h', 'w'])
  graph.input('rois', 'float', ['n', 4])
  const shape = graph.node('rois_shape', 'Shape', ['rois'])
  const count = graph.node('count', 'Gather', [shape, graph.int64s('first', [1], [0])])
  const zeros = graph.node('zeros', 'ConstantOfShape', [count])
  const images = graph.node('images', 'Cast', [zeros], { to: 'int64' })
  return graph.node('seen', 'RoiAlign', ['features', 'rois', images], {
    output_height: side,
    output_width: side,
    sampling_ratio: side === 1 ? 2 : 1,
  })
}

/** How the colour of a RoI's middle becomes a region vector: a row a channel in 0..1, and one for all. */
export type VectorOfColour = readonly [
  red: readonly number[],
  green: readonly number[],
  blue: readonly number[],
  always: readonly number[],
]

/**
 * Probabilities by how colourful the middle of a RoI is; no refinement.
 *
 * @param vectorOfColour also gives region vectors, of length 1 with the same direction
 */
export function boxHead(vectorOfColour: VectorOfColour | null = null): Uint8Array {
  const graph = new OnnxGraph('blocks-box-head')
  const columns = SHARES.length
  const colours = roiColours(graph, 1)
  if (vectorOfColour) regionVectors(graph, colours, vectorOfColour)
  const seen = colourfulness(graph, colours)
  const flat = graph.node('flat', 'Reshape', [seen, graph.int64s('rows', [2], [-1, 1])])
  const shares = graph.node('shares', 'MatMul', [
    flat,
    graph.floats('weights', [1, columns], SHARES),
  ])
  graph.node('cls_prob', 'Add', [shares, graph.floats('background', [columns], [1, 0, 0])])
  graph.node('box_deltas', 'MatMul', [
    flat,
    graph.floats('nothing', [1, 4 * columns], new Array<number>(4 * columns).fill(0)),
  ])
  graph.output('cls_prob', 'float', ['n', columns])
  graph.output('box_deltas', 'float', ['n', 4 * columns])
  return graph.encode()
}

function regionVectors(graph: OnnxGraph, colours: string, rows: VectorOfColour): void {
  const [red, green, blue, always] = rows
  const rgb = graph.node('rgb', 'Reshape', [colours, graph.int64s('rgb_rows', [2], [-1, 3])])
  const shares = graph.node('rgb_shares', 'Div', [rgb, graph.floats('full', [], [255])])
  const axes = [3, always.length]
  const mixed = graph.node('mixed', 'MatMul', [
    shares,
    graph.floats('vector_of_colour', axes, [red, green, blue].flat()),
  ])
  const long = graph.node('long', 'Add', [mixed, graph.floats('always', [always.length], always)])
  const squares = graph.node('squares', 'Mul', [long, long])
  const square = graph.node('square', 'ReduceSum', [squares, graph.int64s('along', [1], [1])], {
    keepdims: 1,
  })
  const length = graph.node('length', 'Sqrt', [square])
  graph.node('region_vec', 'Div', [long, length])
  graph.node('any_deltas', 'MatMul', [
    rgb,
    graph.floats('no_deltas', [3, 4], new Array<number>(12).fill(0)),
  ])
  graph.output('region_vec', 'float', ['n', always.length])
  graph.output('any_deltas', 'float', ['n', 4])
}

/** What is colourful is the object, in the channels of both classes. */
export function maskHead(): Uint8Array {
  const graph = new OnnxGraph('blocks-mask-head')
  const seen = colourfulness(graph, roiColours(graph, MASK))
  const strong = graph.node('strong', 'Mul', [seen, graph.floats('gain', [], [4])])
  const mask = graph.node('mask', 'Clip', [
    strong,
    graph.floats('zero', [], [0]),
    graph.floats('one', [], [1]),
  ])
  graph.node('mask_probs', 'Concat', [mask, mask, mask], { axis: 1 })
  graph.output('mask_probs', 'float', ['n', SHARES.length, MASK, MASK])
  return graph.encode()
}
