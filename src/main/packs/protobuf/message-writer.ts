const utf8 = new TextEncoder()

/** Writes one Protocol Buffers message, field by field in the order of the calls. */
export class MessageWriter {
  readonly #pieces: Uint8Array[] = []

  /** An int32, int64, bool or enum. */
  integer(field: number, value: number | bigint): this {
    return this.#head(field, 0).#varint(BigInt.asUintN(64, BigInt(value)))
  }

  float(field: number, value: number): this {
    this.#head(field, 5)
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    this.#pieces.push(bytes)
    return this
  }

  /** Bytes, or a text as UTF-8. */
  bytes(field: number, value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? utf8.encode(value) : value
    this.#head(field, 2).#varint(BigInt(bytes.length))
    this.#pieces.push(bytes)
    return this
  }

  message(field: number, write: (message: MessageWriter) => void): this {
    const message = new MessageWriter()
    write(message)
    return this.bytes(field, message.finish())
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#pieces.reduce((sum, { length }) => sum + length, 0))
    let position = 0
    for (const piece of this.#pieces) {
      whole.set(piece, position)
      position += piece.length
    }
    return whole
  }

  #head(field: number, wire: number): this {
    return this.#varint((BigInt(field) << 3n) | BigInt(wire))
  }

  #varint(value: bigint): this {
    const bytes = new Uint8Array(varintLength(value))
    let rest = value
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] = Number(rest & 0x7fn) | (index < bytes.length - 1 ? 0x80 : 0)
      rest >>= 7n
    }
    this.#pieces.push(bytes)
    return this
  }
}

/** Seven bits a byte. @param value from 0 on */
function varintLength(value: bigint): number {
  let length = 1
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) length++
  return length
}
