import { ColumnRunWriter } from '../column-runs.ts'
import { GeometryError } from '../geometry-error.ts'
import { assertPoint } from '../point.ts'
import type { Point } from '../point.ts'
import type { Rle } from '../rle.ts'
import { assertMaskSize } from '../size.ts'
import type { Size } from '../size.ts'

/** A square brush stands upright; its side is the diameter. */
export interface Brush {
  readonly shape: 'round' | 'square'
  /** In image pixels, 1 to MAX_BRUSH_DIAMETER; need not be whole. */
  readonly diameterPx: number
}

export type { Point }

export const MAX_BRUSH_DIAMETER = 16_384

/**
 * What a brush paints that is drawn along the points: the pixels whose centre is under the brush at
 * some place of the line, its rim included, and those that a point lies in, which a brush of one
 * pixel would else miss between the centres. One point is one stamp; none paint nothing. What is
 * beyond the image is cut off.
 * @throws GeometryError BRUSH_INVALID, POINT_INVALID, MASK_SIZE_INVALID
 */
export function strokeMask(points: readonly Point[], brush: Brush, size: Size): Rle {
  const stroke = new StrokeBuilder(brush, size)
  for (const point of points) stroke.add(point)
  return stroke.mask()
}

/** A stroke while it is drawn: a point costs the columns that it adds, not what was drawn before. */
export class StrokeBuilder {
  readonly #brush: Brush
  readonly #size: Size
  readonly #spans: ColumnSpans
  #last: Point | null = null

  /** @throws GeometryError BRUSH_INVALID, MASK_SIZE_INVALID */
  constructor(brush: Brush, size: Size) {
    assertMaskSize(size)
    if (!(brush.diameterPx >= 1 && brush.diameterPx <= MAX_BRUSH_DIAMETER)) {
      throw new GeometryError(
        'BRUSH_INVALID',
        `A brush of ${brush.diameterPx} pixels is none: it has 1 to ${MAX_BRUSH_DIAMETER}.`,
      )
    }
    this.#brush = brush
    this.#size = size
    this.#spans = new ColumnSpans(size)
  }

  /**
   * Draws the line from the point before.
   * @throws GeometryError POINT_INVALID
   */
  add(point: Point): void {
    assertPoint(point)
    const row = Math.floor(point.y)
    this.#spans.add(Math.floor(point.x), row, row)
    sweep(this.#brush, this.#last ?? point, point, this.#size, this.#spans)
    this.#last = point
  }

  /** What is painted so far. */
  mask(): Rle {
    return this.#spans.toMask()
  }
}

/** One stretch of a stroke and, of a column of pixel centres, the part near which it is painted. */
interface Sweep {
  /** A convex shape, so that the rows it covers in a column are without gaps. */
  covers(x: number, y: number): boolean
  /** To within rounding, as ordinates; null where the column is not reached. */
  reach(x: number): readonly [top: number, bottom: number] | null
}

function sweep(brush: Brush, from: Point, to: Point, size: Size, spans: ColumnSpans): void {
  const half = brush.diameterPx / 2
  const shape = brush.shape === 'round' ? sweptDisc(from, to, half) : sweptSquare(from, to, half)
  const first = Math.max(0, Math.floor(Math.min(from.x, to.x) - half - 0.5))
  const last = Math.min(size.width - 1, Math.ceil(Math.max(from.x, to.x) + half - 0.5))
  for (let column = first; column <= last; column++) {
    const x = column + 0.5
    const reach = shape.reach(x)
    if (reach === null) continue
    // One row more at both ends: which of them are covered is for `covers`, which does not round.
    let top = Math.max(0, Math.ceil(reach[0] - 0.5) - 1)
    let bottom = Math.min(size.height - 1, Math.floor(reach[1] - 0.5) + 1)
    while (top <= bottom && !shape.covers(x, top + 0.5)) top++
    while (top <= bottom && !shape.covers(x, bottom + 0.5)) bottom--
    spans.add(column, top, bottom)
  }
}

/** The places within `radius` of a segment. */
function sweptDisc(a: Point, b: Point, radius: number): Sweep {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const squaredLength = dx * dx + dy * dy
  const length = Math.sqrt(squaredLength)
  const covers = (x: number, y: number) => {
    const along = (x - a.x) * dx + (y - a.y) * dy
    if (along <= 0 || squaredLength === 0) return isWithin(x - a.x, y - a.y, radius)
    if (along >= squaredLength) return isWithin(x - b.x, y - b.y, radius)
    const across = (x - a.x) * dy - (y - a.y) * dx
    return across * across <= radius * radius * squaredLength
  }
  const reach = (x: number) => {
    let top = Infinity
    let bottom = -Infinity
    for (const end of [a, b]) {
      // A little wider than it is: a rim that only touches the column must not be lost in rounding.
      const height = Math.sqrt(Math.max(0, radius * radius - (x - end.x) ** 2))
      if (Math.abs(x - end.x) > radius + 1e-6) continue
      top = Math.min(top, end.y - height)
      bottom = Math.max(bottom, end.y + height)
    }
    // The straight sides: where the column meets the lines beside the segment.
    if (dx !== 0) {
      for (const side of [-1, 1]) {
        const offsetX = (-dy / length) * radius * side
        const t = (x - a.x - offsetX) / dx
        if (t < 0 || t > 1) continue
        const y = a.y + t * dy + (dx / length) * radius * side
        top = Math.min(top, y)
        bottom = Math.max(bottom, y)
      }
    }
    return top <= bottom ? ([top, bottom] as const) : null
  }
  return { covers, reach }
}

function isWithin(dx: number, dy: number, radius: number): boolean {
  return dx * dx + dy * dy <= radius * radius
}

/** The places under an upright square, of side 2 * half, whose centre is on a segment. */
function sweptSquare(a: Point, b: Point, half: number): Sweep {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const left = Math.min(a.x, b.x) - half
  const right = Math.max(a.x, b.x) + half
  const top = Math.min(a.y, b.y) - half
  const bottom = Math.max(a.y, b.y) + half
  const halfAcross = half * (Math.abs(dx) + Math.abs(dy))
  // The shape is a hexagon: it ends at its box and at the two lines along the segment.
  const covers = (x: number, y: number) =>
    x >= left &&
    x <= right &&
    y >= top &&
    y <= bottom &&
    Math.abs((x - a.x) * dy - (y - a.y) * dx) <= halfAcross
  const reach = (x: number) => {
    if (dx === 0) return [top, bottom] as const
    const middle = a.y + ((x - a.x) * dy) / dx
    const reachAcross = halfAcross / Math.abs(dx)
    return [Math.max(top, middle - reachAcross), Math.min(bottom, middle + reachAcross)] as const
  }
  return { covers, reach }
}

/**
 * Spans of rows by column. What is painted next mostly overlaps what was painted last in a column,
 * so one span is kept open there and few are left to be sorted.
 */
class ColumnSpans {
  readonly #size: Size
  /** Int32Array // [width] of the open spans; an empty one has its top below its bottom */
  readonly #top: Int32Array
  readonly #bottom: Int32Array
  readonly #closed = new Map<number, [top: number, bottom: number][]>()
  #first: number
  #last = -1

  constructor(size: Size) {
    this.#size = size
    this.#top = new Int32Array(size.width)
    this.#bottom = new Int32Array(size.width).fill(-1)
    this.#first = size.width
  }

  /** Rows `top` to `bottom`, both included; of what is outside nothing is kept. */
  add(column: number, top: number, bottom: number): void {
    const { height, width } = this.#size
    const from = Math.max(0, top)
    const to = Math.min(height - 1, bottom)
    if (from > to || column < 0 || column >= width) return
    this.#first = Math.min(this.#first, column)
    this.#last = Math.max(this.#last, column)
    const openTop = this.#top[column]
    const openBottom = this.#bottom[column]
    const isOpen = openTop <= openBottom
    if (isOpen && from <= openBottom + 1 && to >= openTop - 1) {
      this.#top[column] = Math.min(openTop, from)
      this.#bottom[column] = Math.max(openBottom, to)
      return
    }
    if (isOpen) {
      const closed = this.#closed.get(column)
      if (closed === undefined) this.#closed.set(column, [[openTop, openBottom]])
      else closed.push([openTop, openBottom])
    }
    this.#top[column] = from
    this.#bottom[column] = to
  }

  toMask(): Rle {
    const writer = new ColumnRunWriter(this.#size)
    for (let column = this.#first; column <= this.#last; column++) {
      const open: [number, number] = [this.#top[column], this.#bottom[column]]
      const spans = [...(this.#closed.get(column) ?? []), open].sort((a, b) => a[0] - b[0])
      for (const [top, bottom] of spans) writer.add(column, top, bottom + 1)
    }
    return writer.finish()
  }
}
