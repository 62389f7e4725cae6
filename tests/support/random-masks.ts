import type { Size } from '#shared/geometry/size.ts'
import type { SeededRandom } from './random.ts'

/** Row by row, 0 or 1: the slow form of a mask that tests compare with. */
export interface Bitmap extends Size {
  readonly pixels: Uint8Array
}

/** Noise of any density, blocks, checkerboards, rings in rings: what contours stumble over. */
export function randomBitmap(random: SeededRandom, size?: Size): Bitmap {
  const height = size?.height ?? random.integer(1, 24)
  const width = size?.width ?? random.integer(1, 24)
  const isSet = random.pick([noise, blocks, checkerboard, rings])(random, { height, width })
  return bitmapOf({ height, width }, isSet)
}

/** As `randomBitmap`, and more often what is easily forgotten: a row, a column, one pixel, nothing. */
export function oddBitmap(random: SeededRandom): Bitmap {
  const size = random.pick([
    undefined,
    undefined,
    undefined,
    { height: 1, width: random.integer(1, 30) },
    { height: random.integer(1, 30), width: 1 },
  ])
  const bitmap = randomBitmap(random, size)
  if (random.next() < 0.9) return bitmap
  const one = random.integer(0, bitmap.pixels.length - 1)
  const isEmpty = random.next() < 0.3
  return bitmapOf(bitmap, (x, y) => !isEmpty && y * bitmap.width + x === one)
}

export function bitmapOf(size: Size, isSet: (x: number, y: number) => boolean): Bitmap {
  const pixels = new Uint8Array(size.height * size.width)
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) pixels[y * size.width + x] = isSet(x, y) ? 1 : 0
  }
  return { ...size, pixels }
}

/** '#' is set. */
export function bitmapFromRows(...rows: string[]): Bitmap {
  return bitmapOf({ height: rows.length, width: rows[0].length }, (x, y) => rows[y][x] === '#')
}

type Pattern = (x: number, y: number) => boolean

function noise(random: SeededRandom): Pattern {
  const density = random.pick([0, 0.05, 0.3, 0.5, 0.7, 0.95, 1])
  return () => random.next() < density
}

function blocks(random: SeededRandom, { height, width }: Size): Pattern {
  const boxes = Array.from({ length: random.integer(1, 6) }, () => {
    const x1 = random.integer(0, width)
    const y1 = random.integer(0, height)
    const isHole = random.next() < 0.4
    return { x1, y1, x2: random.integer(x1, width), y2: random.integer(y1, height), isHole }
  })
  return (x, y) => {
    const inside = boxes.filter((b) => x >= b.x1 && x < b.x2 && y >= b.y1 && y < b.y2)
    const last = inside.at(-1)
    return last !== undefined && !last.isHole
  }
}

function checkerboard(random: SeededRandom): Pattern {
  const side = random.integer(1, 3)
  const phase = random.integer(0, 1)
  return (x, y) => (Math.floor(x / side) + Math.floor(y / side)) % 2 === phase
}

function rings(random: SeededRandom, { height, width }: Size): Pattern {
  const centreX = random.integer(0, width)
  const centreY = random.integer(0, height)
  const thickness = random.integer(1, 3)
  return (x, y) =>
    Math.floor(Math.max(Math.abs(x - centreX), Math.abs(y - centreY)) / thickness) % 2 === 0
}
