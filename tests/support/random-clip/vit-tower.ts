import { SeededRandom } from '../random.ts'
import { OnnxGraph } from '../onnx-graph.ts'

export const SIZE = 224

/** The transformer of CLIP's ViT-B. */
const WIDTH = 768
const HEADS = 12
const LAYERS = 12
const MLP = 4 * WIDTH

/**
 * An image tower with the cost of CLIP's ViT-B/16 (or, with larger patches, ViT-B/32) and random weights, for measuring time and
 * memory: `pixel_values` [batch, 3, 224, 224] → `image_embeds` [batch, dimension]. All layers share one
 * set of weights, which keeps the file small and changes nothing of what they compute; the mean of the
 * tokens stands for the class token.
 *
 * @param patch side of a patch in pixels
 */
export function randomVitTower(patch: 16 | 32, dimension: number): Uint8Array {
  const random = new SeededRandom(patch)
  const graph = new OnnxGraph(`random-vit-b-${patch}`)
  const tokens = (SIZE / patch) ** 2
  /** With the usual spread, so that activations neither vanish nor overflow. */
  const weights = (name: string, dims: readonly number[], inputs: number): string => {
    const count = dims.reduce((product, size) => product * size, 1)
    const spread = Math.sqrt(3 / inputs)
    return graph.floats(
      name,
      dims,
      Float32Array.from({ length: count }, () => random.between(-spread, spread)),
    )
  }
  const shape = (name: string, dims: readonly number[]): string =>
    graph.int64s(name, [dims.length], dims)

  const matrices = {
    query: weights('query', [WIDTH, WIDTH], WIDTH),
    key: weights('key', [WIDTH, WIDTH], WIDTH),
    value: weights('value', [WIDTH, WIDTH], WIDTH),
    out: weights('out', [WIDTH, WIDTH], WIDTH),
    up: weights('up', [WIDTH, MLP], WIDTH),
    down: weights('down', [MLP, WIDTH], MLP),
  }
  const two = graph.floats('two', [], [2])
  const epsilon = graph.floats('epsilon', [], [1e-5])
  const scale = graph.floats('scale', [], [1 / Math.sqrt(WIDTH / HEADS)])
  const steepness = graph.floats('steepness', [], [1.702])
  const gain = graph.floats('gain', [WIDTH], new Array<number>(WIDTH).fill(1))
  const bias = graph.floats('bias', [WIDTH], new Array<number>(WIDTH).fill(0))
  const heads = shape('heads', [0, tokens, HEADS, WIDTH / HEADS])
  const joined = shape('joined', [0, tokens, WIDTH])

  const normalised = (name: string, input: string): string => {
    const mean = graph.node(`${name}_mean`, 'ReduceMean', [input], { axes: [-1] })
    const centred = graph.node(`${name}_centred`, 'Sub', [input, mean])
    const squared = graph.node(`${name}_squared`, 'Pow', [centred, two])
    const variance = graph.node(`${name}_variance`, 'ReduceMean', [squared], { axes: [-1] })
    const safe = graph.node(`${name}_safe`, 'Add', [variance, epsilon])
    const deviation = graph.node(`${name}_deviation`, 'Sqrt', [safe])
    const unit = graph.node(`${name}_unit`, 'Div', [centred, deviation])
    return graph.node(`${name}_out`, 'Add', [
      graph.node(`${name}_gained`, 'Mul', [unit, gain]),
      bias,
    ])
  }
  const inHeads = (
    name: string,
    input: string,
    matrix: string,
    perm: readonly number[],
  ): string => {
    const projected = graph.node(`${name}_projected`, 'MatMul', [input, matrix])
    return graph.node(
      name,
      'Transpose',
      [graph.node(`${name}_split`, 'Reshape', [projected, heads])],
      {
        perm,
      },
    )
  }

  const input = graph.input('pixel_values', 'float', ['batch', 3, SIZE, SIZE])
  const patches = graph.node(
    'patches',
    'Conv',
    [input, weights('embedding', [WIDTH, 3, patch, patch], 3 * patch * patch)],
    { kernel_shape: [patch, patch], strides: [patch, patch] },
  )
  const flat = graph.node('flat', 'Reshape', [patches, shape('planes', [0, WIDTH, tokens])])
  let state = graph.node('tokens', 'Transpose', [flat], { perm: [0, 2, 1] })
  for (let layer = 0; layer < LAYERS; layer++) {
    const name = (part: string): string => `layer${layer}_${part}`
    const before = normalised(name('before'), state)
    const query = inHeads(name('query'), before, matrices.query, [0, 2, 1, 3])
    const key = inHeads(name('key'), before, matrices.key, [0, 2, 3, 1])
    const value = inHeads(name('value'), before, matrices.value, [0, 2, 1, 3])
    const products = graph.node(name('products'), 'MatMul', [query, key])
    const scaled = graph.node(name('scaled'), 'Mul', [products, scale])
    const attention = graph.node(name('attention'), 'Softmax', [scaled], { axis: -1 })
    const mixed = graph.node(name('mixed'), 'MatMul', [attention, value])
    const back = graph.node(name('back'), 'Transpose', [mixed], { perm: [0, 2, 1, 3] })
    const whole = graph.node(name('whole'), 'Reshape', [back, joined])
    const attended = graph.node(name('attended'), 'MatMul', [whole, matrices.out])
    const middle = graph.node(name('middle'), 'Add', [state, attended])
    const up = graph.node(name('up'), 'MatMul', [normalised(name('after'), middle), matrices.up])
    const gate = graph.node(name('gate'), 'Sigmoid', [
      graph.node(name('steep'), 'Mul', [up, steepness]),
    ])
    const active = graph.node(name('active'), 'Mul', [up, gate])
    const down = graph.node(name('down'), 'MatMul', [active, matrices.down])
    state = graph.node(name('end'), 'Add', [middle, down])
  }
  const pooled = graph.node('pooled', 'ReduceMean', [state], { axes: [1], keepdims: 0 })
  graph.node('image_embeds', 'MatMul', [
    normalised('last', pooled),
    weights('projection', [WIDTH, dimension], WIDTH),
  ])
  graph.output('image_embeds', 'float', ['batch', dimension])
  return graph.encode()
}
