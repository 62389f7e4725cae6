import { LexmaskError } from '#shared/contract/errors.ts'
import type { Caffe2Argument, Caffe2Net, Caffe2Operator } from './caffe2-net.ts'

/** A tensor that a network is started with. Quantised: value = scale * (stored - zeroPoint). */
export interface Caffe2Tensor {
  readonly dims: readonly number[]
  /** uint8 weights, int32 biases, or floats. */
  readonly values: Uint8Array | Int32Array | Float32Array
  readonly scale: number
  readonly zeroPoint: number
}

/** What a network and its weights cannot be converted for. */
export function notConvertible(what: string): LexmaskError {
  return new LexmaskError(
    'PACK_INVALID',
    `The Caffe2 model cannot be converted: ${what}. Download it again; if it stays, it is not the ` +
      'model that this converter is for.',
  )
}

/** @throws LexmaskError PACK_INVALID */
export function argumentOf({ type, arguments: all }: Caffe2Operator, name: string): Caffe2Argument {
  const argument = all.get(name)
  if (argument) return argument
  throw notConvertible(`an operator ${type} has no argument ${name}`)
}

/** @param fallback without the argument; none when it has to be there */
export function integerArgument(operator: Caffe2Operator, name: string, fallback?: number): number {
  const value = operator.arguments.get(name)?.integer ?? fallback
  if (value !== undefined && Number.isSafeInteger(value)) return value
  throw notConvertible(`an operator ${operator.type} has no whole number ${name}`)
}

export function floatArgument(operator: Caffe2Operator, name: string, fallback?: number): number {
  const value = operator.arguments.get(name)?.float ?? fallback
  if (value !== undefined && Number.isFinite(value)) return value
  throw notConvertible(`an operator ${operator.type} has no number ${name}`)
}

/**
 * The tensors that an initialising network fills, by name.
 *
 * @throws LexmaskError PACK_INVALID for an operator that fills nothing, or not as many values as it says
 */
export function tensorsOf(net: Caffe2Net): ReadonlyMap<string, Caffe2Tensor> {
  return new Map(net.operators.map((operator) => [operator.outputs[0], tensorOf(operator)]))
}

function tensorOf(operator: Caffe2Operator): Caffe2Tensor {
  const dims = argumentOf(operator, 'shape').integers
  const values = valuesOf(operator)
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (values.length !== count) {
    throw notConvertible(
      `${operator.outputs[0]} has ${values.length} values where its shape holds ${count}`,
    )
  }
  const isQuantised = operator.type.startsWith('Int8')
  return {
    dims,
    values,
    scale: isQuantised ? floatArgument(operator, 'Y_scale') : 1,
    zeroPoint: isQuantised ? integerArgument(operator, 'Y_zero_point') : 0,
  }
}

function valuesOf(operator: Caffe2Operator): Caffe2Tensor['values'] {
  const { bytes, integers, floats } = argumentOf(operator, 'values')
  switch (operator.type) {
    case 'Int8GivenTensorFill':
      return bytes ?? new Uint8Array()
    case 'Int8GivenIntTensorFill':
      return Int32Array.from(integers)
    case 'GivenTensorFill':
      return Float32Array.from(floats)
    default:
      throw notConvertible(`its weights come from an operator ${operator.type}, which is not known`)
  }
}

/**
 * Weights of a convolution with the channels second, as ONNX wants them. Millions of numbers in the
 * application's process: plain loops, which take a tenth of the time of any order of any axes.
 *
 * @param tensor [n, height, width, channels]
 * @returns [n, channels, height, width]
 * @throws LexmaskError PACK_INVALID when it does not have four axes
 */
export function withChannelsSecond({
  dims,
  values,
}: {
  readonly dims: readonly number[]
  readonly values: Uint8Array
}): { dims: number[]; values: Uint8Array } {
  if (dims.length !== 4) throw notConvertible(`weights of a convolution have ${dims.length} axes`)
  const [n, height, width, channels] = dims
  const cells = height * width
  const moved = new Uint8Array(values.length)
  let from = 0
  for (let first = 0; first < n; first++) {
    const start = first * cells * channels
    for (let cell = 0; cell < cells; cell++) {
      for (let channel = 0; channel < channels; channel++) {
        moved[start + channel * cells + cell] = values[from++]
      }
    }
  }
  return { dims: [n, channels, height, width], values: moved }
}
