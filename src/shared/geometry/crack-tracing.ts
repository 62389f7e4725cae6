import { columnRunsOf } from './column-runs.ts'
import { DisjointSets } from './disjoint-sets.ts'
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
  const { firstRun, ends } = columnRunsOf(mask)
  const runCount = ends.length / 2
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

  const meetColumns = (line: number) => {
    // Places in `ends`; an odd one stands at the lower end of a run that is open.
    const leftEnd = 2 * firstRun[line]
    const rightEnd = line < width ? 2 * firstRun[line + 1] : leftEnd
    let l = line > 0 ? 2 * firstRun[line - 1] : 0
    let r = leftEnd
    while (l < leftEnd || r < rightEnd) {
      const row = Math.min(l < leftEnd ? ends[l] : Infinity, r < rightEnd ? ends[r] : Infinity)
      const turnsLeft = l < leftEnd && ends[l] === row
      const turnsRight = r < rightEnd && ends[r] === row
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
      if (isLeft && isRight) parts.unite(l >> 1, r >> 1)
      // A corner of an even number was the last one: a crack begins at it.
      if (isLeft !== isRight) {
        const crack = (corners - 1) >> 1
        x[crack] = line
        isSetLeft[crack] = isLeft ? 1 : 0
        run[crack] = isLeft ? l >> 1 : r >> 1
      }
    }
  }

  for (let line = 0; line <= width; line++) meetColumns(line)
  return { count: corners / 2, x, y, across, isSetLeft, run, parts }
}
