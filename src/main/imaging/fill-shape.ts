import type { RgbImage } from '#main/vision/rgb-image.ts'
import type { Rgb } from './colour.ts'

/** Closed lines [x, y, x, y, ...] in pixels, y down; the shape is what they wind around. */
export type Shape = readonly (readonly number[])[]

/** How much of each pixel a shape covers, of a rectangle that lies anywhere, also beyond the picture. */
export interface Coverage {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Uint8Array // [height, width] 0..255 */
  readonly alpha: Uint8Array
}

/**
 * The exact share of every pixel that lies within the shape (non-zero rule for rings that turn one
 * way; a ring that turns the other way cuts a hole).
 *
 * Each edge adds its signed area to the cells that it passes, and a running sum along the row makes
 * coverage of it: the method of Raph Levien's font-rs.
 */
export function coverageOf(shape: Shape): Coverage {
  const [left, top, right, bottom] = boundsOf(shape)
  const x = Math.floor(left)
  const y = Math.floor(top)
  const width = Math.max(0, Math.ceil(right) - x)
  const height = Math.max(0, Math.ceil(bottom) - y)
  // An edge on the right border still touches the cell behind it.
  const stride = width + 2
  const areas = new Float32Array(stride * height)
  for (const ring of shape) {
    for (let i = 0; i < ring.length; i += 2) {
      const next = (i + 2) % ring.length
      addEdge(areas, stride, [ring[i] - x, ring[i + 1] - y, ring[next] - x, ring[next + 1] - y])
    }
  }
  const alpha = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    let sum = 0
    for (let column = 0; column < width; column++) {
      sum += areas[row * stride + column]
      alpha[row * width + column] = Math.round(Math.min(1, Math.abs(sum)) * 255)
    }
  }
  return { x, y, width, height, alpha }
}

function boundsOf(shape: Shape): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const ring of shape) {
    for (let i = 0; i < ring.length; i += 2) {
      left = Math.min(left, ring[i])
      right = Math.max(right, ring[i])
      top = Math.min(top, ring[i + 1])
      bottom = Math.max(bottom, ring[i + 1])
    }
  }
  return left > right ? [0, 0, 0, 0] : [left, top, right, bottom]
}

function addEdge(
  areas: Float32Array,
  stride: number,
  [fromX, fromY, toX, toY]: [number, number, number, number],
): void {
  if (fromY === toY) return
  const direction = fromY < toY ? 1 : -1
  const [topX, topY, bottomX, bottomY] =
    fromY < toY ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY]
  const slope = (bottomX - topX) / (bottomY - topY)
  let x = topX
  for (let row = Math.floor(topY); row < Math.ceil(bottomY); row++) {
    const rise = Math.min(row + 1, bottomY) - Math.max(row, topY)
    const nextX = x + slope * rise
    addSpan(areas, row * stride, Math.min(x, nextX), Math.max(x, nextX), direction * rise)
    x = nextX
  }
}

/** The part of an edge within one row: from x `left` to `right`, `rise` high (signed). */
function addSpan(
  areas: Float32Array,
  start: number,
  left: number,
  right: number,
  rise: number,
): void {
  const first = Math.floor(left)
  const end = Math.ceil(right)
  if (end <= first + 1) {
    const beyond = rise * ((left + right) / 2 - first)
    areas[start + first] += rise - beyond
    areas[start + first + 1] += beyond
    return
  }
  // Coverage of each cell is the area right of the edge in it; the sum takes the differences.
  let covered = 0
  for (let cell = first; cell < end; cell++) {
    const from = Math.max(left, cell)
    const to = Math.min(right, cell + 1)
    const before = (from - left) / (right - left)
    const after = (to - left) / (right - left)
    const share = ((before + after) / 2) * (to - from) + (cell + 1 - to) * after
    areas[start + cell] += rise * (share - covered)
    covered = share
  }
  areas[start + end] += rise * (1 - covered)
}

/** Lay a colour on the picture where it is covered; what lies beyond the picture is left out. */
export function paintCoverage(
  picture: RgbImage,
  { x, y, width, height, alpha }: Coverage,
  colour: Rgb,
  opacity = 1,
): void {
  const firstColumn = Math.max(0, -x)
  const lastColumn = Math.min(width, picture.width - x)
  for (let row = Math.max(0, -y); row < Math.min(height, picture.height - y); row++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      const covered = alpha[row * width + column]
      if (covered === 0) continue
      blendPixel(
        picture.rgb,
        ((y + row) * picture.width + x + column) * 3,
        colour,
        (covered / 255) * opacity,
      )
    }
  }
}

/** Rounded to the nearest value of each channel. */
export function blendPixel(rgb: Uint8Array, at: number, colour: Rgb, opacity: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const below = rgb[at + channel]
    rgb[at + channel] = Math.round(below + (colour[channel] - below) * opacity)
  }
}

const QUARTER_STEPS = 8

/** A rectangle with round corners. */
export function roundedRectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): Shape {
  const round = Math.min(radius, width / 2, height / 2)
  const centres = [
    [x + width - round, y + round],
    [x + width - round, y + height - round],
    [x + round, y + height - round],
    [x + round, y + round],
  ]
  const ring = centres.flatMap(([centreX, centreY], corner) =>
    Array.from({ length: QUARTER_STEPS + 1 }, (_, step) => {
      const angle = (corner - 1 + step / QUARTER_STEPS) * (Math.PI / 2)
      return [centreX + round * Math.cos(angle), centreY + round * Math.sin(angle)]
    }).flat(),
  )
  return [ring]
}
