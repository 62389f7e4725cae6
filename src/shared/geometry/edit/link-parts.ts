import type { ColumnRuns } from '../column-runs.ts'
import type { DisjointSets } from '../disjoint-sets.ts'
import type { Point } from '../point.ts'
import { crossesLine } from './line-crossings.ts'

/** What a line left together of one part of a mask, with the box around it. */
interface Piece {
  readonly runs: { readonly column: number; readonly top: number; readonly bottom: number }[]
  readonly part: number
  readonly name: number
  left: number
  right: number
  top: number
  bottom: number
}

interface Link {
  readonly from: Piece
  readonly to: Piece
  readonly isCrossed: boolean
  readonly squaredDistance: number
}

/**
 * Unites pieces of different parts, so that parts keep together that no line divides: the parts are
 * joined to a tree by their shortest links, links that the line does not cross before all others
 * (Prim's algorithm), and what a link of the tree joins that is not crossed stays together. As each
 * link leads to a part that had none, no two pieces of one part find together again through others.
 *
 * @param parts Int32Array // [runs] the part of the undivided mask that each run is of
 */
export function linkParts(
  columns: ColumnRuns,
  pieces: DisjointSets,
  parts: Int32Array,
  line: readonly Point[],
): void {
  const piecesOfPart = gatherPieces(columns, pieces, parts)
  const [first, ...others] = piecesOfPart.values()
  const best = new Map<Piece[], Link>()
  let newest = first
  const waiting = new Set(others)
  while (waiting.size > 0) {
    for (const part of waiting) {
      const link = shortestLink(newest, part, best.get(part), line)
      if (link !== undefined) best.set(part, link)
    }
    let nearest: [Piece[], Link] | undefined
    for (const part of waiting) {
      const link = best.get(part)
      if (link !== undefined && isShorter(link, nearest?.[1])) nearest = [part, link]
    }
    if (nearest === undefined) return
    const [part, { from, to, isCrossed }] = nearest
    if (!isCrossed) pieces.unite(from.name, to.name)
    waiting.delete(part)
    newest = part
  }
}

function gatherPieces(
  { width, firstRun, ends }: ColumnRuns,
  pieces: DisjointSets,
  parts: Int32Array,
): Map<number, Piece[]> {
  const byName = new Map<number, Piece>()
  const byPart = new Map<number, Piece[]>()
  for (let column = 0; column < width; column++) {
    for (let run = firstRun[column]; run < firstRun[column + 1]; run++) {
      const name = pieces.find(run)
      const [top, bottom] = [ends[2 * run], ends[2 * run + 1]]
      const piece = byName.get(name)
      if (piece === undefined) {
        const runs = [{ column, top, bottom }]
        const made = { runs, part: parts[run], name, left: column, right: column, top, bottom }
        byName.set(name, made)
        byPart.set(made.part, [...(byPart.get(made.part) ?? []), made])
      } else {
        piece.runs.push({ column, top, bottom })
        piece.right = column
        piece.top = Math.min(piece.top, top)
        piece.bottom = Math.max(piece.bottom, bottom)
      }
    }
  }
  return byPart
}

function isShorter(a: Link, b: Link | undefined): boolean {
  if (b === undefined) return true
  return a.isCrossed === b.isCrossed ? a.squaredDistance < b.squaredDistance : b.isCrossed
}

function shortestLink(
  fromPart: readonly Piece[],
  toPart: readonly Piece[],
  known: Link | undefined,
  line: readonly Point[],
): Link | undefined {
  let best = known
  for (const from of fromPart) {
    for (const to of toPart) {
      // A crossed link is beaten by any other; an uncrossed one by a nearer one only.
      const limit = best === undefined || best.isCrossed ? Infinity : best.squaredDistance
      if (squaredBoxDistance(from, to) >= limit) continue
      const [p, q] = nearestPixels(from, to)
      const squaredDistance = (p.x - q.x) ** 2 + (p.y - q.y) ** 2
      const link = { from, to, isCrossed: crossesLine(line, p, q), squaredDistance }
      if (isShorter(link, best)) best = link
    }
  }
  return best
}

function squaredBoxDistance(a: Piece, b: Piece): number {
  const dx = Math.max(0, a.left - b.right, b.left - a.right)
  const dy = Math.max(0, a.top - b.bottom + 1, b.top - a.bottom + 1)
  return dx * dx + dy * dy
}

/** Centres of the two pixels, one of each piece, that are nearest to each other. */
function nearestPixels(a: Piece, b: Piece): [Point, Point] {
  let best = Infinity
  let pair: [Point, Point] = [
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ]
  for (const p of a.runs) {
    for (const q of b.runs) {
      const dx = p.column - q.column
      if (dx * dx >= best) {
        // The runs come by column: from here on they are only farther to the right.
        if (dx < 0) break
        continue
      }
      const dy = Math.max(0, p.top - q.bottom + 1, q.top - p.bottom + 1)
      if (dx * dx + dy * dy >= best) continue
      best = dx * dx + dy * dy
      const row = Math.max(p.top, Math.min(p.bottom - 1, q.top))
      const other = Math.max(q.top, Math.min(q.bottom - 1, row))
      pair = [
        { x: p.column + 0.5, y: row + 0.5 },
        { x: q.column + 0.5, y: other + 0.5 },
      ]
    }
  }
  return pair
}
