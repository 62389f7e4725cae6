import type { Caffe2Operator } from './caffe2-net.ts'
import {
  floatArgument,
  integerArgument,
  notConvertible,
  type Caffe2Tensor,
  withChannelsSecond,
} from './caffe2-tensors.ts'
import { floatTensor, type OnnxGraphWriter, type TensorValue } from './onnx-graph-writer.ts'

/**
 * `int8` keeps the network's arithmetic, as QuantizeLinear and DequantizeLinear around every operator;
 * `fp32` has the same weights, and activations clipped to the range that they could have had.
 */
export type ConvertedPrecision = 'int8' | 'fp32'

/** What is known of a blob's shape: [n, channels, side, side]. */
export interface BlobShape {
  readonly channels: number
  /** null where it follows the image. */
  readonly side: number | null
}

interface Arranged {
  readonly dims: readonly number[]
  readonly values: Uint8Array
}

const scalar = (type: 'uint8', value: number): TensorValue => ({
  type,
  dims: [],
  bytes: Uint8Array.of(value),
})

/** ONNX Runtime takes any name; other tools take only these. */
const plainName = (name: string): string => name.replace(/\W/g, '_')

/** Turns operators of a quantised Caffe2 network, one after another, into nodes of an ONNX graph. */
export class OperatorConverter {
  readonly #graph: OnnxGraphWriter
  readonly #tensors: ReadonlyMap<string, Caffe2Tensor>
  readonly #precision: ConvertedPrecision
  /** Where the value of a blob is to be had, which is float32 in the order NCHW for all of them. */
  readonly #values = new Map<string, string>()
  readonly #shapes = new Map<string, BlobShape>()
  readonly #flattened = new Map<string, string>()

  constructor(
    graph: OnnxGraphWriter,
    tensors: ReadonlyMap<string, Caffe2Tensor>,
    precision: ConvertedPrecision,
  ) {
    this.#graph = graph
    this.#tensors = tensors
    this.#precision = precision
  }

  /** A blob that comes from outside the graph, under the name that it has there. */
  input(blob: string, name: string, shape: BlobShape): void {
    this.#values.set(blob, name)
    this.#shapes.set(blob, shape)
  }

  /** @throws LexmaskError PACK_INVALID when nothing has made it */
  value(blob: string): string {
    const value = this.#values.get(blob)
    if (value !== undefined) return value
    throw notConvertible(`nothing makes the blob ${blob}`)
  }

  shape(blob: string): BlobShape {
    const shape = this.#shapes.get(blob)
    if (shape) return shape
    throw notConvertible(`the shape of the blob ${blob} is not known`)
  }

  /** @throws LexmaskError PACK_INVALID for an operator that is not known */
  convert(operator: Caffe2Operator): void {
    const [input] = operator.inputs
    const [output] = operator.outputs
    switch (operator.type) {
      // All of this graph is float32 in the order NCHW: there is nothing to do.
      case 'NCHW2NHWC':
      case 'NHWC2NCHW':
      case 'Int8Dequantize':
        return this.#set(output, this.value(input), this.shape(input))
      case 'Int8Quantize':
        return this.#set(
          output,
          this.#quantised(operator, this.value(input), output),
          this.shape(input),
        )
      case 'Int8Conv':
      case 'Int8ConvRelu':
      case 'Int8ConvTranspose':
        return this.#convolve(operator)
      case 'Int8Sum': {
        const addends = operator.inputs.map((blob) => this.value(blob))
        const sum = this.#graph.node('Add', addends, `${plainName(output)}_a`)
        return this.#set(output, this.#quantised(operator, sum, output), this.shape(input))
      }
      case 'Int8AveragePool':
        return this.#pool(operator)
      case 'Int8FC':
        return this.#connect(operator)
      case 'Int8Relu':
        return this.#setNode('Relu', operator)
      case 'Sigmoid':
        return this.#setNode('Sigmoid', operator)
      case 'Int8Softmax':
        return this.#setNode('Softmax', operator, { axis: 1 })
      case 'RoIAlign':
        return this.#align(operator)
      default:
        throw notConvertible(`it has an operator ${operator.type}, which is not known`)
    }
  }

  #set(blob: string, value: string, shape: BlobShape): void {
    this.#values.set(blob, value)
    this.#shapes.set(blob, shape)
  }

  #setNode(type: string, operator: Caffe2Operator, attributes = {}): void {
    const [output] = operator.outputs
    const input = this.value(operator.inputs[0])
    const node = this.#graph.node(type, [input], plainName(output), attributes)
    this.#set(output, node, this.shape(operator.inputs[0]))
  }

  /** A value as the operator's own quantisation leaves it: rounded and clipped, or clipped alone. */
  #quantised(operator: Caffe2Operator, value: string, blob: string): string {
    const name = plainName(blob)
    const scale = floatArgument(operator, 'Y_scale')
    const zeroPoint = integerArgument(operator, 'Y_zero_point')
    if (this.#precision === 'fp32') {
      const low = floatTensor([-zeroPoint * scale], [])
      const high = floatTensor([(255 - zeroPoint) * scale], [])
      const bounds = [
        this.#graph.constant(`${name}_lo`, low),
        this.#graph.constant(`${name}_hi`, high),
      ]
      return this.#graph.node('Clip', [value, ...bounds], name)
    }
    const quantisation = [
      this.#graph.constant(`${name}_qs`, floatTensor([scale], [])),
      this.#graph.constant(`${name}_qz`, scalar('uint8', zeroPoint)),
    ]
    const stored = this.#graph.node('QuantizeLinear', [value, ...quantisation], `${name}_q`)
    return this.#graph.node('DequantizeLinear', [stored, ...quantisation], name)
  }

  #tensor(blob: string): Caffe2Tensor {
    const tensor = this.#tensors.get(blob)
    if (tensor) return tensor
    throw notConvertible(`the weights ${blob} are missing`)
  }

  /** Weights stay quantised in the file, a quarter of their size as floats. */
  #weights(
    blob: string,
    arrange: (weights: Arranged) => Arranged = (weights) => weights,
  ): { value: string; dims: readonly number[] } {
    const { values, dims, scale, zeroPoint } = this.#tensor(blob)
    if (!(values instanceof Uint8Array)) throw notConvertible(`${blob} is not quantised`)
    const stored = arrange({ dims, values })
    const name = plainName(blob)
    const inputs = [
      this.#graph.constant(name, { type: 'uint8', dims: stored.dims, bytes: stored.values }),
      this.#graph.constant(`${name}_s`, floatTensor([scale], [])),
      this.#graph.constant(`${name}_z`, scalar('uint8', zeroPoint)),
    ]
    return {
      value: this.#graph.node('DequantizeLinear', inputs, `${name}_f`),
      dims: stored.dims,
    }
  }

  #bias(blob: string): string {
    const { values, dims, scale } = this.#tensor(blob)
    if (!(values instanceof Int32Array)) throw notConvertible(`${blob} is not quantised`)
    const name = plainName(blob)
    if (this.#precision === 'fp32') {
      const floats = Array.from(values, (value) => value * scale)
      return this.#graph.constant(`${name}_f`, floatTensor(floats, dims))
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const inputs = [
      this.#graph.constant(name, { type: 'int32', dims, bytes }),
      this.#graph.constant(`${name}_s`, floatTensor([scale], [])),
    ]
    return this.#graph.node('DequantizeLinear', inputs, `${name}_f`)
  }

  #convolve(operator: Caffe2Operator): void {
    const [input, weightBlob, biasBlob] = operator.inputs
    const [output] = operator.outputs
    const isTransposed = operator.type === 'Int8ConvTranspose'
    const kernel = integerArgument(operator, 'kernel')
    const pad = integerArgument(operator, 'pad', 0)
    const stride = integerArgument(operator, 'stride', 1)
    // [out, height, width, in]; of a transposed one [in, height, width, out].
    const weights = this.#weights(weightBlob, withChannelsSecond)
    const bias = this.#bias(biasBlob)
    const square = (side: number, count: number): number[] => Array<number>(count).fill(side)
    const name = plainName(output)
    let value = this.#graph.node(
      isTransposed ? 'ConvTranspose' : 'Conv',
      [this.value(input), weights.value, bias],
      `${name}_c`,
      {
        ...(isTransposed ? {} : { group: integerArgument(operator, 'group', 1) }),
        kernel_shape: square(kernel, 2),
        pads: square(pad, 4),
        strides: square(stride, 2),
      },
    )
    if (operator.type === 'Int8ConvRelu') value = this.#graph.node('Relu', [value], `${name}_r`)
    const { side } = this.shape(input)
    const outputSide = (from: number): number =>
      isTransposed
        ? (from - 1) * stride + kernel - 2 * pad
        : Math.floor((from + 2 * pad - kernel) / stride) + 1
    this.#set(output, this.#quantised(operator, value, output), {
      channels: weights.dims[isTransposed ? 1 : 0],
      side: side === null ? null : outputSide(side),
    })
  }

  /** The scale of its output is that of its input, so that only the rounding of the mean is left out. */
  #pool(operator: Caffe2Operator): void {
    const [input] = operator.inputs
    const [output] = operator.outputs
    const kernel = integerArgument(operator, 'kernel')
    const stride = integerArgument(operator, 'stride', 1)
    const { channels, side } = this.shape(input)
    const value = this.#graph.node('AveragePool', [this.value(input)], plainName(output), {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
    })
    const pooled = side === null ? null : Math.floor((side - kernel) / stride) + 1
    this.#set(output, value, { channels, side: pooled })
  }

  #connect(operator: Caffe2Operator): void {
    const [input, weightBlob, biasBlob] = operator.inputs
    const [output] = operator.outputs
    // In another order of axes the weights of a larger map would stand elsewhere.
    if (this.shape(input).side !== 1) {
      throw notConvertible(`${operator.type} ${output} has an input of more than one cell`)
    }
    const weights = this.#weights(weightBlob)
    const inputs = [this.#flat(input), weights.value, this.#bias(biasBlob)]
    const value = this.#graph.node('Gemm', inputs, `${plainName(output)}_c`, { transB: 1 })
    this.#set(output, this.#quantised(operator, value, output), {
      channels: weights.dims[0],
      side: 1,
    })
  }

  #flat(blob: string): string {
    const known = this.#flattened.get(blob)
    if (known !== undefined) return known
    const flat = this.#graph.node('Flatten', [this.value(blob)], `${plainName(blob)}_flat`, {
      axis: 1,
    })
    this.#flattened.set(blob, flat)
    return flat
  }

  /** RoIs are [n, 4] here; ONNX wants the image of each beside them, which is the first. */
  #align(operator: Caffe2Operator): void {
    const [features, rois] = operator.inputs
    const [output] = operator.outputs
    const side = integerArgument(operator, 'pooled_h')
    if (integerArgument(operator, 'pooled_w') !== side) throw notConvertible('its RoIs are oblong')
    const zero = this.#graph.constant('zero', {
      type: 'int64',
      dims: [1],
      bytes: new Uint8Array(8),
    })
    const shape = this.#graph.node('Shape', [this.value(rois)], 'rois_shape')
    const count = this.#graph.node('Gather', [shape, zero], 'roi_count')
    const images = this.#graph.node('ConstantOfShape', [count], 'roi_images', {
      value: { type: 'int64', dims: [1], bytes: new Uint8Array(8) },
    })
    const inputs = [this.value(features), this.value(rois), images]
    const value = this.#graph.node('RoiAlign', inputs, plainName(output), {
      mode: 'avg',
      output_height: side,
      output_width: side,
      sampling_ratio: integerArgument(operator, 'sampling_ratio', 0),
      spatial_scale: { float: floatArgument(operator, 'spatial_scale') },
    })
    this.#set(output, value, { channels: this.shape(features).channels, side })
  }
}
