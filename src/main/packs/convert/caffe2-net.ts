import {
  bytesOf,
  floatOf,
  floatsOf,
  integerOf,
  integersOf,
  readFields,
  textOf,
} from '../protobuf/read-fields.ts'

/** An argument of an operator; a kind that it does not have is left out or empty. */
export interface Caffe2Argument {
  readonly float: number | null
  readonly integer: number | null
  readonly bytes: Uint8Array | null
  readonly floats: readonly number[]
  readonly integers: readonly number[]
}

export interface Caffe2Operator {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly arguments: ReadonlyMap<string, Caffe2Argument>
}

/** A network of Caffe2: operators in the order in which they run. */
export interface Caffe2Net {
  readonly operators: readonly Caffe2Operator[]
  readonly outputs: readonly string[]
}

/**
 * A `NetDef` (field numbers: caffe2/proto/caffe2.proto).
 *
 * @param giveTurn is called between two operators
 * @throws ProtobufError when the bytes are none
 */
export async function readCaffe2Net(
  bytes: Uint8Array,
  giveTurn: () => Promise<void>,
): Promise<Caffe2Net> {
  const operators: Caffe2Operator[] = []
  const outputs: string[] = []
  for (const field of readFields(bytes)) {
    if (field.number === 2) {
      await giveTurn()
      operators.push(readOperator(bytesOf(field)))
    }
    if (field.number === 8) outputs.push(textOf(field))
  }
  return { operators, outputs }
}

function readOperator(bytes: Uint8Array): Caffe2Operator {
  const inputs: string[] = []
  const outputs: string[] = []
  const args = new Map<string, Caffe2Argument>()
  let type = ''
  for (const field of readFields(bytes)) {
    if (field.number === 1) inputs.push(textOf(field))
    if (field.number === 2) outputs.push(textOf(field))
    if (field.number === 4) type = textOf(field)
    if (field.number === 5) {
      const { name, argument } = readArgument(bytesOf(field))
      args.set(name, argument)
    }
  }
  return { type, inputs, outputs, arguments: args }
}

function readArgument(bytes: Uint8Array): { name: string; argument: Caffe2Argument } {
  let name = ''
  let float: number | null = null
  let integer: number | null = null
  let text: Uint8Array | null = null
  const floats: number[] = []
  const integers: number[] = []
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field)
    if (field.number === 2) float = floatOf(field)
    if (field.number === 3) integer = integerOf(field)
    if (field.number === 4) text = bytesOf(field)
    // One by one: millions of them would not fit on the stack as arguments.
    if (field.number === 5) for (const one of floatsOf(field)) floats.push(one)
    if (field.number === 6) for (const one of integersOf(field)) integers.push(one)
  }
  return { name, argument: { float, integer, bytes: text, floats, integers } }
}
