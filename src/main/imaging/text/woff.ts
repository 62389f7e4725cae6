import { inflateSync } from 'node:zlib'

/** The tables of a font by their four-letter tags. */
export type FontTables = ReadonlyMap<string, Buffer>

const HEADER_BYTES = 44
const ENTRY_BYTES = 20

/**
 * The tables of a WOFF 1.0 file (w3.org/TR/WOFF): each is stored, or packed by zlib.
 *
 * Only fonts that are installed with Lexmask are read.
 */
export function readWoff(bytes: Buffer): FontTables {
  const tables = new Map<string, Buffer>()
  const count = bytes.readUInt16BE(12)
  for (let i = 0; i < count; i++) {
    const entry = HEADER_BYTES + i * ENTRY_BYTES
    const tag = bytes.toString('latin1', entry, entry + 4)
    const [offset, packedLength, length] = [4, 8, 12].map((at) => bytes.readUInt32BE(entry + at))
    const stored = bytes.subarray(offset, offset + packedLength)
    tables.set(tag, packedLength < length ? inflateSync(stored) : stored)
  }
  return tables
}
