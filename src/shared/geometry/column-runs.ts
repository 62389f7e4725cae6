import { rleFromRuns } from './rle.ts'
import type { Rle } from './rle.ts'
import type { Size } from './size.ts'

/** The set runs of a mask, cut at the column borders: what is next to what can be seen in them. */
export interface ColumnRuns extends Size {
  /** Int32Array // [width + 1]: the runs of column x are firstRun[x] to firstRun[x + 1] - 1 */
  readonly firstRun: Int32Array
  /** Int32Array // [2 * runs]: run n covers the rows ends[2n] to ends[2n + 1] - 1 */
  readonly ends: Int32Array
}

export function columnRunsOf(mask: Rle): ColumnRuns {
  const { height, width, counts } = mask
  const firstRun = new Int32Array(width + 1)
  const ends = new Int32Array(2 * countColumnRuns(mask))
  let run = 0
  let column = 0
  let start = counts[0]
  for (let i = 1; i < counts.length; i += 2) {
    const end = start + counts[i]
    let from = start
    while (from < end) {
      const at = Math.floor(from / height)
      while (column < at) firstRun[++column] = run
      const to = Math.min(end, (at + 1) * height)
      ends[2 * run] = from - at * height
      ends[2 * run + 1] = to - at * height
      run++
      from = to
    }
    start = end + (counts[i + 1] ?? 0)
  }
  while (column < width) firstRun[++column] = run
  return { height, width, firstRun, ends }
}

function countColumnRuns({ height, counts }: Rle): number {
  let total = 0
  let end = counts[0]
  for (let i = 1; i < counts.length; i += 2) {
    const first = end
    const last = first + counts[i] - 1
    end = last + 1 + (counts[i + 1] ?? 0)
    if (last >= first) total += Math.floor(last / height) - Math.floor(first / height) + 1
  }
  return total
}

/** Makes a mask of runs that come column by column, from the top of each; they may overlap. */
export class ColumnRunWriter {
  readonly #size: Size
  /** Runs of zeros and ones in turn, the last of ones. */
  readonly #counts: number[] = []
  #end = 0

  constructor(size: Size) {
    this.#size = size
  }

  /** The rows `top` to `bottom - 1`; nothing when there are none. */
  add(column: number, top: number, bottom: number): void {
    const start = column * this.#size.height + top
    const end = start + bottom - top
    if (end <= Math.max(start, this.#end)) return
    if (start <= this.#end && this.#counts.length > 0) {
      this.#counts[this.#counts.length - 1] += end - this.#end
    } else {
      this.#counts.push(start - this.#end, end - start)
    }
    this.#end = end
  }

  finish(): Rle {
    const { height, width } = this.#size
    const counts = new Uint32Array(this.#counts.length + 1)
    counts.set(this.#counts)
    counts[this.#counts.length] = height * width - this.#end
    return rleFromRuns(counts, this.#size)
  }
}
