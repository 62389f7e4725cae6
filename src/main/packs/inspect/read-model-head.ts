import { open, type FileHandle } from 'node:fs/promises'
import { sizeOfFile } from '../regular-file.ts'
import {
  fixedLengthOf,
  ProtobufError,
  readFieldHead,
  readFields,
  readVarint,
  bytesOf,
  integerOf,
  textOf,
} from '../protobuf/read-fields.ts'

/** An input or output of a graph. */
export interface GraphPort {
  readonly name: string
  /** `float32`, `int64`, …; `other` for what no network of ours takes. */
  readonly type: string
  /** A number or a name for each axis ("" where it has neither); null when the rank is not told. */
  readonly dims: readonly (number | string)[] | null
}

/** What an ONNX file says of itself, without its weights. */
export interface ModelHead {
  readonly producer: string
  /** Operator set → version; "" is the standard one. */
  readonly opsets: ReadonlyMap<string, number>
  /** Without weights that old files list among them. */
  readonly inputs: readonly GraphPort[]
  readonly outputs: readonly GraphPort[]
  /** Files beside it that hold weights. */
  readonly externalFiles: readonly string[]
}

/** `TensorProto.DataType` */
const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
}

/** No head of a field is longer: two varints. */
const HEAD_BYTES = 20
const WINDOW_BYTES = 2 ** 18
/** Names and shapes are short: what is longer is not read. */
const MESSAGE_BYTES = 2 ** 20
/** A file of nothing but empty fields would be walked over for hours; no network has a tenth of it. */
const MOST_FIELDS = 1_000_000

/**
 * Reads what a model takes and gives (field numbers: onnx/onnx.proto). Weights are skipped, so that a
 * file of any size costs a few reads.
 *
 * @throws ProtobufError when the file is no ONNX model, or ends too early
 * @throws Error when it is no file, or cannot be read
 */
export async function readModelHead(file: string): Promise<ModelHead> {
  const size = await sizeOfFile(file)
  const handle = await open(file, 'r')
  try {
    return await readModel(new FileFields(handle), size)
  } finally {
    await handle.close()
  }
}

async function readModel(file: FileFields, size: number): Promise<ModelHead> {
  const opsets = new Map<string, number>()
  const inputs: GraphPort[] = []
  const outputs: GraphPort[] = []
  const weights = new Set<string>()
  const externalFiles = new Set<string>()
  let producer = ''
  let hasGraph = false
  for await (const field of file.fields(0, size)) {
    if (field.number === 2) producer = new TextDecoder().decode(await file.bytes(field))
    if (field.number === 8) {
      const { domain, version } = readOpset(await file.bytes(field))
      opsets.set(domain, version)
    }
    if (field.number !== 7) continue
    hasGraph = true
    for await (const part of file.fields(field.start, field.end)) {
      if (part.number === 11) inputs.push(readPort(await file.bytes(part)))
      if (part.number === 12) outputs.push(readPort(await file.bytes(part)))
      if (part.number !== 5) continue
      const tensor = await readTensorHead(file, part)
      weights.add(tensor.name)
      if (tensor.externalFile !== null) externalFiles.add(tensor.externalFile)
    }
  }
  if (!hasGraph || opsets.size === 0) throw new ProtobufError('it has no graph')
  return {
    producer,
    opsets,
    inputs: inputs.filter(({ name }) => !weights.has(name)),
    outputs,
    externalFiles: [...externalFiles].sort(),
  }
}

function readOpset(bytes: Uint8Array): { domain: string; version: number } {
  let domain = ''
  let version = 0
  for (const field of readFields(bytes)) {
    if (field.number === 1) domain = textOf(field)
    if (field.number === 2) version = integerOf(field)
  }
  // The standard set has two names.
  return { domain: domain === 'ai.onnx' ? '' : domain, version }
}

async function readTensorHead(
  file: FileFields,
  tensor: FieldSpan,
): Promise<{ name: string; externalFile: string | null }> {
  let name = ''
  let externalFile: string | null = null
  for await (const field of file.fields(tensor.start, tensor.end)) {
    if (field.number === 8) name = new TextDecoder().decode(await file.bytes(field))
    if (field.number === 13) externalFile = locationIn(await file.bytes(field)) ?? externalFile
  }
  return { name, externalFile }
}

/** Of an entry of `external_data`. */
function locationIn(bytes: Uint8Array): string | null {
  const fields = [...readFields(bytes)]
  const text = (number: number): string | null => {
    const field = fields.find((one) => one.number === number)
    return field ? textOf(field) : null
  }
  return text(1) === 'location' ? text(2) : null
}

function readPort(bytes: Uint8Array): GraphPort {
  let name = ''
  let type = 'other'
  let dims: (number | string)[] | null = null
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field)
    if (field.number !== 2) continue
    for (const kind of readFields(bytesOf(field))) {
      // Sequences and maps have other numbers.
      if (kind.number !== 1) continue
      for (const part of readFields(bytesOf(kind))) {
        if (part.number === 1) type = ELEMENT_TYPES[integerOf(part)] ?? 'other'
        if (part.number === 2) dims = readShape(bytesOf(part))
      }
    }
  }
  return { name, type, dims }
}

function readShape(bytes: Uint8Array): (number | string)[] {
  const dims: (number | string)[] = []
  for (const field of readFields(bytes)) {
    if (field.number !== 1) continue
    let dim: number | string = ''
    for (const axis of readFields(bytesOf(field))) {
      if (axis.number === 1) dim = integerOf(axis)
      if (axis.number === 2) dim = textOf(axis)
    }
    dims.push(dim)
  }
  return dims
}

/** Where the value of a field lies in a file. */
interface FieldSpan {
  readonly number: number
  readonly start: number
  readonly end: number
}

/** Walks over the fields of messages in a file. */
class FileFields {
  readonly #handle: FileHandle
  readonly #window = Buffer.alloc(WINDOW_BYTES)
  #windowAt = 0
  #windowBytes = 0
  #walked = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** @throws ProtobufError when what lies between is no message */
  async *fields(from: number, to: number): AsyncGenerator<FieldSpan> {
    let position = from
    while (position < to) {
      if (++this.#walked > MOST_FIELDS)
        throw new ProtobufError('it has more parts than any network')
      const bytes = await this.#read(position, Math.min(HEAD_BYTES, to - position))
      const head = readFieldHead(bytes, 0)
      let start = position + head.end
      let end: number
      if (head.wire === 0) {
        end = position + readVarint(bytes, head.end).end
      } else {
        const fixed = fixedLengthOf(head.wire)
        const length = fixed === null ? readVarint(bytes, head.end) : null
        if (length !== null) start = position + length.end
        end = start + (length === null ? (fixed ?? 0) : Number(length.value))
      }
      if (end > to) throw new ProtobufError('it ends within a field')
      yield { number: head.number, start, end }
      position = end
    }
  }

  async bytes({ start, end }: FieldSpan): Promise<Uint8Array> {
    if (end - start > MESSAGE_BYTES) throw new ProtobufError('a name in it is longer than any name')
    return Uint8Array.from(await this.#read(start, end - start))
  }

  async #read(start: number, length: number): Promise<Uint8Array> {
    if (length > WINDOW_BYTES) {
      const own = Buffer.alloc(length)
      const { bytesRead } = await this.#handle.read(own, 0, length, start)
      return own.subarray(0, bytesRead)
    }
    const isInside = start >= this.#windowAt && start + length <= this.#windowAt + this.#windowBytes
    if (!isInside) {
      const { bytesRead } = await this.#handle.read(this.#window, 0, WINDOW_BYTES, start)
      this.#windowAt = start
      this.#windowBytes = bytesRead
    }
    const at = start - this.#windowAt
    return this.#window.subarray(at, Math.min(at + length, this.#windowBytes))
  }
}
