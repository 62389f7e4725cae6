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
    const bytes: number[] = []
    let rest = value
    do {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      bytes.push(rest === 0n ? low : low | 0x80)
    } while (rest !== 0n)
    this.#pieces.push(Uint8Array.from(bytes))
    return this
  }
}
