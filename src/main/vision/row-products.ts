import { dot } from './vocabulary-scorer.ts'

/** By matrix, then by row: its products with the rows of the same matrix; NaN until one is asked for. */
const products = new WeakMap<ArrayBufferLike, Map<number, Float32Array>>()

/**
 * Dot products of a row of a matrix with vectors. Those with rows of the same matrix are remembered
 * as long as it lives: a vocabulary changes with every edit, and the rows of a text table that it is
 * scored against do not.
 *
 * @returns Float32Array // [vectors.length]
 */
export function productsWithRow(row: Float32Array, vectors: readonly Float32Array[]): Float32Array {
  const { buffer, byteLength } = row
  const known = knownProducts(row)
  const result = new Float32Array(vectors.length)
  vectors.forEach((vector, i) => {
    const at = vector.byteOffset / byteLength
    const isRow = vector.buffer === buffer && vector.length === row.length && Number.isInteger(at)
    if (isRow && Number.isNaN(known[at])) known[at] = dot(row, vector)
    result[i] = isRow ? known[at] : dot(row, vector)
  })
  return result
}

function knownProducts({ buffer, byteOffset, byteLength }: Float32Array): Float32Array {
  const ofMatrix = products.get(buffer) ?? new Map<number, Float32Array>()
  products.set(buffer, ofMatrix)
  const known =
    ofMatrix.get(byteOffset) ?? new Float32Array(buffer.byteLength / byteLength).fill(NaN)
  ofMatrix.set(byteOffset, known)
  return known
}
