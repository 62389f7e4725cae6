import type { Point } from '../point.ts'

/**
 * Where a polyline passes between the centres of neighbouring pixels.
 *
 * A centre that lies exactly on the line is taken as a little below, and much less than that to the
 * right, so that every centre is on one side of every segment and a line that no path can avoid
 * leaves no gap. (Simulation of simplicity: Edelsbrunner and Mücke, ACM ToG 9(1), 1990.)
 */
export interface PixelGrid {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * @param between is told once for every crossing: of `down` between (column, row - 1) and
 *   (column, row), of `across` between (column - 1, row) and (column, row); both are in the grid
 */
export function crossPixelEdges(
  line: readonly Point[],
  grid: PixelGrid,
  between: (direction: 'down' | 'across', column: number, row: number) => void,
): void {
  for (let i = 1; i < line.length; i++) {
    crossDown(line[i - 1], line[i], grid, between)
    crossAcross(line[i - 1], line[i], grid, between)
  }
}

type Between = Parameters<typeof crossPixelEdges>[2]

function crossDown(a: Point, b: Point, grid: PixelGrid, between: Between): void {
  const { left, top, width, height } = grid
  // Centres at a's or b's own abscissa are right of it, so each is met by one of two segments.
  const first = Math.max(left, Math.ceil(Math.min(a.x, b.x) - 0.5))
  const last = Math.min(left + width, Math.ceil(Math.max(a.x, b.x) - 0.5)) - 1
  for (let column = first; column <= last; column++) {
    const x = column + 0.5
    const isBelow = (row: number) => sideOf(a, b, x, row + 0.5) === b.x > a.x
    let row = Math.ceil(a.y + ((x - a.x) * (b.y - a.y)) / (b.x - a.x) - 0.5)
    while (isBelow(row - 1)) row--
    while (!isBelow(row)) row++
    if (row > top && row < top + height) between('down', column, row)
  }
}

function crossAcross(a: Point, b: Point, grid: PixelGrid, between: Between): void {
  const { left, top, width, height } = grid
  const first = Math.max(top, Math.ceil(Math.min(a.y, b.y) - 0.5))
  const last = Math.min(top + height, Math.ceil(Math.max(a.y, b.y) - 0.5)) - 1
  for (let row = first; row <= last; row++) {
    const y = row + 0.5
    const isRight = (column: number) => sideOf(a, b, column + 0.5, y) !== b.y > a.y
    let column = Math.ceil(a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y) - 0.5)
    while (isRight(column - 1)) column--
    while (!isRight(column)) column++
    if (column > left && column < left + width) between('across', column, row)
  }
}

/** Whether a centre is on the right hand of someone who walks from a to b (y down). */
function sideOf(a: Point, b: Point, x: number, y: number): boolean {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const cross = dx * (y - a.y) - dy * (x - a.x)
  if (cross !== 0) return cross > 0
  return dx !== 0 ? dx > 0 : dy < 0
}

/** Whether the segment between two points meets the line. */
export function crossesLine(line: readonly Point[], p: Point, q: Point): boolean {
  return line.some((b, i) => {
    if (i === 0) return false
    const a = line[i - 1]
    return (
      sideOf(a, b, p.x, p.y) !== sideOf(a, b, q.x, q.y) &&
      sideOf(p, q, a.x, a.y) !== sideOf(p, q, b.x, b.y)
    )
  })
}
