import { ColumnRunWriter, columnRunsOf } from '../column-runs.ts'
import type { ColumnRuns } from '../column-runs.ts'
import { rleUnion, rleUnionOf } from '../rle-algebra.ts'
import { rleComplement } from '../rle.ts'
import type { Rle } from '../rle.ts'
import type { Size } from '../size.ts'
import { cropRle, placeRle, windowAround } from './crop.ts'
import { labelRuns } from './label-runs.ts'

/**
 * The connected parts of a mask, the largest first and of equal ones the leftmost, then topmost.
 *
 * Pixels are connected by their sides and holes by sides and corners, as in `polygonsFromMask`: a
 * part is one polygon with its holes. Parts that touch at a corner are two.
 */
export function partsOf(mask: Rle): Rle[] {
  const columns = columnRunsOf(mask)
  return masksByLabel(columns, labelRuns(columns, 'sides'), mask)
}

/** The mask itself where it has one part or none. */
export function largestPart(mask: Rle): Rle {
  return partsOf(mask).at(0) ?? mask
}

/**
 * What the mask encloses and does not contain, the largest first: unset pixels that no way over
 * unset pixels, by sides and corners, leads from to the border of the image. An island in a hole is
 * not of the hole.
 */
export function holesOf(mask: Rle): Rle[] {
  const window = windowAround(mask, 0)
  if (window === null) return []
  const columns = columnRunsOf(rleComplement(cropRle(mask, window)))
  const labels = labelRuns(columns, 'sides-and-corners')
  const isOpen = openLabels(columns, labels)
  return masksByLabel(columns, labels, window, (label) => isOpen[label] === 0).map((hole) =>
    placeRle(hole, window, mask),
  )
}

/** The mask with all that it encloses. */
export function fillHoles(mask: Rle): Rle {
  return rleUnion(mask, rleUnionOf(holesOf(mask), mask))
}

/** Which parts reach the border of the window, outside which everything is unset. */
function openLabels({ height, width, firstRun, ends }: ColumnRuns, labels: Int32Array): Uint8Array {
  const isOpen = new Uint8Array(labels.length)
  for (let column = 0; column < width; column++) {
    const isEdge = column === 0 || column === width - 1
    for (let run = firstRun[column]; run < firstRun[column + 1]; run++) {
      if (isEdge || ends[2 * run] === 0 || ends[2 * run + 1] === height) isOpen[labels[run]] = 1
    }
  }
  return isOpen
}

/**
 * A mask of the runs of each label, the largest first, then by their first run.
 * @param labels Int32Array // [runs] numbers below the number of runs
 */
export function masksByLabel(
  { width, firstRun, ends }: ColumnRuns,
  labels: Int32Array,
  size: Size,
  isWanted: (label: number) => boolean = () => true,
): Rle[] {
  const byLabel = new Map<number, { writer: ColumnRunWriter; area: number }>()
  for (let column = 0; column < width; column++) {
    for (let run = firstRun[column]; run < firstRun[column + 1]; run++) {
      const label = labels[run]
      if (!isWanted(label)) continue
      let part = byLabel.get(label)
      if (part === undefined)
        byLabel.set(label, (part = { writer: new ColumnRunWriter(size), area: 0 }))
      part.writer.add(column, ends[2 * run], ends[2 * run + 1])
      part.area += ends[2 * run + 1] - ends[2 * run]
    }
  }
  const largestFirst = [...byLabel.values()].sort((a, b) => b.area - a.area)
  return largestFirst.map(({ writer }) => writer.finish())
}
