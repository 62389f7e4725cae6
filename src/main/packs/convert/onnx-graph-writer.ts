import { MessageWriter } from '../protobuf/message-writer.ts'

/** `TensorProto.DataType` of the types that are written here. */
const DATA_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const
export type TensorType = keyof typeof DATA_TYPES

export interface TensorValue {
  readonly type: TensorType
  /** [] is a scalar. */
  readonly dims: readonly number[]
  /** Little-endian, row by row. */
  readonly bytes: Uint8Array
}

/** An attribute of a node, by what it holds: a whole number, several, a float, a word, a tensor. */
export type Attribute =
  number | readonly number[] | { readonly float: number } | string | TensorValue

/** An input or output of the graph: float32, with a number or a name for each axis. */
export interface GraphPort {
  readonly name: string
  readonly dims: readonly (number | string)[]
}

/** Operators of this set, which every ONNX Runtime since 1.8 runs. */
const OPSET = 13
const IR_VERSION = 8

/** `AttributeProto.AttributeType` */
const FLOAT = 1
const INT = 2
const STRING = 3
const TENSOR = 4
const INTS = 7

const floatBytes = (values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer)

/** A float32 tensor; a scalar without `dims`. */
export const floatTensor = (values: readonly number[], dims: readonly number[]): TensorValue => ({
  type: 'float32',
  dims,
  bytes: floatBytes(values),
})

/**
 * Builds an ONNX model of one graph (field numbers: onnx/onnx.proto). Nodes run in the order of the calls.
 * Each call writes its part, so that what is left for the end is little.
 */
export class OnnxGraphWriter {
  readonly #nodes: Uint8Array[] = []
  readonly #constants = new Map<string, Uint8Array>()

  /** @returns `output`, for the input of another node */
  node(
    type: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const node = new MessageWriter()
    for (const input of inputs) node.bytes(1, input)
    node.bytes(2, output).bytes(4, type)
    for (const [name, value] of Object.entries(attributes)) {
      node.message(5, (attribute) => writeAttribute(attribute, name, value))
    }
    this.#nodes.push(node.finish())
    return output
  }

  /** @returns `name` */
  constant(name: string, value: TensorValue): string {
    const tensor = new MessageWriter()
    writeTensor(tensor, value, name)
    this.#constants.set(name, tensor.finish())
    return name
  }

  /** The model file. */
  finish(name: string, inputs: readonly GraphPort[], outputs: readonly GraphPort[]): Uint8Array {
    return new MessageWriter()
      .integer(1, IR_VERSION)
      .bytes(2, 'lexmask')
      .message(7, (graph) => {
        for (const node of this.#nodes) graph.bytes(1, node)
        graph.bytes(2, name)
        for (const tensor of this.#constants.values()) graph.bytes(5, tensor)
        for (const port of inputs) graph.message(11, (info) => writePort(info, port))
        for (const port of outputs) graph.message(12, (info) => writePort(info, port))
      })
      .message(8, (opset) => opset.bytes(1, '').integer(2, OPSET))
      .finish()
  }
}

function writeAttribute(attribute: MessageWriter, name: string, value: Attribute): void {
  attribute.bytes(1, name)
  if (typeof value === 'number') attribute.integer(3, value).integer(20, INT)
  else if (typeof value === 'string') attribute.bytes(4, value).integer(20, STRING)
  else if ('float' in value) attribute.float(2, value.float).integer(20, FLOAT)
  else if ('type' in value) {
    attribute.message(5, (tensor) => writeTensor(tensor, value)).integer(20, TENSOR)
  } else {
    for (const one of value) attribute.integer(8, one)
    attribute.integer(20, INTS)
  }
}

function writeTensor(tensor: MessageWriter, value: TensorValue, name?: string): void {
  for (const dim of value.dims) tensor.integer(1, dim)
  tensor.integer(2, DATA_TYPES[value.type])
  if (name !== undefined) tensor.bytes(8, name)
  tensor.bytes(9, value.bytes)
}

function writePort(info: MessageWriter, { name, dims }: GraphPort): void {
  info.bytes(1, name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.integer(1, DATA_TYPES.float32).message(2, (shape) => {
        for (const dim of dims) {
          shape.message(1, (axis) =>
            typeof dim === 'number' ? axis.integer(1, dim) : axis.bytes(2, dim),
          )
        }
      }),
    ),
  )
}
