import { ColumnRunWriter, columnRunsOf } from '../column-runs.ts'
import type { ColumnRuns } from '../column-runs.ts'
import { GeometryError } from '../geometry-error.ts'
import { rleDifference, rleUnionOf } from '../rle-algebra.ts'
import type { Rle } from '../rle.ts'
import type { Size } from '../size.ts'
import { pixelDisc } from './disc.ts'
import type { PixelDisc } from './disc.ts'
import { labelRuns } from './label-runs.ts'
import { growMask, shrinkMask } from './morphology.ts'

/** Work grows with the square of the radius; beyond this it is no smoothing of an outline. */
export const MAX_SMOOTH_RADIUS = 256

/**
 * A mask with a calmer outline: a pixel is set when most of the pixels within `radiusPx` are, centre
 * to centre; of equally many it stays as it is. Only the disc's part inside the image is counted, so
 * that the photo's edge does not count as background.
 *
 * A straight edge stays where it is, corners are rounded, spurs and cracks narrower than about the
 * radius go, and so do small holes. A part of the mask of which nothing would be left is kept as it
 * was: smoothing makes no small object vanish. A bridge thinner than the radius may break.
 *
 * Only pixels that see both kinds are counted, so the time follows length of outline * radius².
 * @throws GeometryError RADIUS_INVALID for a radius that is not from 0 to MAX_SMOOTH_RADIUS
 */
export function smoothMask(mask: Rle, radiusPx: number): Rle {
  if (!(radiusPx >= 0 && radiusPx <= MAX_SMOOTH_RADIUS)) {
    throw new GeometryError(
      'RADIUS_INVALID',
      `A mask is smoothed over 0 to ${MAX_SMOOTH_RADIUS} pixels, not over ${radiusPx}.`,
    )
  }
  const inside = shrinkMask(mask, radiusPx)
  const undecided = rleDifference(growMask(mask, radiusPx), inside)
  const decided = majorityWithin(undecided, mask, pixelDisc(radiusPx))
  const smooth = rleUnionOf([inside, decided], mask)
  return rleUnionOf([smooth, partsWithout(smooth, mask)], mask)
}

/** Of the pixels of `undecided` those around which most of `mask` is set. */
function majorityWithin(undecided: Rle, mask: Rle, disc: PixelDisc): Rle {
  const { reach, halfHeights } = disc
  const columns = columnRunsOf(undecided)
  const counter = new ColumnCounts(columnRunsOf(mask), 2 * reach + 1)
  const writer = new ColumnRunWriter(mask)
  for (let column = 0; column < mask.width; column++) {
    const first = Math.max(0, column - reach)
    const last = Math.min(mask.width - 1, column + reach)
    for (let run = columns.firstRun[column]; run < columns.firstRun[column + 1]; run++) {
      for (let row = columns.ends[2 * run]; row < columns.ends[2 * run + 1]; row++) {
        let set = 0
        let all = 0
        for (let x = first; x <= last; x++) {
          const rows = halfHeights[Math.abs(x - column)]
          const top = Math.max(0, row - rows)
          const bottom = Math.min(mask.height, row + rows + 1)
          all += bottom - top
          set += counter.between(x, top, bottom)
        }
        const isMost =
          2 * set > all || (2 * set === all && counter.between(column, row, row + 1) > 0)
        if (isMost) writer.add(column, row, row + 1)
      }
    }
  }
  return writer.finish()
}

/** Counts set pixels of a stretch of a column in one step, for the few columns in use. */
class ColumnCounts {
  readonly #columns: ColumnRuns
  readonly #sums: Int32Array[]
  readonly #columnOf: Int32Array

  /** @param kept neighbouring columns that are asked for in turn */
  constructor(columns: ColumnRuns, kept: number) {
    this.#columns = columns
    this.#sums = Array.from({ length: Math.min(kept, columns.width) }, () => new Int32Array(0))
    this.#columnOf = new Int32Array(this.#sums.length).fill(-1)
  }

  /** Of the rows `top` to `bottom - 1`. */
  between(column: number, top: number, bottom: number): number {
    const slot = column % this.#sums.length
    if (this.#columnOf[slot] !== column) this.#sum(slot, column)
    return this.#sums[slot][bottom] - this.#sums[slot][top]
  }

  #sum(slot: number, column: number): void {
    const { height, firstRun, ends } = this.#columns
    if (this.#sums[slot].length === 0) this.#sums[slot] = new Int32Array(height + 1)
    const sums = this.#sums[slot]
    let row = 0
    for (let run = firstRun[column]; run < firstRun[column + 1]; run++) {
      sums.fill(sums[row], row, ends[2 * run] + 1)
      row = ends[2 * run]
      for (; row < ends[2 * run + 1]; row++) sums[row + 1] = sums[row] + 1
    }
    sums.fill(sums[row], row, height + 1)
    this.#columnOf[slot] = column
  }
}

/** The parts of `mask` that share no pixel with `other`. */
function partsWithout(other: Rle, mask: Rle): Rle {
  const columns = columnRunsOf(mask)
  const labels = labelRuns(columns, 'sides')
  const isMet = metLabels(columns, labels, columnRunsOf(other))
  return runsWhere(columns, (run) => isMet[labels[run]] === 0, mask)
}

function metLabels(columns: ColumnRuns, labels: Int32Array, other: ColumnRuns): Uint8Array {
  const isMet = new Uint8Array(labels.length)
  for (let column = 0; column < columns.width; column++) {
    let a = columns.firstRun[column]
    let b = other.firstRun[column]
    while (a < columns.firstRun[column + 1] && b < other.firstRun[column + 1]) {
      const bottomA = columns.ends[2 * a + 1]
      const bottomB = other.ends[2 * b + 1]
      const top = Math.max(columns.ends[2 * a], other.ends[2 * b])
      if (top < Math.min(bottomA, bottomB)) isMet[labels[a]] = 1
      if (bottomA < bottomB) a++
      else b++
    }
  }
  return isMet
}

function runsWhere(columns: ColumnRuns, isWanted: (run: number) => boolean, size: Size): Rle {
  const writer = new ColumnRunWriter(size)
  for (let column = 0; column < columns.width; column++) {
    for (let run = columns.firstRun[column]; run < columns.firstRun[column + 1]; run++) {
      if (isWanted(run)) writer.add(column, columns.ends[2 * run], columns.ends[2 * run + 1])
    }
  }
  return writer.finish()
}
