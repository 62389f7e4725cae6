import onnxProto from 'onnx-proto'

const { onnx } = onnxProto
const { DataType } = onnx.TensorProto

/** The first operator set in which ReduceSum takes its axes as a tensor. */
const OPSET = 13
const IR_VERSION = 7

/** Little-endian, whatever the machine. */
function floatBytes(values: Iterable<number>): Uint8Array {
  const list = [...values]
  const view = new DataView(new ArrayBuffer(list.length * 4))
  list.forEach((value, i) => view.setFloat32(i * 4, value, true))
  return new Uint8Array(view.buffer)
}

function int64Bytes(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8))
  values.forEach((value, i) => view.setBigInt64(i * 8, BigInt(value), true))
  return new Uint8Array(view.buffer)
}

type ElementType = 'float' | 'int64' | 'int32' | 'uint8'
const ELEMENT_TYPES: Record<ElementType, number> = {
  float: DataType.FLOAT,
  int64: DataType.INT64,
  int32: DataType.INT32,
  uint8: DataType.UINT8,
}

type Attribute = number | readonly number[] | ElementType

function attributeProto(name: string, value: Attribute): InstanceType<typeof onnx.AttributeProto> {
  const { AttributeType } = onnx.AttributeProto
  if (typeof value === 'string') {
    return onnx.AttributeProto.create({ name, type: AttributeType.INT, i: ELEMENT_TYPES[value] })
  }
  return typeof value === 'number'
    ? onnx.AttributeProto.create({ name, type: AttributeType.INT, i: value })
    : onnx.AttributeProto.create({ name, type: AttributeType.INTS, ints: [...value] })
}

function valueProto(
  name: string,
  elemType: ElementType,
  dims: readonly (number | string)[],
): InstanceType<typeof onnx.ValueInfoProto> {
  return onnx.ValueInfoProto.create({
    name,
    type: {
      tensorType: {
        elemType: ELEMENT_TYPES[elemType],
        shape: {
          dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })),
        },
      },
    },
  })
}

/** Builds an ONNX model node by node; each node is named after the value that it makes. */
export class OnnxGraph {
  readonly #name: string
  readonly #nodes: InstanceType<typeof onnx.NodeProto>[] = []
  readonly #initializers: InstanceType<typeof onnx.TensorProto>[] = []
  readonly #inputs: InstanceType<typeof onnx.ValueInfoProto>[] = []
  readonly #outputs: InstanceType<typeof onnx.ValueInfoProto>[] = []

  constructor(name: string) {
    this.#name = name
  }

  input(name: string, type: ElementType, dims: readonly (number | string)[]): string {
    this.#inputs.push(valueProto(name, type, dims))
    return name
  }

  output(name: string, type: ElementType, dims: readonly (number | string)[]): void {
    this.#outputs.push(valueProto(name, type, dims))
  }

  floats(name: string, dims: readonly number[], values: Iterable<number>): string {
    return this.#constant(name, 'float', dims, floatBytes(values))
  }

  int64s(name: string, dims: readonly number[], values: readonly number[]): string {
    return this.#constant(name, 'int64', dims, int64Bytes(values))
  }

  bytes(name: string, dims: readonly number[], values: Uint8Array): string {
    return this.#constant(name, 'uint8', dims, values)
  }

  #constant(name: string, type: ElementType, dims: readonly number[], rawData: Uint8Array): string {
    this.#initializers.push(
      onnx.TensorProto.create({ name, dataType: ELEMENT_TYPES[type], dims: [...dims], rawData }),
    )
    return name
  }

  /** @returns the name of the value */
  node(
    output: string,
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.#nodes.push(
      onnx.NodeProto.create({
        name: output,
        opType,
        input: [...input],
        output: [output],
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      }),
    )
    return output
  }

  /** The model's bytes: the same graph gives the same ones. */
  encode(): Uint8Array {
    const model = onnx.ModelProto.create({
      irVersion: IR_VERSION,
      producerName: 'lexmask-tests',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    })
    return onnx.ModelProto.encode(model).finish()
  }
}
