import type { Rle } from './rle.ts'

/**
 * Cracks are the sides between a set and an unset pixel. One sweep over the vertical lines between
 * columns finds every corner of every contour; a walk over the corners then makes rings.
 *
 * On one line the vertical cracks are the stretches where exactly one of the two columns is set.
 * Corners are numbered in the order they are met, so the ends of a crack are numbers 2n (upper)
 * and 2n + 1 (lower), and n names the crack. From every corner one vertical and one horizontal
 * crack leave; only the far end of the horizontal one has to be stored.
 */
interface Cracks {
  readonly count: number
  /** [count] */
  readonly x: Int32Array
  /** [2 * count], of the corners */
  readonly y: Int32Array
  /** [2 * count], the corner at the other end of the horizontal crack */
  readonly across: Int32Array
  /** [count], whether the set pixels are left of the crack; then it is walked downward. */
  readonly isSetLeft: Uint8Array
  /** [count], the column run on the set side */
  readonly run: Int32Array
  readonly parts: DisjointSets
}

export interface TracedRing {
  readonly ring: number[]
  /** The same for all rings of one 4-connected part. */
  readonly part: number
}

/** Rings in the order of their first crack: by column, then by row. */
export function* traceCracks(mask: Rle): Generator<TracedRing> {
  const cracks = sweep(mask)
  const isDone = new Uint8Array(cracks.count)
  for (let crack = 0; crack < cracks.count; crack++) {
    if (isDone[crack]) continue
    yield {
      ring: walk(cracks, crack, isDone),
      part: cracks.parts.find(cracks.run[crack]),
    }
  }
}

/** One ring with the set pixels on the right hand, from the far end of its first crack. */
function walk(cracks: Cracks, first: number, isDone: Uint8Array): number[] {
  const { x, y, across, isSetLeft } = cracks
  const ring: number[] = []
  let crack = first
  do {
    isDone[crack] = 1
    const upper = 2 * crack
    const end = isSetLeft[crack] ? upper + 1 : upper
    const next = across[end]
    ring.push(x[crack], y[end], x[next >> 1], y[next])
    crack = next >> 1
  } while (crack !== first)
  return ring
}

function sweep(mask: Rle): Cracks {
  const { height, width } = mask
  const runCount = countColumnRuns(mask)
  const parts = new DisjointSets(runCount)
  // A column run has two ends, each of them a corner on its left line, its right, both or neither.
  const capacity = 4 * runCount
  const x = new Int32Array(capacity / 2)
  const y = new Int32Array(capacity)
  const across = new Int32Array(capacity)
  const isSetLeft = new Uint8Array(capacity / 2)
  const run = new Int32Array(capacity / 2)
  // For every row line the corner from which a horizontal crack leads to the right.
  const open = new Int32Array(height + 1)
  let corners = 0

  const join = (corner: number, other: number) => {
    across[corner] = other
    across[other] = corner
  }

  const meetColumns = (line: number, left: ColumnRuns, right: ColumnRuns) => {
    let l = 0
    let r = 0
    while (l < left.length || r < right.length) {
      const row = Math.min(
        l < left.length ? left.ends[l] : Infinity,
        r < right.length ? right.ends[r] : Infinity,
      )
      const turnsLeft = l < left.length && left.ends[l] === row
      const turnsRight = r < right.length && right.ends[r] === row
      const wasLeft = (l & 1) === 1
      const wasRight = (r & 1) === 1
      if (turnsLeft && turnsRight) {
        if (wasLeft !== wasRight) {
          // A checkerboard: the corner above belongs to one pixel, the corner below to the other.
          const above = corners++
          const below = corners++
          y[above] = y[below] = row
          join(open[row], wasLeft ? above : below)
          open[row] = wasLeft ? below : above
        }
      } else {
        y[corners] = row
        if (turnsLeft) join(open[row], corners)
        else open[row] = corners
        corners++
      }
      if (turnsLeft) l++
      if (turnsRight) r++
      const isLeft = (l & 1) === 1
      const isRight = (r & 1) === 1
      if (isLeft && isRight) parts.unite(left.firstRun + (l >> 1), right.firstRun + (r >> 1))
      // A corner of an even number was the last one: a crack begins at it.
      if (isLeft !== isRight) {
        const crack = (corners - 1) >> 1
        x[crack] = line
        isSetLeft[crack] = isLeft ? 1 : 0
        run[crack] = isLeft ? left.firstRun + (l >> 1) : right.firstRun + (r >> 1)
      }
    }
  }

  const columns = new ColumnReader(mask)
  let left = new ColumnRuns(height)
  let right = new ColumnRuns(height)
  for (let line = 0; line <= width; line++) {
    columns.readInto(right)
    meetColumns(line, left, right)
    ;[left, right] = [right, left]
  }
  return { count: corners / 2, x, y, across, isSetLeft, run, parts }
}

function countColumnRuns({ height, counts }: Rle): number {
  let total = 0
  let end = counts[0]
  for (let i = 1; i < counts.length; i += 2) {
    const first = end
    const last = first + counts[i] - 1
    end = last + 1 + (counts[i + 1] ?? 0)
    total += Math.floor(last / height) - Math.floor(first / height) + 1
  }
  return total
}

/** The set runs of one column: run n covers the rows ends[2n] to ends[2n + 1] - 1. */
class ColumnRuns {
  readonly ends: Int32Array
  length = 0
  /** Number of the first of them among the runs of all columns. */
  firstRun = 0

  constructor(height: number) {
    this.ends = new Int32Array(height + 1)
  }
}

/** Cuts the runs of a mask at the column borders; past the last column it reads empty ones. */
class ColumnReader {
  readonly #mask: Rle
  #column = 0
  #runsRead = 0
  #index = 1
  #start: number
  #end: number

  constructor(mask: Rle) {
    this.#mask = mask
    this.#start = mask.counts[0]
    this.#end = this.#start + (mask.counts[1] ?? 0)
  }

  readInto(column: ColumnRuns): void {
    const { height, counts } = this.#mask
    const top = this.#column * height
    const bottom = top + height
    column.length = 0
    column.firstRun = this.#runsRead
    while (this.#index < counts.length && this.#start < bottom) {
      column.ends[column.length++] = Math.max(this.#start, top) - top
      column.ends[column.length++] = Math.min(this.#end, bottom) - top
      if (this.#end > bottom) break
      this.#start = this.#end + (counts[this.#index + 1] ?? 0)
      this.#end = this.#start + (counts[this.#index + 2] ?? 0)
      this.#index += 2
    }
    this.#runsRead += column.length >> 1
    this.#column++
  }
}

/** Union-find with halved paths; the smaller number becomes the root. */
class DisjointSets {
  readonly #parent: Int32Array

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, i) => i)
  }

  find(item: number): number {
    const parent = this.#parent
    while (parent[item] !== item) {
      parent[item] = parent[parent[item]]
      item = parent[item]
    }
    return item
  }

  unite(a: number, b: number): void {
    const rootA = this.find(a)
    const rootB = this.find(b)
    this.#parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB)
  }
}
