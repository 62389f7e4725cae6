import { COLOURS, rgbOf } from './colours.ts'
import { OnnxGraph } from '../onnx-graph.ts'

/** One axis a colour, then what all images and texts share, then what only images and only texts have. */
export const DIMENSION = 16
const SHARED = COLOURS.length
const IMAGES_ONLY = SHARED + 1
const TEXTS_ONLY = SHARED + 2

/**
 * The gap between images and texts that real CLIP has: with it a perfect match has a cosine of 0.24
 * and a wrong colour one of 0.12, near the numbers of real CLIP.
 */
const GAP = 2.5

export const SIZE = 224
export const MEAN = [0.48145466, 0.4578275, 0.40821073] as const
export const STD = [0.26862954, 0.26130258, 0.27577711] as const

/** Cells of the grid in which colours are measured: small enough that few have two colours. */
const GRID = 56

/**
 * How much black, white and grey count beside other colours. People call a blue bus blue although
 * its windows, tyres and shadows cover more of it than the paint.
 */
const NEUTRAL_WEIGHT = 0.3
const NEUTRALS: readonly string[] = ['black', 'white', 'grey']

/** Spread of the weight of the centre, as part of the side: the rim counts a quarter of the middle. */
const CENTRE_SPREAD = 0.3

/** How sharply a cell belongs to its nearest look, per squared OKLab distance. */
const SHARPNESS = 300

/** OKLab by Björn Ottosson's published matrices (bottosson.github.io/posts/oklab). */
const LMS_OF_RGB = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
]
const LAB_OF_LMS = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
]

/** A plain power instead of sRGB's two pieces: one operator, and near enough to name colours. */
const GAMMA = 2.2

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i], 0))

function labOf(colour: string): number[] {
  const linear = rgbOf(colour).map((value) => (value / 255) ** GAMMA)
  return times(LAB_OF_LMS, times(LMS_OF_RGB, linear).map(Math.cbrt))
}

/** What every vector of one side has beside its colours. */
function constantPart(gapAxis: number): number[] {
  const part = new Array<number>(DIMENSION).fill(0)
  part[SHARED] = 1
  part[gapAxis] = GAP
  return part
}

/** Planes as CLIP normalises them, back in 0..1. */
function rgbOfInput(graph: OnnxGraph, input: string): string {
  const scaled = graph.node('scaled', 'Mul', [input, graph.floats('std', [1, 3, 1, 1], STD)])
  return graph.node('rgb', 'Add', [scaled, graph.floats('mean', [1, 3, 1, 1], MEAN)])
}

/**
 * Colours in 0..1 [batch, 3, side, side] → [batch, 16]: the share of each colour by the weights of the
 * cells, and what all vectors of one side have.
 */
function colourVector(
  graph: OnnxGraph,
  cells: string,
  {
    side,
    weights,
    gapAxis,
    output,
  }: {
    readonly side: number
    /** [side * side] summing to 1 */
    readonly weights: readonly number[]
    readonly gapAxis: number
    readonly output: string
  },
): void {
  const looks = COLOURS.flatMap(({ looks }, colour) =>
    looks.map((look) => ({ colour, lab: labOf(look) })),
  )
  const zero = graph.floats('zero', [], [0])
  const one = graph.floats('one', [], [1])
  const inRange = graph.node('in_range', 'Clip', [cells, zero, one])

  const linear = graph.node('linear', 'Pow', [inRange, graph.floats('gamma', [], [GAMMA])])
  const lms = graph.node('lms', 'Conv', [
    linear,
    graph.floats('lms_of_rgb', [3, 3, 1, 1], LMS_OF_RGB.flat()),
  ])
  // Rounding may leave a black cell a little below zero, where a root is not a number.
  const positive = graph.node('lms_positive', 'Clip', [lms, zero])
  const roots = graph.node('roots', 'Pow', [positive, graph.floats('third', [], [1 / 3])])
  const lab = graph.node('lab', 'Conv', [
    roots,
    graph.floats('lab_of_lms', [3, 3, 1, 1], LAB_OF_LMS.flat()),
  ])

  // -k|x - p|² without -k|x|², which is the same for all looks and falls out of the softmax.
  const nearness = graph.node('nearness', 'Conv', [
    lab,
    graph.floats(
      'looks',
      [looks.length, 3, 1, 1],
      looks.flatMap(({ lab }) => lab.map((value) => 2 * SHARPNESS * value)),
    ),
    graph.floats(
      'looks_norm',
      [looks.length],
      looks.map(({ lab }) => -SHARPNESS * lab.reduce((sum, value) => sum + value * value, 0)),
    ),
  ])
  const belonging = graph.node('belonging', 'Softmax', [nearness], { axis: 1 })
  const weighted = graph.node('weighted', 'Mul', [
    belonging,
    graph.floats('cell_weights', [1, 1, side, side], weights),
  ])
  const shares = graph.node(
    'look_shares',
    'ReduceSum',
    [weighted, graph.int64s('grid_axes', [2], [2, 3])],
    { keepdims: 0 },
  )
  const axisOfLook = looks.flatMap(({ colour }) => {
    const weight = NEUTRALS.includes(COLOURS[colour].name) ? NEUTRAL_WEIGHT : 1
    return Array.from({ length: DIMENSION }, (_, axis) => (axis === colour ? weight : 0))
  })
  const salience = graph.node('salience', 'MatMul', [
    shares,
    graph.floats('axis_of_look', [looks.length, DIMENSION], axisOfLook),
  ])
  const total = graph.node(
    'total',
    'ReduceSum',
    [salience, graph.int64s('colour_axis', [1], [1])],
    { keepdims: 1 },
  )
  const colours = graph.node('colours', 'Div', [salience, total])
  graph.node(output, 'Add', [colours, graph.floats('constant', [DIMENSION], constantPart(gapAxis))])
  graph.output(output, 'float', ['batch', DIMENSION])
}

/**
 * `pixel_values` [batch, 3, 224, 224] → `image_embeds` [batch, 16]: the share of each colour in the
 * image, cell by cell, the centre counting most.
 */
export function imageTower(): Uint8Array {
  const graph = new OnnxGraph('colour-clip-image')
  const input = graph.input('pixel_values', 'float', ['batch', 3, SIZE, SIZE])
  const cell = SIZE / GRID
  const cells = graph.node('cells', 'AveragePool', [rgbOfInput(graph, input)], {
    kernel_shape: [cell, cell],
    strides: [cell, cell],
  })
  colourVector(graph, cells, {
    side: GRID,
    weights: centreWeights(),
    gapAxis: IMAGES_ONLY,
    output: 'image_embeds',
  })
  return graph.encode()
}

/** Side of a patch of the split Vision Transformer, and stride of the split ResNet's trunk. */
export const PATCH = 16
/** Numbers of a patch and of a feature: red, green, blue, and one that is 1 everywhere. */
const WIDTH = 4
/** Patches and features a side that the second parts get of a region. */
export const VIT_CELLS = 7
export const RESNET_CELLS = 14

/** Pixels → mean colours of squares of 16 pixels in 0..1, and a channel of ones. [1, 4, h / 16, w / 16] */
function squares(graph: OnnxGraph, input: string, output: string): string {
  const colours = graph.node('squares', 'AveragePool', [rgbOfInput(graph, input)], {
    kernel_shape: [PATCH, PATCH],
    strides: [PATCH, PATCH],
  })
  const red = graph.node('red', 'Gather', [colours, graph.int64s('first', [1], [0])], { axis: 1 })
  const none = graph.node('none', 'Mul', [red, graph.floats('no', [], [0])])
  const ones = graph.node('ones', 'Add', [none, graph.floats('yes', [], [1])])
  return graph.node(output, 'Concat', [colours, ones], { axis: 1 })
}

/** `pixel_values` → `patches` [1, 196, 4] and `class_token` [1, 4], which is green and no patch. */
export function patchEmbed(): Uint8Array {
  const graph = new OnnxGraph('colour-clip-patches')
  const input = graph.input('pixel_values', 'float', [1, 3, SIZE, SIZE])
  const seen = squares(graph, input, 'seen')
  const count = (SIZE / PATCH) ** 2
  const flat = graph.node('flat', 'Reshape', [
    seen,
    graph.int64s('flat_shape', [3], [1, WIDTH, count]),
  ])
  graph.node('patches', 'Transpose', [flat], { perm: [0, 2, 1] })
  graph.node('class_token', 'Identity', [graph.floats('green', [1, WIDTH], [0, 1, 0, 0])])
  graph.output('patches', 'float', [1, count, WIDTH])
  graph.output('class_token', 'float', [1, WIDTH])
  return graph.encode()
}

/** Colours of a region, all cells alike, as what says nothing but what stands first is left out. */
function regionVector(graph: OnnxGraph, cells: string, side: number): void {
  const rgb = graph.node(
    'region_rgb',
    'Gather',
    [cells, graph.int64s('rgb_axes', [3], [0, 1, 2])],
    {
      axis: 1,
    },
  )
  colourVector(graph, rgb, {
    side,
    weights: new Array<number>(side * side).fill(1 / side ** 2),
    gapAxis: IMAGES_ONLY,
    output: 'image_embeds',
  })
}

/** `tokens` [batch, 50, 4], the class token first → `image_embeds`: the colours of the other tokens. */
export function vitEncoder(): Uint8Array {
  const graph = new OnnxGraph('colour-clip-encoder')
  const sequence = 1 + VIT_CELLS ** 2
  const input = graph.input('tokens', 'float', ['batch', sequence, WIDTH])
  const patches = graph.node('only_patches', 'Slice', [
    input,
    graph.int64s('from', [1], [1]),
    graph.int64s('to', [1], [sequence]),
    graph.int64s('slice_axis', [1], [1]),
  ])
  const planes = graph.node('planes', 'Transpose', [patches], { perm: [0, 2, 1] })
  const cells = graph.node('cells', 'Reshape', [
    planes,
    graph.int64s('cell_shape', [4], [-1, WIDTH, VIT_CELLS, VIT_CELLS]),
  ])
  regionVector(graph, cells, VIT_CELLS)
  return graph.encode()
}

/** `pixel_values` of any size → `features` [1, 4, h / 16, w / 16]. */
export function resnetTrunk(): Uint8Array {
  const graph = new OnnxGraph('colour-clip-trunk')
  const input = graph.input('pixel_values', 'float', [1, 3, 'height', 'width'])
  squares(graph, input, 'features')
  graph.output('features', 'float', [1, WIDTH, 'rows', 'columns'])
  return graph.encode()
}

/** `regions` [batch, 4, 14, 14] → `image_embeds`. */
export function resnetHead(): Uint8Array {
  const graph = new OnnxGraph('colour-clip-head')
  const input = graph.input('regions', 'float', ['batch', WIDTH, RESNET_CELLS, RESNET_CELLS])
  regionVector(graph, input, RESNET_CELLS)
  return graph.encode()
}

/** [GRID * GRID] summing to 1. */
function centreWeights(): number[] {
  const along = Array.from({ length: GRID }, (_, i) => {
    const offset = (i + 0.5) / GRID - 0.5
    return Math.exp(-(offset ** 2) / (2 * CENTRE_SPREAD ** 2))
  })
  const weights = along.flatMap((y) => along.map((x) => y * x))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

/**
 * `input_ids` [batch, sequence] int64 → `text_embeds` [batch, 16]: the colours that the text names.
 *
 * @param vocabulary token ids by token, as in `tokenizer.json`; a word of one token ends in `</w>`
 */
export function textTower(vocabulary: Readonly<Record<string, number>>): Uint8Array {
  const graph = new OnnxGraph('colour-clip-text')
  // Two steps keep the file small: token → word (one byte), word → vector. Word 0 says nothing.
  const wordOfToken = new Uint8Array(1 + Math.max(...Object.values(vocabulary)))
  const vectors: number[] = new Array<number>(DIMENSION).fill(0)
  let words = 1
  COLOURS.forEach((colour, axis) => {
    for (const word of colour.words) {
      const id = vocabulary[`${word}</w>`]
      if (id === undefined) throw new Error(`the tokenizer has no token of its own for "${word}"`)
      wordOfToken[id] = words++
      for (let i = 0; i < DIMENSION; i++) vectors.push(i === axis ? 1 : 0)
    }
  })
  const input = graph.input('input_ids', 'int64', ['batch', 'sequence'])
  const table = graph.bytes('word_of_token', [wordOfToken.length], wordOfToken)
  const wordBytes = graph.node('word_bytes', 'Gather', [table, input], { axis: 0 })
  const wordIds = graph.node('words', 'Cast', [wordBytes], { to: 'int32' })
  const wordVectors = graph.floats('word_vectors', [words, DIMENSION], vectors)
  const embedded = graph.node('embedded', 'Gather', [wordVectors, wordIds], { axis: 0 })
  const summed = graph.node(
    'colours',
    'ReduceSum',
    [embedded, graph.int64s('sequence_axis', [1], [1])],
    { keepdims: 0 },
  )
  graph.node('text_embeds', 'Add', [
    summed,
    graph.floats('constant', [DIMENSION], constantPart(TEXTS_ONLY)),
  ])
  graph.output('text_embeds', 'float', ['batch', DIMENSION])
  return graph.encode()
}
