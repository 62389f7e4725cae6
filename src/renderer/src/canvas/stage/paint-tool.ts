import type { Box } from '#shared/geometry/box.ts'
import type { Ring } from '#shared/geometry/contours.ts'
import type { VertexRef } from '#shared/geometry/edit/polygon-edit.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Point } from '../canvas-content.ts'
import type { Line } from '../tools/gesture.ts'
import type { PreviewShape } from '../tools/preview.ts'
import { imageToScreen } from '../view-transform.ts'
import { paintSweep } from './paint-stage.ts'
import type { View } from '../view-transform.ts'

export interface BrushLook {
  readonly shape: 'round' | 'square'
  /** Image pixels. */
  readonly diameterPx: number
}

/** How what a tool draws looks. */
export interface ToolLook {
  /** #rrggbb, of the class that it will be. */
  readonly colour: string
  readonly brush: BrushLook
}

export const PLAIN_LOOK: ToolLook = {
  colour: '#7ab0ff',
  brush: { shape: 'round', diameterPx: 24 },
}

/** Shapes of one gesture with the look that it was made with. */
export interface ToolPicture {
  readonly shapes: readonly PreviewShape[]
  readonly look: ToolLook
}

export interface ToolScene {
  /** On whole device pixels. */
  readonly view: View
  readonly viewport: Size
  readonly pixelRatio: number
  readonly pictures: readonly ToolPicture[]
}

const LINE_PX = 1.75
const HALO_PX = 3.75
const HALO = 'rgb(255 255 255 / 0.9)'
const DARK = 'rgb(16 17 20 / 0.85)'
/** What is erased is veiled, so that it can be told from what is painted in any colour. */
const ERASED = 'rgb(255 255 255 / 0.6)'
const POINT_PX = 4
/** Of a frame: how far it is from what it is around, and how long its corners are. */
const FRAME_GAP_PX = 5
const FRAME_ARM_PX = 18
/** Where the corners are seen one by one; more are shown as the line alone. */
const MAX_HANDLES = 4000

/** Paints what a tool shows, over all that the stage shows: lines of the screen, not of the image. */
export function paintTool(
  context: CanvasRenderingContext2D,
  { view, viewport, pixelRatio, pictures }: ToolScene,
): void {
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0)
  context.clearRect(0, 0, viewport.width, viewport.height)
  context.lineJoin = 'round'
  for (const { shapes, look } of pictures) {
    for (const shape of shapes) new ShapePainter(context, view, look).paint(shape)
  }
}

class ShapePainter {
  readonly #context: CanvasRenderingContext2D
  readonly #view: View
  readonly #look: ToolLook

  constructor(context: CanvasRenderingContext2D, view: View, look: ToolLook) {
    this.#context = context
    this.#view = view
    this.#look = look
  }

  paint(shape: PreviewShape): void {
    switch (shape.kind) {
      case 'stroke':
        return this.#stroke(shape.line, shape.isErasing)
      case 'brush':
        return this.#brush(shape.at)
      case 'polygon':
        return this.#polygon(shape.points, shape.next, shape.isClosing)
      case 'box':
        return this.#box(shape.box)
      case 'frame':
        return this.#frame(shape.box)
      case 'sweep':
        return this.#sweep(shape.box)
      case 'cut':
        return this.#cut(shape.line)
      case 'points':
        for (const point of shape.points) {
          this.#dot(this.#at(point), POINT_PX + 1, point.isPositive ? '#1f9d55' : '#d64535')
        }
        return
      case 'vertices':
        return this.#vertices(shape)
      case 'moved':
        return this.#moved(shape)
      case 'rings':
        return this.#rings(shape.rings)
    }
  }

  #at(point: Point): Point {
    return imageToScreen(this.#view, point)
  }

  #trace(line: Line): void {
    const { scale, x, y } = this.#view
    this.#context.moveTo(line[0] * scale + x, line[1] * scale + y)
    for (let i = 2; i < line.length; i += 2) {
      this.#context.lineTo(line[i] * scale + x, line[i + 1] * scale + y)
    }
  }

  /** Light under the colour: it is seen on every picture. */
  #lined(colour: string): void {
    const context = this.#context
    context.lineWidth = HALO_PX
    context.strokeStyle = HALO
    context.stroke()
    context.lineWidth = LINE_PX
    context.strokeStyle = colour
    context.stroke()
  }

  #stroke(line: Line, isErasing: boolean): void {
    const context = this.#context
    const { shape, diameterPx } = this.#look.brush
    const colour = isErasing ? ERASED : translucent(this.#look.colour, 0.6)
    context.beginPath()
    if (shape === 'square') {
      this.#traceSquares(line, (diameterPx / 2) * this.#view.scale)
      context.fillStyle = colour
      context.fill('nonzero')
      return
    }
    this.#trace(line)
    // A stroke of one point is a dot, which a path without length would not draw.
    if (line.length === 2) this.#trace([...line, line[0], line[1] + 1e-3])
    context.lineCap = 'round'
    context.lineWidth = Math.max(1, diameterPx * this.#view.scale)
    context.strokeStyle = colour
    context.stroke()
    context.lineCap = 'butt'
  }

  /** What a square covers on its way: for each step the hull of its first and its last place. */
  #traceSquares(line: Line, half: number): void {
    for (let i = 0; i < line.length; i += 2) {
      const from = this.#at({ x: line[Math.max(0, i - 2)], y: line[Math.max(0, i - 1)] })
      const to = this.#at({ x: line[i], y: line[i + 1] })
      const hull = hullOfSquares(i === 0 ? to : from, to, half)
      this.#context.moveTo(hull[0].x, hull[0].y)
      for (const { x, y } of hull.slice(1)) this.#context.lineTo(x, y)
      this.#context.closePath()
    }
  }

  #brush(at: Point): void {
    const context = this.#context
    const { shape, diameterPx } = this.#look.brush
    const { x, y } = this.#at(at)
    const half = Math.max(1, (diameterPx / 2) * this.#view.scale)
    for (const [width, colour] of [
      [2.5, DARK],
      [1, '#ffffff'],
    ] as const) {
      context.beginPath()
      if (shape === 'square') context.rect(x - half, y - half, 2 * half, 2 * half)
      else context.arc(x, y, half, 0, 2 * Math.PI)
      context.lineWidth = width
      context.strokeStyle = colour
      context.stroke()
    }
  }

  #polygon(points: Line, next: Point | null, isClosing: boolean): void {
    const context = this.#context
    const whole = next === null || isClosing ? points : [...points, next.x, next.y]
    context.beginPath()
    this.#trace(whole)
    context.fillStyle = translucent(this.#look.colour, 0.3)
    context.fill('evenodd')
    context.beginPath()
    this.#trace(points)
    if (isClosing) context.closePath()
    this.#lined(this.#look.colour)
    if (next !== null && !isClosing) {
      context.beginPath()
      this.#trace([...points.slice(-2), next.x, next.y])
      context.setLineDash([4, 4])
      this.#lined(this.#look.colour)
      context.setLineDash([])
    }
    const start = this.#at({ x: points[0], y: points[1] })
    this.#dot(start, isClosing ? POINT_PX + 3 : POINT_PX, this.#look.colour)
  }

  #box([x1, y1, x2, y2]: Box): void {
    const a = this.#at({ x: x1, y: y1 })
    const b = this.#at({ x: x2, y: y2 })
    this.#context.beginPath()
    this.#context.rect(a.x, a.y, b.x - a.x, b.y - a.y)
    this.#context.fillStyle = translucent(this.#look.colour, 0.25)
    this.#context.fill()
    this.#lined(this.#look.colour)
  }

  /** As in a view finder: so it is not taken for a box that somebody draws. */
  #frame([x1, y1, x2, y2]: Box): void {
    const context = this.#context
    const a = this.#at({ x: x1, y: y1 })
    const b = this.#at({ x: x2, y: y2 })
    const [left, top, right, bottom] = [a.x - FRAME_GAP_PX, a.y - FRAME_GAP_PX, b.x + FRAME_GAP_PX, b.y + FRAME_GAP_PX] // prettier-ignore
    const arm = Math.min(FRAME_ARM_PX, (right - left) / 3, (bottom - top) / 3)
    context.beginPath()
    for (const [x, inwardsX] of [
      [left, arm],
      [right, -arm],
    ]) {
      for (const [y, inwardsY] of [
        [top, arm],
        [bottom, -arm],
      ]) {
        context.moveTo(x + inwardsX, y)
        context.lineTo(x, y)
        context.lineTo(x, y + inwardsY)
      }
    }
    for (const [width, colour] of [
      [HALO_PX + 1, DARK],
      [LINE_PX + 0.75, '#ffffff'],
    ] as const) {
      context.lineWidth = width
      context.strokeStyle = colour
      context.stroke()
    }
  }

  #sweep([x1, y1, x2, y2]: Box): void {
    const a = this.#at({ x: x1, y: y1 })
    const b = this.#at({ x: x2, y: y2 })
    paintSweep(this.#context, [a.x, a.y, b.x, b.y])
  }

  #cut(line: Line): void {
    const context = this.#context
    context.beginPath()
    this.#trace(line)
    context.setLineDash([6, 4])
    context.lineWidth = HALO_PX
    context.strokeStyle = DARK
    context.stroke()
    context.lineWidth = LINE_PX
    context.strokeStyle = '#ffffff'
    context.stroke()
    context.setLineDash([])
  }

  #rings(rings: readonly Ring[]): void {
    const context = this.#context
    context.beginPath()
    for (const ring of rings) {
      this.#trace(ring)
      context.closePath()
    }
    context.fillStyle = translucent(this.#look.colour, 0.45)
    context.fill('evenodd')
    this.#lined(this.#look.colour)
  }

  #moved({ rings, by, size }: Extract<PreviewShape, { kind: 'moved' }>): void {
    const context = this.#context
    const { scale, x, y } = this.#view
    const there = { scale, x: x + by.x * scale, y: y + by.y * scale }
    context.save()
    context.beginPath()
    context.rect(x, y, size.width * scale, size.height * scale)
    context.clip()
    new ShapePainter(context, there, this.#look).#rings(rings)
    context.restore()
  }

  #vertices({ polygons, chosen, hovered }: Extract<PreviewShape, { kind: 'vertices' }>): void {
    const context = this.#context
    const rings = polygons.flatMap(({ outer, holes }) => [outer, ...holes])
    context.beginPath()
    for (const ring of rings) {
      this.#trace(ring)
      context.closePath()
    }
    this.#lined(this.#look.colour)
    const corners = rings.reduce((sum, ring) => sum + ring.length / 2, 0)
    if (corners > MAX_HANDLES) return
    const names = new Set(chosen.map(nameOf))
    polygons.forEach(({ outer, holes }, polygon) =>
      [outer, ...holes].forEach((points, ring) => {
        for (let vertex = 0; vertex < points.length / 2; vertex++) {
          const ref = { polygon, ring, vertex }
          const at = this.#at({ x: points[2 * vertex], y: points[2 * vertex + 1] })
          const isHovered = hovered !== null && nameOf(hovered) === nameOf(ref)
          this.#handle(at, names.has(nameOf(ref)), isHovered)
        }
      }),
    )
  }

  #handle({ x, y }: Point, isChosen: boolean, isHovered: boolean): void {
    const half = isHovered ? POINT_PX + 1 : POINT_PX - 0.5
    this.#context.fillStyle = isChosen ? '#1f62d6' : '#ffffff'
    this.#context.fillRect(x - half, y - half, 2 * half, 2 * half)
    this.#context.lineWidth = 1
    this.#context.strokeStyle = isChosen ? '#ffffff' : DARK
    this.#context.strokeRect(x - half, y - half, 2 * half, 2 * half)
  }

  #dot({ x, y }: Point, radius: number, colour: string): void {
    const context = this.#context
    context.beginPath()
    context.arc(x, y, radius, 0, 2 * Math.PI)
    context.fillStyle = colour
    context.fill()
    context.lineWidth = 1.5
    context.strokeStyle = '#ffffff'
    context.stroke()
  }
}

const nameOf = ({ polygon, ring, vertex }: VertexRef): string => `${polygon} ${ring} ${vertex}`

function translucent(colour: string, share: number): string {
  const byte = Math.round(share * 255)
  return colour + byte.toString(16).padStart(2, '0')
}

/** Clockwise on the screen, so that neighbouring hulls unite under the non-zero rule. */
function hullOfSquares(from: Point, to: Point, half: number): Point[] {
  const corner = ({ x, y }: Point, dx: number, dy: number): Point => ({
    x: x + dx * half,
    y: y + dy * half,
  })
  const isRight = to.x >= from.x
  const isDown = to.y >= from.y
  // Each corner of the hull is the one of the two squares that lies farther out.
  if (isRight === isDown) {
    const [first, last] = isRight ? [from, to] : [to, from]
    return [
      corner(first, -1, -1),
      corner(first, 1, -1),
      corner(last, 1, -1),
      corner(last, 1, 1),
      corner(last, -1, 1),
      corner(first, -1, 1),
    ]
  }
  const [left, right] = isRight ? [from, to] : [to, from]
  return [
    corner(left, -1, -1),
    corner(right, -1, -1),
    corner(right, 1, -1),
    corner(right, 1, 1),
    corner(left, 1, 1),
    corner(left, -1, 1),
  ]
}
