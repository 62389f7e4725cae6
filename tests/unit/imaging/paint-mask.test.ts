import { describe, expect, it } from 'vitest'
import { regionOfMask } from '#main/imaging/mask-region.ts'
import { fillMask, outlineMask } from '#main/imaging/paint-mask.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import type { Rle } from '#shared/geometry/rle.ts'

/** A mask drawn with characters; # is set. */
function mask(...rows: string[]): Rle {
  const bits = Uint8Array.from(rows.join(''), (character) => (character === '#' ? 1 : 0))
  return rleFromBitmap(bits, { width: rows[0].length, height: rows.length })
}

const GREY = 100
const grey = ({ width, height }: { width: number; height: number }) => ({
  ...{ width, height },
  rgb: new Uint8Array(width * height * 3).fill(GREY),
})

/** Reds of a picture, row by row. */
const reds = ({ width, height, rgb }: ReturnType<typeof grey>): number[][] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => rgb[(y * width + x) * 3]),
  )

const SQUARES = mask('........', '.###..#.', '.#.#..#.', '.###....', '........')

describe('the region of a mask', () => {
  it('is cut to its box, with parts and holes', () => {
    const region = regionOfMask(SQUARES, SQUARES)
    expect(region).toMatchObject({ x: 1, y: 1, width: 6, height: 3 })
    expect(Array.from(region.bits).join('')).toBe('111001' + '101001' + '111000')
  })

  it('of a smaller picture is what is at the middle of each pixel', () => {
    const large = mask('....####', '....####', '########', '########')
    const { x, y, width, height, bits } = regionOfMask(large, { width: 4, height: 2 })
    expect({ x, y, width, height }).toEqual({ x: 0, y: 0, width: 4, height: 2 })
    expect(Array.from(bits).join('')).toBe('00111111')
  })

  it('keeps a mark of what is too small for the picture', () => {
    const dot = mask('#.......', '........', '........', '........')
    expect(regionOfMask(dot, { width: 2, height: 1 }).bits).toEqual(Uint8Array.of(1))
  })

  it('of an empty mask is empty', () => {
    expect(regionOfMask(mask('...', '...'), { width: 3, height: 2 }).bits).toHaveLength(0)
  })
})

describe('the tint', () => {
  it('is the blend within the mask, and nothing in holes and outside', () => {
    const picture = grey(SQUARES)
    const owners = new Uint16Array(8 * 5)
    fillMask(picture, regionOfMask(SQUARES, SQUARES), [200, 0, 0], 0.45, owners, 1)
    const o = GREY
    const x = 145
    expect(reds(picture)).toEqual([
      [o, o, o, o, o, o, o, o],
      [o, x, x, x, o, o, x, o],
      [o, x, o, x, o, o, x, o],
      [o, x, x, x, o, o, o, o],
      [o, o, o, o, o, o, o, o],
    ])
    expect(Array.from(picture.rgb.subarray(27, 30))).toEqual([145, 55, 55])
  })

  it('of the mask that comes first is not mixed with those below it', () => {
    const above = mask('##..')
    const below = mask('.##.')
    const picture = grey(above)
    const owners = new Uint16Array(4)
    fillMask(picture, regionOfMask(above, above), [200, 0, 0], 0.5, owners, 2)
    fillMask(picture, regionOfMask(below, below), [0, 0, 0], 0.5, owners, 1)
    expect(reds(picture)).toEqual([[150, 150, 50, 100]])
    expect(Array.from(owners)).toEqual([2, 2, 1, 0])
  })

  it('of a crowd is stripes', () => {
    const crowd = mask('######')
    const picture = grey(crowd)
    fillMask(picture, regionOfMask(crowd, crowd), [200, 0, 0], 1, new Uint16Array(6), 1, 2)
    expect(reds(picture)).toEqual([[200, 200, 100, 100, 200, 200]])
  })
})

describe('the outline', () => {
  it('lies within the mask, with an edge around it, and touches nothing else', () => {
    const block = mask(
      ...['.........', '.........', '..#####..', '..#####..', '..#####..', '..#####..'],
      ...['..#####..', '.........', '.........'],
    )
    const picture = grey(block)
    // A light line gets a dark edge, [16, 18, 22]: half of it is 58; next to a corner it is fainter.
    outlineMask(picture, regionOfMask(block, block), [255, 200, 0], { line: 1, edge: 1 })
    const [o, l, e] = [GREY, 255, 58]
    const c = Math.round(GREY + (16 - GREY) * (2 - Math.SQRT2) * 0.5)
    expect(reds(picture)).toEqual([
      [o, o, o, o, o, o, o, o, o],
      [o, c, e, e, e, e, e, c, o],
      [o, e, l, l, l, l, l, e, o],
      [o, e, l, o, o, o, l, e, o],
      [o, e, l, o, o, o, l, e, o],
      [o, e, l, o, o, o, l, e, o],
      [o, e, l, l, l, l, l, e, o],
      [o, c, e, e, e, e, e, c, o],
      [o, o, o, o, o, o, o, o, o],
    ])
  })

  it('runs around holes too', () => {
    const ring = mask('.......', '.#####.', '.#####.', '.##.##.', '.#####.', '.#####.', '.......')
    const picture = grey(ring)
    outlineMask(picture, regionOfMask(ring, ring), [255, 200, 0], { line: 1, edge: 1 })
    const rows = reds(picture)
    expect(rows[3][3]).toBe(58)
    expect([rows[2][3], rows[4][3], rows[3][2], rows[3][4]]).toEqual([255, 255, 255, 255])
  })

  it('is closed at the border of the picture', () => {
    const all = mask('#####', '#####', '#####', '#####', '#####')
    const picture = grey(all)
    outlineMask(picture, regionOfMask(all, all), [255, 200, 0], { line: 1, edge: 1 })
    expect(reds(picture)[0]).toEqual([255, 255, 255, 255, 255])
    expect(reds(picture)[2]).toEqual([255, GREY, GREY, GREY, 255])
  })

  it('of a dark line has a light edge', () => {
    const dot = mask('...', '.#.', '...')
    const picture = grey(dot)
    outlineMask(picture, regionOfMask(dot, dot), [40, 0, 60], { line: 2, edge: 1 })
    expect(reds(picture)[1]).toEqual([178, 40, 178])
  })
})
