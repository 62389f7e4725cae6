/** Under this a vector is noise of rounding and has no direction. */
const TINY = 1e-12

/**
 * Each row at length 1.
 *
 * @param rows Float32Array // [n, dimension]
 * @returns Float32Array // [n, dimension], a copy
 * @throws RangeError for a row without direction (zero, or not finite)
 */
export function normaliseRows(rows: Float32Array, dimension: number): Float32Array<ArrayBuffer> {
  if (dimension < 1 || rows.length % dimension !== 0) {
    throw new RangeError(`${rows.length} numbers are no rows of ${dimension}`)
  }
  const unit = new Float32Array(rows.length)
  for (let from = 0; from < rows.length; from += dimension) {
    let squares = 0
    for (let i = from; i < from + dimension; i++) squares += rows[i] * rows[i]
    const length = Math.sqrt(squares)
    if (!(length > TINY && length < Infinity)) {
      throw new RangeError(`row ${from / dimension} has length ${length}, and so no direction`)
    }
    for (let i = from; i < from + dimension; i++) unit[i] = rows[i] / length
  }
  return unit
}

/**
 * One vector for many sentences: each at length 1, their mean, again at length 1. Without the first
 * step long vectors would count more, without the last the cosines would shrink with the spread.
 *
 * @param rows Float32Array // [n, dimension], n at least 1
 * @returns Float32Array // [dimension], unit
 * @throws RangeError when a row, or the mean of them, has no direction
 */
export function averageDirection(rows: Float32Array, dimension: number): Float32Array<ArrayBuffer> {
  if (rows.length === 0) throw new RangeError('no vector to average')
  const unit = normaliseRows(rows, dimension)
  const sum = new Float64Array(dimension)
  for (let i = 0; i < unit.length; i++) sum[i % dimension] += unit[i]
  const count = unit.length / dimension
  return normaliseRows(
    Float32Array.from(sum, (value) => value / count),
    dimension,
  )
}

/** Every sentence of the words once, in order of appearance: what the encoder has to see. */
export function distinctPrompts(
  words: readonly { readonly prompts: readonly string[] }[],
): string[] {
  return [...new Set(words.flatMap(({ prompts }) => prompts))]
}

/**
 * The vector of a word from those of its sentences; null when one of them is not there.
 *
 * @param vectors [dimension] each, of any length
 * @returns Float32Array // [dimension], unit
 */
export function wordVector(
  { prompts }: { readonly prompts: readonly string[] },
  vectors: ReadonlyMap<string, Float32Array>,
): Float32Array<ArrayBuffer> | null {
  const found = prompts.map((prompt) => vectors.get(prompt))
  if (found.length === 0 || !found.every((vector) => vector !== undefined)) return null
  const dimension = found[0].length
  const rows = new Float32Array(found.length * dimension)
  found.forEach((vector, i) => rows.set(vector, i * dimension))
  return averageDirection(rows, dimension)
}
