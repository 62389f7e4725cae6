/**
 * The wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/), as far as
 * model files use it: fields by number, without a schema.
 */
export type Field =
  | { readonly number: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly wire: 'bytes'; readonly value: Uint8Array }
  | { readonly number: number; readonly wire: 'fixed32'; readonly value: Uint8Array }
  | { readonly number: number; readonly wire: 'fixed64'; readonly value: Uint8Array }

export class ProtobufError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ProtobufError'
  }
}

const MAX_VARINT_BYTES = 10
/** Fields have numbers from 1 on. */
const MAX_FIELD_NUMBER = 2 ** 29 - 1

interface Varint {
  readonly value: bigint
  readonly end: number
}

/** @throws ProtobufError when it does not end within the bytes, or within the length of a varint */
export function readVarint(bytes: Uint8Array, start: number): Varint {
  let value = 0n
  for (let index = 0; index < MAX_VARINT_BYTES; index++) {
    const byte = bytes[start + index]
    if (byte === undefined) throw new ProtobufError('it ends within a number')
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + index + 1 }
  }
  throw new ProtobufError('a number in it is longer than Protocol Buffers allow')
}

/** What stands before a field's value. `wire` is as it lies in the file: 0, 1, 2 or 5. */
export interface FieldHead {
  readonly number: number
  readonly wire: number
  readonly end: number
}

/** @throws ProtobufError */
export function readFieldHead(bytes: Uint8Array, start: number): FieldHead {
  const { value, end } = readVarint(bytes, start)
  const number = Number(value >> 3n)
  const wire = Number(value & 7n)
  if (number < 1 || number > MAX_FIELD_NUMBER) {
    throw new ProtobufError(`a field in it has the number ${number}`)
  }
  return { number, wire, end }
}

/** Bytes of a value of a fixed length; null for the others. @throws ProtobufError for a wire type that is none */
export function fixedLengthOf(wire: number): 4 | 8 | null {
  if (wire === 5) return 4
  if (wire === 1) return 8
  if (wire === 0 || wire === 2) return null
  throw new ProtobufError(`a field in it has the wire type ${wire}`)
}

/**
 * The fields of a message, in the order of the file. Values are views of `bytes`, not copies.
 *
 * @throws ProtobufError when the bytes are no message, or end within one
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  let position = 0
  while (position < bytes.length) {
    const { number, wire, end } = readFieldHead(bytes, position)
    if (wire === 0) {
      const varint = readVarint(bytes, end)
      yield { number, wire: 'varint', value: varint.value }
      position = varint.end
      continue
    }
    const fixed = fixedLengthOf(wire)
    const start = fixed === null ? readVarint(bytes, end) : { value: BigInt(fixed), end }
    const length = Number(start.value)
    if (length > bytes.length - start.end) throw new ProtobufError('it ends within a field')
    const value = bytes.subarray(start.end, start.end + length)
    yield { number, wire: fixed === 4 ? 'fixed32' : fixed === 8 ? 'fixed64' : 'bytes', value }
    position = start.end + length
  }
}

const utf8 = new TextDecoder()

/** @throws ProtobufError when the field is none of a text, bytes or a message */
export function bytesOf(field: Field): Uint8Array {
  if (field.wire === 'bytes') return field.value
  throw new ProtobufError(`its field ${field.number} is a number where bytes were expected`)
}

/** @throws ProtobufError as `bytesOf` */
export const textOf = (field: Field): string => utf8.decode(bytesOf(field))

/** Signed, as int32 and int64 are written. @throws ProtobufError */
export function integerOf(field: Field): number {
  if (field.wire === 'varint') return Number(BigInt.asIntN(64, field.value))
  throw new ProtobufError(`its field ${field.number} is not a whole number`)
}

/** All numbers of a repeated int field, packed or one by one. @throws ProtobufError */
export function integersOf(field: Field): number[] {
  if (field.wire !== 'bytes') return [integerOf(field)]
  const numbers: number[] = []
  for (let position = 0; position < field.value.length;) {
    const { value, end } = readVarint(field.value, position)
    numbers.push(Number(BigInt.asIntN(64, value)))
    position = end
  }
  return numbers
}

/** All numbers of a repeated float field, packed or one by one. @throws ProtobufError */
export function floatsOf(field: Field): number[] {
  if (field.wire === 'varint' || field.wire === 'fixed64' || field.value.length % 4 !== 0) {
    throw new ProtobufError(`its field ${field.number} is not a float`)
  }
  const { buffer, byteOffset, length } = field.value
  const view = new DataView(buffer, byteOffset, length)
  return Array.from({ length: length / 4 }, (_, index) => view.getFloat32(4 * index, true))
}

/** @throws ProtobufError */
export const floatOf = (field: Field): number => floatsOf(field)[0] ?? 0
