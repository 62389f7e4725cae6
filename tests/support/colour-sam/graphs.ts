import { OnnxGraph } from '../onnx-graph.ts'

/** Side of the encoder's square, of a cell in it, and of the map of cells. */
export const SIDE = 64
const CELL = 4
const CELLS = SIDE / CELL

/** Squared distance of two colours, each channel in 0..1, that count as one colour. */
const NEAR = 0.02

/** What the decoder says of its two masks: that of the whole image, and the answer. */
export const SCORES = [0.3, 0.9] as const

/**
 * The names of the two exports that are common: of SAM's own script, and of SAM 2's, which stretches
 * images, keeps features of two sizes and leaves it to the program to enlarge masks. The labels of the
 * second are whole numbers and its prompts have one more axis, as Transformers.js has them.
 */
export type SamStyle = 'sam' | 'sam2'

/** Image [1, 3, 64, 64] → mean colours of 16 × 16 cells. */
export function encoder(style: SamStyle): Uint8Array {
  const graph = new OnnxGraph(`colour-sam-encoder-${style}`)
  const image = graph.input('images', 'float', [1, 3, SIDE, SIDE])
  const pooled = { kernel_shape: [CELL, CELL], strides: [CELL, CELL] }
  if (style === 'sam') {
    graph.node('image_embeddings', 'AveragePool', [image], pooled)
    graph.output('image_embeddings', 'float', [1, 3, CELLS, CELLS])
  } else {
    graph.node('image_embed', 'AveragePool', [image], pooled)
    graph.output('image_embed', 'float', [1, 3, CELLS, CELLS])
    graph.node('high_res_feats_0', 'Identity', [image])
    graph.output('high_res_feats_0', 'float', [1, 3, SIDE, SIDE])
  }
  return graph.encode()
}

/**
 * Cells whose colour is near the mean of the positive points and near none of the negative ones, inside
 * the box where there is one; of a box alone, all of it. Logits are 1 and -1, so that enlarged they
 * change sign just between two cells.
 */
export function decoder(style: SamStyle): Uint8Array {
  const graph = new OnnxGraph(`colour-sam-decoder-${style}`)
  const isSam = style === 'sam'
  const embedding = graph.input(isSam ? 'image_embeddings' : 'image_embed', 'float', [
    ...[1, 3, CELLS, CELLS],
  ])
  const high = isSam ? null : graph.input('high_res_feats_0', 'float', [1, 3, SIDE, SIDE])
  const points = graph.input('point_coords', 'float', isSam ? [1, 'n', 2] : [1, 1, 'n', 2])
  const labels = graph.input(
    'point_labels',
    isSam ? 'float' : 'int64',
    isSam ? [1, 'n'] : [1, 1, 'n'],
  )
  graph.input('mask_input', 'float', [1, 1, CELLS, CELLS])
  graph.input('has_mask_input', 'float', [1])
  const size = isSam ? graph.input('orig_im_size', 'float', [2]) : null

  const number = (name: string, value: number): string => graph.floats(name, [], [value])
  const shape = (name: string, dims: readonly number[]): string =>
    graph.int64s(name, [dims.length], dims)
  const rows = shape('rows', [0])
  const columns = shape('columns', [1])
  const half = number('half', 0.5)
  const near = number('near', NEAR)

  const xy = graph.node('xy', 'Reshape', [points, shape('pairs', [-1, 2])])
  const numbers = graph.node('label_numbers', 'Cast', [labels], { to: 'float' })
  const label = graph.node('label', 'Reshape', [numbers, shape('one_column', [-1, 1])])
  /** [n, 1] of 0 and 1, and how many there are, [1, 1]. */
  const labelled = (name: string, value: number): { which: string; count: string } => {
    const equal = graph.node(`${name}_equal`, 'Equal', [label, number(`${name}_label`, value)])
    const which = graph.node(name, 'Cast', [equal], { to: 'float' })
    return {
      which,
      count: graph.node(`${name}_count`, 'ReduceSum', [which, rows], { keepdims: 1 }),
    }
  }
  const positive = labelled('positive', 1)
  const negative = labelled('negative', 0)
  const first = labelled('first', 2)
  const second = labelled('second', 3)

  const places = graph.node('places', 'Div', [xy, number('cell', CELL)])
  const floors = graph.node('floors', 'Floor', [places])
  const clipped = graph.node('clipped', 'Clip', [
    floors,
    number('lowest', 0),
    number('highest', CELLS - 1),
  ])
  const swapped = graph.node('swapped', 'Gather', [clipped, shape('y_then_x', [1, 0])], { axis: 1 })
  const indices = graph.node('indices', 'Cast', [swapped], { to: 'int64' })
  const last = graph.node('channels_last', 'Transpose', [embedding], { perm: [0, 2, 3, 1] })
  const map = graph.node('map', 'Reshape', [last, shape('map_shape', [CELLS, CELLS, 3])])
  const colours = graph.node('colours', 'GatherND', [map, indices])

  const squared = (name: string, a: string, b: string, axis: string, keepdims: number): string => {
    const difference = graph.node(`${name}_difference`, 'Sub', [a, b])
    const square = graph.node(`${name}_square`, 'Mul', [difference, difference])
    return graph.node(name, 'ReduceSum', [square, axis], { keepdims })
  }
  const sumOf = (name: string, values: string, which: string): string => {
    const weighted = graph.node(`${name}_weighted`, 'Mul', [values, which])
    return graph.node(name, 'ReduceSum', [weighted, rows], { keepdims: 1 })
  }
  const atLeastOne = graph.node('at_least_one', 'Max', [positive.count, number('one', 1)])
  const mean = graph.node('mean', 'Div', [
    sumOf('positive_sum', colours, positive.which),
    atLeastOne,
  ])
  const cells = graph.node('cells', 'Reshape', [map, shape('cells_shape', [-1, 3])])
  const toMean = squared('to_mean', cells, mean, columns, 1)
  const isNear = graph.node('is_near', 'Or', [
    graph.node('is_near_mean', 'Less', [toMean, near]),
    graph.node('has_no_point', 'Less', [positive.count, half]),
  ])

  const eachCell = graph.node('each_cell', 'Reshape', [cells, shape('each_shape', [-1, 1, 3])])
  const eachPoint = graph.node('each_point', 'Reshape', [
    colours,
    shape('each_point_shape', [1, -1, 3]),
  ])
  const toPoints = squared('to_points', eachCell, eachPoint, shape('depth', [2]), 0)
  const nearPoint = graph.node(
    'near_point',
    'Cast',
    [graph.node('is_near_point', 'Less', [toPoints, near])],
    { to: 'float' },
  )
  const negativeRow = graph.node('negative_row', 'Reshape', [
    negative.which,
    shape('one_row', [1, -1]),
  ])
  const nearNegative = graph.node(
    'near_negative',
    'ReduceMax',
    [graph.node('near_negative_points', 'Mul', [nearPoint, negativeRow])],
    { axes: [1], keepdims: 1 },
  )
  const isClear = graph.node('is_clear', 'Less', [nearNegative, half])

  const centres = graph.floats(
    'centres',
    [CELLS * CELLS, 2],
    Array.from({ length: CELLS * CELLS }, (_, i) => [
      ((i % CELLS) + 0.5) * CELL,
      (Math.floor(i / CELLS) + 0.5) * CELL,
    ]).flat(),
  )
  const inBoth = graph.node('in_both', 'And', [
    graph.node('right_of', 'Greater', [centres, sumOf('first_corner', xy, first.which)]),
    graph.node('left_of', 'Less', [centres, sumOf('second_corner', xy, second.which)]),
  ])
  const inBothNumbers = graph.node('in_both_numbers', 'Cast', [inBoth], { to: 'float' })
  const inside = graph.node('inside', 'ReduceMin', [inBothNumbers], { axes: [1], keepdims: 1 })
  const isInside = graph.node('is_inside', 'Or', [
    graph.node('is_in_box', 'Greater', [inside, half]),
    graph.node('has_no_box', 'Less', [first.count, half]),
  ])
  const answer = graph.node('answer', 'And', [
    graph.node('is_near_and_clear', 'And', [isNear, isClear]),
    isInside,
  ])
  const answerNumbers = graph.node('answer_numbers', 'Cast', [answer], { to: 'float' })
  const doubled = graph.node('doubled', 'Mul', [answerNumbers, number('two', 2)])
  const signs = graph.node('signs', 'Sub', [doubled, number('unit', 1)])
  const one = shape('one_map', [1, 1, CELLS, CELLS])
  const logits = graph.node('logits', 'Reshape', [signs, one])
  const all = graph.floats('all', [1, 1, CELLS, CELLS], new Array<number>(CELLS ** 2).fill(1))
  const low = graph.node('both_masks', 'Concat', [all, logits], { axis: 1 })

  if (size) enlarge(graph, low, size)
  else {
    // What comes of the second size is nothing, but it has to be given.
    const axes = { axes: [0, 1, 2, 3], keepdims: 1 }
    const detail = graph.node('detail', 'ReduceMean', [high ?? low], axes)
    const nothing = graph.node('nothing', 'Mul', [detail, number('zero', 0)])
    const masks = graph.node('masks_of_prompt', 'Add', [low, nothing])
    graph.node('masks', 'Reshape', [masks, shape('masks_shape', [1, 1, 2, CELLS, CELLS])])
    graph.output('masks', 'float', [1, 1, 2, CELLS, CELLS])
  }
  graph.node('iou_predictions', 'Identity', [graph.floats('scores', [1, 2], SCORES)])
  graph.output('iou_predictions', 'float', [1, 2])
  return graph.encode()
}

/** As SAM's script does: to the encoder's square, without its padding, to the size that is asked for. */
function enlarge(graph: OnnxGraph, low: string, size: string): void {
  const scales = graph.floats('scales', [4], [1, 1, CELL, CELL])
  const square = graph.node('square', 'Resize', [low, '', scales])
  const longest = graph.node('longest', 'ReduceMax', [size], { axes: [0], keepdims: 1 })
  const scale = graph.node('scale', 'Div', [graph.floats('side', [1], [SIDE]), longest])
  const scaled = graph.node('scaled', 'Mul', [size, scale])
  const rounded = graph.node('rounded', 'Floor', [
    graph.node('raised', 'Add', [scaled, graph.floats('a_half', [1], [0.5])]),
  ])
  const ends = graph.node('ends', 'Cast', [rounded], { to: 'int64' })
  const image = graph.node('without_padding', 'Slice', [
    square,
    graph.int64s('starts', [2], [0, 0]),
    ends,
    graph.int64s('sides', [2], [2, 3]),
  ])
  const asked = graph.node('asked', 'Cast', [size], { to: 'int64' })
  const sizes = graph.node('sizes', 'Concat', [graph.int64s('masks_of_one', [2], [1, 2]), asked], {
    axis: 0,
  })
  graph.node('masks', 'Resize', [image, '', '', sizes])
  graph.output('masks', 'float', [1, 2, 'height', 'width'])
}
