import type { Brush } from '#shared/geometry/edit/brush.ts'
import type { Point } from '#shared/geometry/point.ts'
import type { Size } from '#shared/geometry/size.ts'
import { bitmapOf } from './random-masks.ts'
import type { Bitmap } from './random-masks.ts'

/** Mask operations by their definitions, pixel by pixel: what the quick ones are compared with. */

type Pixel = readonly [x: number, y: number]

export function isSet({ height, width, pixels }: Bitmap, x: number, y: number): boolean {
  return x >= 0 && x < width && y >= 0 && y < height && pixels[y * width + x] === 1
}

export function countSet({ pixels }: Bitmap): number {
  return pixels.reduce((sum, pixel) => sum + pixel, 0)
}

export function combine(
  a: Bitmap,
  b: Bitmap,
  keep: (inA: boolean, inB: boolean) => boolean,
): Bitmap {
  return bitmapOf(a, (x, y) => keep(isSet(a, x, y), isSet(b, x, y)))
}

export const unionOf = (a: Bitmap, b: Bitmap): Bitmap => combine(a, b, (inA, inB) => inA || inB)
export const differenceOf = (a: Bitmap, b: Bitmap): Bitmap =>
  combine(a, b, (inA, inB) => inA && !inB)
export const intersectionOf = (a: Bitmap, b: Bitmap): Bitmap =>
  combine(a, b, (inA, inB) => inA && inB)

export function moved(bitmap: Bitmap, by: Point): Bitmap {
  return bitmapOf(bitmap, (x, y) => isSet(bitmap, x - by.x, y - by.y))
}

function discOf(radius: number): Pixel[] {
  const reach = Math.floor(radius)
  const disc: Pixel[] = []
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      if (x * x + y * y <= radius * radius) disc.push([x, y])
    }
  }
  return disc
}

export function grown(bitmap: Bitmap, radius: number): Bitmap {
  const disc = discOf(radius)
  return bitmapOf(bitmap, (x, y) => disc.some(([dx, dy]) => isSet(bitmap, x + dx, y + dy)))
}

export function shrunk(bitmap: Bitmap, radius: number): Bitmap {
  const { height, width } = bitmap
  const disc = discOf(radius)
  return bitmapOf(bitmap, (x, y) =>
    disc.every(([dx, dy]) => {
      const isOutside = x + dx < 0 || y + dy < 0 || x + dx >= width || y + dy >= height
      return isOutside || isSet(bitmap, x + dx, y + dy)
    }),
  )
}

export function smoothed(bitmap: Bitmap, radius: number): Bitmap {
  const { height, width } = bitmap
  const disc = discOf(radius)
  const majority = bitmapOf(bitmap, (x, y) => {
    const seen = disc.filter(
      ([dx, dy]) => x + dx >= 0 && y + dy >= 0 && x + dx < width && y + dy < height,
    )
    const set = seen.filter(([dx, dy]) => isSet(bitmap, x + dx, y + dy)).length
    return 2 * set > seen.length || (2 * set === seen.length && isSet(bitmap, x, y))
  })
  return partsOfBitmap(bitmap)
    .filter((part) => countSet(intersectionOf(part, majority)) === 0)
    .reduce(unionOf, majority)
}

const SIDES: Pixel[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
]
const CORNERS: Pixel[] = [
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
]

/** Flooded one after another, in the order of columns and then rows; the largest first. */
function flood(
  bitmap: Bitmap,
  neighbours: readonly Pixel[],
  isJoined: (a: Pixel, b: Pixel) => boolean,
): Bitmap[] {
  const { height, width } = bitmap
  const label = new Int32Array(height * width).fill(-1)
  let labels = 0
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (!isSet(bitmap, x, y) || label[y * width + x] >= 0) continue
      const stack: Pixel[] = [[x, y]]
      label[y * width + x] = labels
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        for (const [dx, dy] of neighbours) {
          const to: Pixel = [at[0] + dx, at[1] + dy]
          if (!isSet(bitmap, ...to) || label[to[1] * width + to[0]] >= 0) continue
          if (!isJoined(at, to)) continue
          label[to[1] * width + to[0]] = labels
          stack.push(to)
        }
      }
      labels++
    }
  }
  return Array.from({ length: labels }, (_, one) =>
    bitmapOf(bitmap, (x, y) => label[y * width + x] === one),
  ).sort((a, b) => countSet(b) - countSet(a))
}

export function partsOfBitmap(bitmap: Bitmap): Bitmap[] {
  return flood(bitmap, SIDES, () => true)
}

export function holesOfBitmap(bitmap: Bitmap): Bitmap[] {
  const { height, width } = bitmap
  const unset = bitmapOf(bitmap, (x, y) => !isSet(bitmap, x, y))
  return flood(unset, [...SIDES, ...CORNERS], () => true).filter((part) =>
    Array.from({ length: height * width }, (_, i) => [i % width, Math.floor(i / width)]).every(
      ([x, y]) => !isSet(part, x, y) || (x > 0 && y > 0 && x < width - 1 && y < height - 1),
    ),
  )
}

export function filled(bitmap: Bitmap): Bitmap {
  return holesOfBitmap(bitmap).reduce(unionOf, bitmap)
}

/** The parts that are left when no two pixels are neighbours between whose centres the line goes. */
export function cutByLine(bitmap: Bitmap, line: readonly Point[]): Bitmap[] {
  const centre = ([x, y]: Pixel): Point => ({ x: x + 0.5, y: y + 0.5 })
  return flood(
    bitmap,
    SIDES,
    (a, b) => !line.some((to, i) => i > 0 && doMeet(line[i - 1], to, centre(a), centre(b))),
  )
}

/** By solving for the common point; for lines in general position. */
function doMeet(a: Point, b: Point, p: Point, q: Point): boolean {
  const determinant = (b.x - a.x) * (p.y - q.y) - (b.y - a.y) * (p.x - q.x)
  const s = ((p.x - a.x) * (p.y - q.y) - (p.y - a.y) * (p.x - q.x)) / determinant
  const t = ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) / determinant
  return s >= 0 && s <= 1 && t >= 0 && t <= 1
}

export function stroked(size: Bitmap, points: readonly Point[], brush: Brush): Bitmap {
  const half = brush.diameterPx / 2
  return bitmapOf(size, (x, y) => {
    const centre = { x: x + 0.5, y: y + 0.5 }
    return points.some((to, i) => {
      if (Math.floor(to.x) === x && Math.floor(to.y) === y) return true
      const from = points[Math.max(0, i - 1)]
      return brush.shape === 'round'
        ? isInCapsule(centre, from, to, half)
        : isUnderSquare(centre, from, to, half)
    })
  })
}

/** Without division, so that whole and half coordinates are compared without rounding. */
function isInCapsule(p: Point, a: Point, b: Point, radius: number): boolean {
  const [dx, dy, px, py] = [b.x - a.x, b.y - a.y, p.x - a.x, p.y - a.y]
  const isNear = (end: Point) => (p.x - end.x) ** 2 + (p.y - end.y) ** 2 <= radius ** 2
  const along = px * dx + py * dy
  const isBeside = along > 0 && along < dx * dx + dy * dy
  return (
    isNear(a) ||
    isNear(b) ||
    (isBeside && (px * dy - py * dx) ** 2 <= radius ** 2 * (dx * dx + dy * dy))
  )
}

/** Whether some place of the segment is within `half` in both coordinates. */
function isUnderSquare(p: Point, a: Point, b: Point, half: number): boolean {
  let low = 0
  let high = 1
  for (const axis of ['x', 'y'] as const) {
    const step = b[axis] - a[axis]
    const [first, last] = [p[axis] - half - a[axis], p[axis] + half - a[axis]]
    if (step === 0) {
      if (first > 0 || last < 0) return false
    } else {
      low = Math.max(low, Math.min(first / step, last / step))
      high = Math.min(high, Math.max(first / step, last / step))
    }
  }
  return low <= high
}

/** The rule of the COCO API with every step of the boundary walked and every pixel toggled. */
export function walkBoundary(polygon: readonly number[], { height, width }: Size): Uint8Array {
  const toggles = new Uint8Array(height * width + 1)
  const grid = polygon.map((value) => Math.trunc(5 * value + 0.5))
  const path: [u: number, v: number][] = []
  for (let i = 0; i < grid.length; i += 2) {
    const from = [grid[i], grid[i + 1]]
    const to = [grid[(i + 2) % grid.length], grid[(i + 3) % grid.length]]
    const spans = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])]
    const major = spans[0] >= spans[1] ? 0 : 1
    const isReversed = from[major] > to[major]
    const [start, end] = isReversed ? [to, from] : [from, to]
    const slope = (end[1 - major] - start[1 - major]) / spans[major]
    const points = Array.from({ length: spans[major] + 1 }, (_, step): [number, number] => {
      const along = start[major] + step
      const across = Math.trunc(start[1 - major] + (step === 0 ? 0 : slope * step) + 0.5)
      return major === 0 ? [along, across] : [across, along]
    })
    path.push(...(isReversed ? points.reverse() : points))
  }
  for (let i = 1; i < path.length; i++) {
    if (path[i][0] === path[i - 1][0]) continue
    const x = (Math.min(path[i][0], path[i - 1][0]) + 0.5) / 5 - 0.5
    if (!Number.isInteger(x) || x < 0 || x > width - 1) continue
    const y = (Math.min(path[i][1], path[i - 1][1]) + 0.5) / 5 - 0.5
    toggles[x * height + Math.ceil(Math.min(Math.max(y, 0), height))] ^= 1
  }
  const pixels = new Uint8Array(height * width)
  let value = 0
  for (let i = 0; i < height * width; i++) {
    value ^= toggles[i]
    pixels[(i % height) * width + Math.floor(i / height)] = value
  }
  return pixels
}
