import { describe, expect, it } from 'vitest'
import { partsOf } from '#shared/geometry/edit/parts.ts'
import { splitByLine } from '#shared/geometry/edit/split.ts'
import type { Point } from '#shared/geometry/point.ts'
import { rleArea, rleUnionOf } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { bitmapFromRows, bitmapOf, oddBitmap } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'
import { property } from '../../../support/random.ts'
import type { SeededRandom } from '../../../support/random.ts'
import { cutByLine } from '../../../support/raster-model.ts'

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)
const decode = (rle: Rle): Bitmap => ({
  height: rle.height,
  width: rle.width,
  pixels: rleToBitmap(rle),
})
const mask = (...rows: string[]) => encode(bitmapFromRows(...rows))
const points = (...flat: number[]): Point[] =>
  Array.from({ length: flat.length / 2 }, (_, i) => ({ x: flat[2 * i], y: flat[2 * i + 1] }))

function randomLine(random: SeededRandom, { height, width }: Bitmap, step = 0): Point[] {
  const place = (limit: number) => {
    const at = random.between(-0.3 * limit - 1, 1.3 * limit + 1)
    return step === 0 ? at : Math.round(at / step) * step
  }
  return Array.from({ length: random.integer(2, 6) }, () => ({ x: place(width), y: place(height) }))
}

function expectPartition(pieces: readonly Rle[], whole: Rle) {
  expect(rleUnionOf(pieces, whole)).toEqual(whole)
  expect(pieces.reduce((sum, piece) => sum + rleArea(piece), 0)).toBe(rleArea(whole))
  const areas = pieces.map(rleArea)
  expect(areas).toEqual([...areas].sort((a, b) => b - a))
}

describe('a mask that is split by a line', () => {
  it('falls apart where the line passes between centres', () => {
    const block = mask('######', '######', '######')
    expect(splitByLine(block, points(2.2, -1, 2.2, 4))).toEqual([
      mask('..####', '..####', '..####'),
      mask('##....', '##....', '##....'),
    ])
    expect(splitByLine(block, points(2.7, -1, 2.7, 4))).toEqual([
      mask('###...', '###...', '###...'),
      mask('...###', '...###', '...###'),
    ])
  })

  it('is that of a flood which does not cross the line', () => {
    let divided = 0
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const [part] = partsOf(encode(bitmap))
        // Crumbs are for a test of their own: below 1 % of 100 pixels there are none.
        if (part === undefined || rleArea(part) > 100) return
        const line = randomLine(random, bitmap)
        const pieces = splitByLine(part, line)
        expect(pieces).toEqual(cutByLine(decode(part), line).map(encode))
        expectPartition(pieces, part)
        if (pieces.length > 1) divided++
      },
      { cases: 1500 },
    )
    expect(divided).toBeGreaterThan(200)
  })

  it('loses no pixel and gives none twice, wherever the line goes', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const line = randomLine(random, bitmap, random.pick([0, 0.5, 1]))
        const whole = encode(bitmap)
        expectPartition(splitByLine(whole, line), whole)
      },
      { cases: 1500 },
    )
  })

  it('has no gap where the line runs through the very centres of pixels', () => {
    property(
      (random) => {
        const size = { height: random.integer(3, 12), width: random.integer(3, 12) }
        const whole = encode(bitmapOf(size, () => true))
        const y = () => random.integer(1, size.height - 2) + 0.5
        const line = points(-1, y())
        for (let x = 0.5; x < size.width; x += random.pick([0.5, 1, 2])) line.push({ x, y: y() })
        line.push({ x: size.width + 1, y: y() })
        expect(splitByLine(whole, line).length).toBeGreaterThan(1)
      },
      { cases: 500 },
    )
  })

  it('stays whole when the line does not divide it', () => {
    const ring = mask('#####', '#...#', '#...#', '#####')
    const undivided = [
      points(2.2, -1, 2.2, 1.8),
      points(1, 1, 3, 3),
      points(2, 2),
      points(-5, -5, 20, -5),
      [],
    ]
    for (const line of undivided) expect(splitByLine(ring, line)).toEqual([ring])
    expect(splitByLine(ring, points(2.2, -1, 2.2, 5))).toHaveLength(2)
    const empty = emptyRle(ring)
    expect(splitByLine(empty, points(0, 0, 5, 5))).toEqual([empty])
  })

  it('keeps what was apart before with the nearest piece on its side', () => {
    const people = mask('##..##..', '########', '##..##..', '........', '.#...#..')
    expect(splitByLine(people, points(3.1, -1, 3.1, 6))).toEqual([
      mask('....##..', '...#####', '....##..', '........', '.....#..'),
      mask('##......', '###.....', '##......', '........', '.#......'),
    ])
  })

  it('falls apart between parts that the line separates', () => {
    const two = mask('##..##', '##..##', '.....#')
    expect(splitByLine(two, points(3, -1, 3, 4))).toEqual([
      mask('....##', '....##', '.....#'),
      mask('##....', '##....', '......'),
    ])
    expect(splitByLine(two, points(3, -1, 3, 0.2))).toHaveLength(1)
  })

  it('gets no crumbs of a shaking hand', () => {
    const block = encode(bitmapOf({ height: 60, width: 60 }, (x, y) => x > 4 && y > 4))
    // The line turns back around one pixel on its way.
    const line = points(
      30.2,
      0,
      30.2,
      20.2,
      31.8,
      20.2,
      31.8,
      21.8,
      30.2,
      21.8,
      30.2,
      20.1,
      30.2,
      61,
    )
    expect(splitByLine(block, line)).toHaveLength(2)
    expectPartition(splitByLine(block, line), block)
  })

  it('needs a line of numbers', () => {
    expect(() => splitByLine(mask('##'), points(0, 0, NaN, 1))).toThrow(
      expect.objectContaining({ code: 'POINT_INVALID' }),
    )
  })

  it('is quick on a large photo', () => {
    const size = { height: 3000, width: 4000 }
    const whole = encode(bitmapOf(size, (x, y) => Math.hypot(x - 2000, y - 1500) < 1200))
    const line = Array.from({ length: 500 }, (_, i) => ({
      x: 8 * i,
      y: 1500 + 200 * Math.sin(i / 9),
    }))
    const started = performance.now()
    const pieces = splitByLine(whole, line)
    console.log(`split: ${(performance.now() - started).toFixed(1)} ms`)
    expect(pieces).toHaveLength(2)
  })
})
