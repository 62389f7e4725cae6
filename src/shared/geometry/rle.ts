import { GeometryError } from './geometry-error.ts'
import { assertMaskSize } from './size.ts'
import type { Size } from './size.ts'

/**
 * A binary mask in COCO's run-length form: the pixels column by column, as lengths of alternating
 * runs, the first of zeros (0 when the first pixel is set). The runs sum to height * width.
 *
 * Every mask made in this folder is canonical: no run but the first is 0. Equal masks have equal
 * counts then, so a hash of the counts names the mask. Counts of other origin enter through
 * `rleFromCocoCounts` or `rleFromCocoString`, which check them and make them so.
 */
export interface Rle {
  readonly height: number
  readonly width: number
  readonly counts: Uint32Array
}

/** @throws GeometryError MASK_SIZE_INVALID */
export function emptyRle(size: Size): Rle {
  assertMaskSize(size)
  return {
    height: size.height,
    width: size.width,
    counts: Uint32Array.of(size.height * size.width),
  }
}

/** The pixels that are not set. */
export function rleComplement({ height, width, counts }: Rle): Rle {
  const runs = new Uint32Array(counts.length + 1)
  runs.set(counts, 1)
  // A run of 0 before the one that was first: what was unset is set.
  return rleFromRuns(runs[1] === 0 ? runs.subarray(2) : runs, { height, width })
}

/**
 * A mask of trusted runs that sum to height * width; runs of length 0 are merged away.
 * @param counts is taken over and changed.
 */
export function rleFromRuns(counts: Uint32Array, { height, width }: Size): Rle {
  let last = 0
  // counts[last] and counts[next] always hold opposite values.
  for (let next = 1; next < counts.length; next++) {
    if (counts[next] !== 0) {
      counts[++last] = counts[next]
    } else if (++next < counts.length) {
      counts[last] += counts[next]
    }
  }
  return { height, width, counts: counts.slice(0, last + 1) }
}

/**
 * COCO's uncompressed form: `counts` as a list of numbers.
 * @throws GeometryError RLE_COUNTS_INVALID for counts that are no whole numbers from 0 or do not
 *   sum to height * width; MASK_SIZE_INVALID
 */
export function rleFromCocoCounts(counts: readonly number[], size: Size): Rle {
  assertMaskSize(size)
  const checked = new RunCollector(counts.length, size)
  for (const count of counts) checked.add(count)
  return checked.finish()
}

export function rleToCocoCounts(rle: Rle): number[] {
  return Array.from(rle.counts)
}

/**
 * COCO's compressed form of the counts (`rleToString` in the COCO API's maskApi): each count as
 * groups of 5 bits, the lowest first, one character a group from '0' on; bit 6 says that a group
 * follows, and the last group carries the sign. From the fourth count on the difference to the
 * count two before is written, as neighbouring columns are alike.
 */
export function rleToCocoString({ counts }: Rle): string {
  let text = ''
  for (let i = 0; i < counts.length; i++) {
    let rest = i > 2 ? counts[i] - counts[i - 2] : counts[i]
    let isLast = false
    while (!isLast) {
      const group = rest & 31
      rest >>= 5
      isLast = group & 16 ? rest === -1 : rest === 0
      text += String.fromCharCode(48 + (isLast ? group : group | 32))
    }
  }
  return text
}

/** Six groups of five bits hold any difference of two counts of a mask of MAX_MASK_PIXELS. */
const MAX_GROUPS = 6

/**
 * The inverse of `rleToCocoString`. Work and memory are linear in the length of the string.
 * @throws GeometryError RLE_STRING_MALFORMED for a character outside '0'..'o', an unfinished or an
 *   overlong count; RLE_COUNTS_INVALID; MASK_SIZE_INVALID
 */
export function rleFromCocoString(text: string, size: Size): Rle {
  assertMaskSize(size)
  const collector = new RunCollector(text.length, size)
  let position = 0
  while (position < text.length) {
    let value = 0
    let groups = 0
    let group = 32
    while (group & 32) {
      // NaN past the end, which no comparison accepts.
      group = text.charCodeAt(position) - 48
      if (!(group >= 0 && group < 64) || groups === MAX_GROUPS) {
        throw new GeometryError(
          'RLE_STRING_MALFORMED',
          position >= text.length
            ? 'The compressed mask ends in the middle of a count.'
            : `The compressed mask is not COCO run-length text at character ${position}.`,
        )
      }
      value |= (group & 31) << (5 * groups)
      groups++
      position++
    }
    if (group & 16) value |= -1 << (5 * groups)
    collector.add(collector.length > 2 ? value + collector.at(collector.length - 2) : value)
  }
  return collector.finish()
}

/** Takes runs of unknown origin one by one and refuses them at the first that cannot be. */
class RunCollector {
  length = 0
  readonly #size: Size
  readonly #counts: Uint32Array
  #sum = 0

  constructor(capacity: number, size: Size) {
    this.#size = size
    this.#counts = new Uint32Array(capacity)
  }

  at(index: number): number {
    return this.#counts[index]
  }

  add(count: number): void {
    const { height, width } = this.#size
    this.#sum += count
    if (!Number.isInteger(count) || count < 0 || this.#sum > height * width) {
      throw new GeometryError(
        'RLE_COUNTS_INVALID',
        `Run ${this.length} of the mask has the length ${count}; runs are whole numbers from 0 ` +
          `that sum to ${height} * ${width} pixels.`,
      )
    }
    this.#counts[this.length++] = count
  }

  finish(): Rle {
    const { height, width } = this.#size
    if (this.#sum !== height * width) {
      throw new GeometryError(
        'RLE_COUNTS_INVALID',
        `The runs of the mask sum to ${this.#sum} pixels instead of ${height} * ${width}.`,
      )
    }
    return rleFromRuns(this.#counts.subarray(0, this.length), this.#size)
  }
}
