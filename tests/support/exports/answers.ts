import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface AnswersJson {
  readonly size: readonly [number, number]
  readonly texts?: readonly string[]
  readonly form?: string
  readonly tensors: Readonly<
    Record<string, { readonly file: string; readonly dims: readonly number[] }>
  >
}

/** What PyTorch says of a network that `prove.py` has exported. */
export class Answers {
  readonly height: number
  readonly width: number
  readonly texts: readonly string[]
  readonly form: string
  readonly #folder: string
  readonly #tensors: AnswersJson['tensors']

  constructor(folder: string) {
    const text = readFileSync(join(folder, 'answers.json'), 'utf8')
    const { size, texts = [], form = '', tensors } = JSON.parse(text) as AnswersJson
    ;[this.height, this.width] = size
    this.texts = texts
    this.form = form
    this.#folder = folder
    this.#tensors = tensors
  }

  dims(name: string): readonly number[] {
    return this.#tensors[name].dims
  }

  floats(name: string): Float32Array {
    const bytes = readFileSync(join(this.#folder, this.#tensors[name].file))
    return new Float32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    )
  }
}

/** The largest difference, in parts of the largest number expected where that is above 1. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity
  let largest = 0
  let scale = 1
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]))
    const difference = Math.abs(actual[i] - expected[i])
    // NaN is no agreement.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference
  }
  return largest / scale
}

export interface RowComparison {
  /** Of rows that have a counterpart. */
  readonly largest: number
  /** Rows of either side that have none within the tolerance. */
  readonly unmatched: number
}

/**
 * Compares rows that stand in any order: equal scores, but for rounding, may change places. Each row
 * expected takes the nearest one that no other has taken. What is chosen by a comparison with a
 * threshold, as by suppression, may differ by a row where rounding decides it.
 */
export function compareRows(
  actual: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  tolerance: number,
): RowComparison {
  const left = [...actual]
  let largest = 0
  let matched = 0
  for (const row of expected) {
    const distances = left.map((other) =>
      Math.max(...row.map((value, i) => Math.abs(value - other[i]))),
    )
    const distance = Math.min(...distances)
    if (!(distance < tolerance)) continue
    left.splice(distances.indexOf(distance), 1)
    largest = Math.max(largest, distance)
    matched++
  }
  return { largest, unmatched: Math.max(actual.length, expected.length) - matched }
}
