import { columnRunsOf } from '../column-runs.ts'
import type { ColumnRuns } from '../column-runs.ts'
import { DisjointSets } from '../disjoint-sets.ts'
import { assertPoint } from '../point.ts'
import type { Point } from '../point.ts'
import type { Rle } from '../rle.ts'
import { windowAround } from './crop.ts'
import type { PixelWindow } from './crop.ts'
import { labelRuns } from './label-runs.ts'
import { crossPixelEdges } from './line-crossings.ts'
import { linkParts } from './link-parts.ts'
import { masksByLabel } from './parts.ts'

/** A piece smaller than both is what a shaking hand or a stair of pixels cuts off by chance. */
const CRUMB_PX = 16
const CRUMB_SHARE = 0.01

/**
 * Cuts a mask along a drawn line, into what the line separates; the largest first.
 *
 * - The line has no width: neighbouring pixels part when it passes between their centres, so every
 *   pixel of the mask is in exactly one of the results, that on the side of its centre.
 * - A line that ends inside the mask, or leaves another way round, divides nothing; when nothing is
 *   divided the result is the mask alone.
 * - Parts that were apart before stay together, each with the nearest piece to which the shortest
 *   way does not cross the line; without one they become results of their own. So a line drawn
 *   between two parts separates them.
 * - A piece below 16 pixels and 1 % of its part goes to the piece that it shares most sides with.
 *
 * @throws GeometryError POINT_INVALID
 */
export function splitByLine(mask: Rle, line: readonly Point[]): Rle[] {
  line.forEach(assertPoint)
  const window = windowAround(mask, 0)
  if (window === null || line.length < 2) return [mask]
  const whole = columnRunsOf(mask)
  const cuts = cutsOf(line, window)
  const { columns, source } = cutColumns(whole, cuts)
  const pieces = uniteUncut(columns, cuts)
  const partOfWhole = labelRuns(whole, 'sides')
  const parts = Int32Array.from(source, (run) => partOfWhole[run])
  sweepCrumbs(columns, pieces, parts)
  linkParts(columns, pieces, parts, line)
  const labels = Int32Array.from(parts, (_, run) => pieces.find(run))
  return masksByLabel(columns, labels, mask)
}

/** Of a column the rows that the line passes above of; of a row line what it passes left of. */
interface Cuts {
  /** By column, ascending rows. */
  readonly down: ReadonlyMap<number, readonly number[]>
  /** By column, ascending rows: pixels that are cut off from those in the column before. */
  readonly across: ReadonlyMap<number, readonly number[]>
}

function cutsOf(line: readonly Point[], window: PixelWindow): Cuts {
  const found = { down: new Map<number, number[]>(), across: new Map<number, number[]>() }
  crossPixelEdges(line, window, (direction, column, row) => {
    const rows = found[direction].get(column)
    if (rows === undefined) found[direction].set(column, [row])
    else rows.push(row)
  })
  const ascending = (rows: number[]) => [...new Set(rows)].sort((a, b) => a - b)
  const sorted = (cuts: Map<number, number[]>) =>
    new Map([...cuts].map(([column, rows]) => [column, ascending(rows)] as const))
  return { down: sorted(found.down), across: sorted(found.across) }
}

/** @returns `source`: [runs], the run of the whole mask that each came from */
function cutColumns(whole: ColumnRuns, { down }: Cuts): { columns: ColumnRuns; source: number[] } {
  const { height, width } = whole
  const firstRun = new Int32Array(width + 1)
  const ends: number[] = []
  const source: number[] = []
  for (let column = 0; column < width; column++) {
    const rows = down.get(column) ?? []
    let next = 0
    for (let run = whole.firstRun[column]; run < whole.firstRun[column + 1]; run++) {
      let top = whole.ends[2 * run]
      const bottom = whole.ends[2 * run + 1]
      while (next < rows.length && rows[next] < bottom) {
        if (rows[next] > top) {
          ends.push(top, rows[next])
          source.push(run)
          top = rows[next]
        }
        next++
      }
      ends.push(top, bottom)
      source.push(run)
    }
    firstRun[column + 1] = source.length
  }
  return { columns: { height, width, firstRun, ends: Int32Array.from(ends) }, source }
}

/** Runs beside each other stay together when one of their common sides is not cut. */
function uniteUncut(columns: ColumnRuns, { across }: Cuts): DisjointSets {
  const pieces = new DisjointSets(columns.ends.length / 2)
  eachContact(columns, (a, b, column, top, bottom) => {
    if (column === null) return
    const cut = across.get(column)?.filter((row) => row >= top && row < bottom).length ?? 0
    if (cut < bottom - top) pieces.unite(a, b)
  })
  return pieces
}

/**
 * Every stretch along which two runs touch: of neighbouring columns with the right one's column and
 * the common rows, of one column with null and one row.
 */
function eachContact(
  { width, firstRun, ends }: ColumnRuns,
  visit: (a: number, b: number, column: number | null, top: number, bottom: number) => void,
): void {
  for (let column = 0; column < width; column++) {
    for (let run = firstRun[column] + 1; run < firstRun[column + 1]; run++) {
      if (ends[2 * run - 1] === ends[2 * run]) visit(run - 1, run, null, 0, 1)
    }
    if (column === 0) continue
    let a = firstRun[column - 1]
    let b = firstRun[column]
    while (a < firstRun[column] && b < firstRun[column + 1]) {
      const top = Math.max(ends[2 * a], ends[2 * b])
      const bottom = Math.min(ends[2 * a + 1], ends[2 * b + 1])
      if (top < bottom) visit(a, b, column, top, bottom)
      if (ends[2 * a + 1] < ends[2 * b + 1]) a++
      else b++
    }
  }
}

function sweepCrumbs(columns: ColumnRuns, pieces: DisjointSets, parts: Int32Array): void {
  const areaOfPiece = new Map<number, number>()
  const areaOfPart = new Map<number, number>()
  const partOfPiece = new Map<number, number>()
  const grow = (areas: Map<number, number>, key: number, by: number) =>
    areas.set(key, (areas.get(key) ?? 0) + by)
  parts.forEach((part, run) => {
    const piece = pieces.find(run)
    const area = columns.ends[2 * run + 1] - columns.ends[2 * run]
    grow(areaOfPiece, piece, area)
    grow(areaOfPart, part, area)
    partOfPiece.set(piece, part)
  })
  const isCrumb = (piece: number) => {
    const area = areaOfPiece.get(piece) ?? 0
    const ofPart = areaOfPart.get(partOfPiece.get(piece) ?? -1) ?? 0
    return area < Math.min(CRUMB_PX, CRUMB_SHARE * ofPart)
  }
  const crumbs = [...areaOfPiece.keys()].filter(isCrumb)
  if (crumbs.length === 0) return
  const sides = new Map(crumbs.map((crumb) => [crumb, new Map<number, number>()]))
  eachContact(columns, (a, b, _, top, bottom) => {
    const [pieceA, pieceB] = [pieces.find(a), pieces.find(b)]
    if (pieceA === pieceB) return
    const [sidesA, sidesB] = [sides.get(pieceA), sides.get(pieceB)]
    if (sidesA !== undefined) grow(sidesA, pieceB, bottom - top)
    if (sidesB !== undefined) grow(sidesB, pieceA, bottom - top)
  })
  for (const [crumb, neighbours] of sides) {
    const [most] = [...neighbours].sort((a, b) => b[1] - a[1])
    pieces.unite(crumb, most[0])
  }
}
