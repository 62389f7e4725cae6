import { OnnxGraph } from './onnx-graph.ts'
import { writePack } from './write-pack.ts'

/** BGR, as Detectron subtracted it. */
export const ZOO_MEAN = [102.9801, 115.9465, 122.7717] as const
/** What the two things of its pictures are in, in pixels of the input: x1, y1, x2, y2. */
export const LEFT = [8, 8, 40, 40] as const
export const RIGHT = [48, 16, 80, 48] as const
const CELLS = 28

/** Mean of each plane in a box, [1, 3], with the mean colour put back: bytes of blue, green, red. */
function colourIn(graph: OnnxGraph, box: readonly number[], name: string): string {
  const [x1, y1, x2, y2] = box
  const part = graph.node(`${name}_part`, 'Slice', [
    'image',
    graph.int64s(`${name}_starts`, [2], [y1, x1]),
    graph.int64s(`${name}_ends`, [2], [y2, x2]),
    graph.int64s(`${name}_axes`, [2], [1, 2]),
  ])
  const mean = graph.node(`${name}_mean`, 'ReduceMean', [part], { axes: [1, 2], keepdims: 0 })
  const bytes = graph.node(`${name}_bytes`, 'Add', [mean, 'mean_colour'])
  return graph.node(`${name}_row`, 'Unsqueeze', [bytes, 'first_axis'])
}

/**
 * A graph of the form of the ONNX Model Zoo's Mask R-CNN: `image` [3, h, w], BGR with the mean
 * subtracted → boxes [n, 4] in pixels of the input, labels [n] int64, scores [n], masks [n, 1, 28, 28],
 * under names that say nothing. Three detections: what is at the left and at the right, each of the
 * class of its strongest channel (1 blue, 2 green, 3 red) with the strength of that for a score, whole
 * at the left and only its upper half at the right; and one whose score is a hundredth of the input's
 * rows and columns of 32 pixels: 0.32 is 3 rows and 2 columns.
 */
function zooGraph(): Uint8Array {
  const graph = new OnnxGraph('zoo')
  graph.input('image', 'float', [3, 'height', 'width'])
  graph.floats('mean_colour', [3], ZOO_MEAN)
  graph.int64s('first_axis', [1], [0])
  const colours = graph.node(
    'colours',
    'Concat',
    [colourIn(graph, LEFT, 'left'), colourIn(graph, RIGHT, 'right')],
    { axis: 0 },
  )
  const strongest = graph.node('strongest', 'ArgMax', [colours], { axis: 1, keepdims: 0 })
  const known = graph.node('known', 'Add', [strongest, graph.int64s('one', [1], [1])])
  graph.node('6570', 'Concat', [known, graph.int64s('last_label', [1], [1])], { axis: 0 })
  const strength = graph.node('strength', 'ReduceMax', [colours], { axes: [1], keepdims: 0 })
  const share = graph.node('share', 'Div', [strength, graph.floats('byte', [], [255])])
  const shape = graph.node('shape', 'Shape', ['image'])
  const sides = graph.node('sides', 'Gather', [shape, graph.int64s('both', [2], [1, 2])])
  const extents = graph.node('extents', 'Cast', [sides], { to: 'float' })
  const weighed = graph.node('weighed', 'Mul', [
    extents,
    graph.floats('weights', [2], [0.1 / 32, 0.01 / 32]),
  ])
  const told = graph.node('told', 'ReduceSum', [weighed, 'first_axis'], { keepdims: 1 })
  graph.node('6572', 'Concat', [share, told], { axis: 0 })
  graph.node('6568', 'Identity', [graph.floats('boxes', [3, 4], [...LEFT, ...RIGHT, 0, 0, 8, 8])])
  const mask = (isIn: (row: number) => boolean): number[] =>
    Array.from({ length: CELLS ** 2 }, (_, i) => (isIn(Math.floor(i / CELLS)) ? 1 : 0))
  const all = [mask(() => true), mask((row) => row < CELLS / 2), mask(() => true)].flat()
  graph.node('6887', 'Identity', [graph.floats('masks', [3, 1, CELLS, CELLS], all)])
  graph.output('6568', 'float', ['n', 4])
  graph.output('6570', 'int64', ['n'])
  graph.output('6572', 'float', ['n'])
  graph.output('6887', 'float', ['n', 1, CELLS, CELLS])
  return graph.encode()
}

/** Write a pack of that form; it sees pictures of 120 rows at half their size. */
export async function writeZooDetector(
  folder: string,
  layout: 'CHW' | 'NCHW' = 'CHW',
): Promise<void> {
  await writePack(
    folder,
    { 'end_to_end.fp32.onnx': zooGraph() },
    {
      name: 'zoo-detector',
      title: 'A detector in one graph as the ONNX Model Zoo has it, for tests',
      licence: 'Apache-2.0',
      precisions: { fp32: 'float32' },
      input: {
        layout,
        channels: 'BGR',
        mean: ZOO_MEAN,
        std: [1, 1, 1],
        resize: { shortSide: 60, longSideAtMost: 1333 },
        padToMultipleOf: 32,
      },
      coordinates: 'pixels of the input, x2 and y2 are the far edges',
      classes: ['blue thing', 'green thing', 'red thing'].map((name, i) => ({
        index: i + 1,
        name,
      })),
      detection: { scoreThreshold: 0.05, nmsIou: 0.5, atMost: 100 },
      mask_head: { paste: { padCells: 0, threshold: 0.5 } },
      end_to_end: {},
    },
  )
}
