import { describe, expect, it } from 'vitest'
import { polygonsFromMask } from '#shared/geometry/contours.ts'
import { cropRle, placeRle, windowAround } from '#shared/geometry/edit/crop.ts'
import { fillHoles, holesOf, largestPart, partsOf } from '#shared/geometry/edit/parts.ts'
import { isEmptyRle, rleBbox, rleContains } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle, rleComplement } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { bitmapFromRows, bitmapOf, oddBitmap } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'
import { property } from '../../../support/random.ts'
import { filled, holesOfBitmap, isSet, partsOfBitmap } from '../../../support/raster-model.ts'

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)
const mask = (...rows: string[]) => encode(bitmapFromRows(...rows))

describe('the parts of a mask', () => {
  it('are those of a flood, the largest first', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const parts = partsOfBitmap(bitmap).map(encode)
        expect(partsOf(encode(bitmap))).toEqual(parts)
        expect(largestPart(encode(bitmap))).toEqual(parts.at(0) ?? encode(bitmap))
      },
      { cases: 800 },
    )
  })

  it('are one polygon each', () => {
    property(
      (random) => {
        const rle = encode(oddBitmap(random))
        const parts = partsOf(rle)
        expect(parts).toHaveLength(polygonsFromMask(rle).length)
        for (const part of parts) expect(polygonsFromMask(part)).toHaveLength(1)
      },
      { cases: 300 },
    )
  })

  it('are two where they touch at a corner', () => {
    expect(partsOf(mask('#.', '.#'))).toEqual([mask('#.', '..'), mask('..', '.#')])
    expect(partsOf(emptyRle({ height: 2, width: 3 }))).toEqual([])
  })
})

describe('the holes of a mask', () => {
  it('are those of a flood', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        expect(holesOf(encode(bitmap))).toEqual(holesOfBitmap(bitmap).map(encode))
        expect(fillHoles(encode(bitmap))).toEqual(encode(filled(bitmap)))
      },
      { cases: 800 },
    )
  })

  it('are open at a corner and at the border, and end at islands', () => {
    expect(holesOf(mask('.#.', '#.#', '.#.'))).toEqual([])
    expect(holesOf(mask('###', '#.#', '#.#'))).toEqual([])
    const island = mask('#####', '#...#', '#.#.#', '#...#', '#####')
    expect(holesOf(island)).toEqual([rleComplement(island)])
    expect(holesOf(fillHoles(island))).toEqual([])
  })
})

describe('a window of a mask', () => {
  it('is cut out and put back', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const rle = encode(bitmap)
        const left = random.integer(0, bitmap.width - 1)
        const top = random.integer(0, bitmap.height - 1)
        const window = {
          left,
          top,
          width: random.integer(1, bitmap.width - left),
          height: random.integer(1, bitmap.height - top),
        }
        const inWindow = (x: number, y: number) =>
          x >= left && y >= top && x < left + window.width && y < top + window.height
        const part = cropRle(rle, window)
        expect(part).toEqual(encode(bitmapOf(window, (x, y) => isSet(bitmap, x + left, y + top))))
        expect(placeRle(part, window, rle)).toEqual(
          encode(bitmapOf(bitmap, (x, y) => inWindow(x, y) && isSet(bitmap, x, y))),
        )
        const around = windowAround(rle, 0)
        if (isEmptyRle(rle)) expect(around).toBeNull()
        else
          expect(around && [around.left, around.top, around.width, around.height]).toEqual([
            ...rleBbox(rle),
          ])
      },
      { cases: 500 },
    )
  })

  it('has to be inside', () => {
    const refused: unknown = expect.objectContaining({ code: 'WINDOW_INVALID' })
    const rle = emptyRle({ height: 4, width: 6 })
    for (const window of [
      { left: 3, top: 0, width: 4, height: 4 },
      { left: -1, top: 0, width: 2, height: 2 },
      { left: 0.5, top: 0, width: 2, height: 2 },
      { left: 0, top: 0, width: 0, height: 2 },
    ]) {
      expect(() => cropRle(rle, window)).toThrow(refused)
      expect(() => placeRle(emptyRle({ height: 2, width: 2 }), window, rle)).toThrow(refused)
    }
    const other = { left: 0, top: 0, width: 3, height: 2 }
    expect(() => placeRle(emptyRle({ height: 2, width: 2 }), other, rle)).toThrow(refused)
  })
})

describe('a point', () => {
  it('is in a mask when its pixel is', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const point = {
          x: random.between(-2, bitmap.width + 2),
          y: random.between(-2, bitmap.height + 2),
        }
        const expected = isSet(bitmap, Math.floor(point.x), Math.floor(point.y))
        expect(rleContains(encode(bitmap), point)).toBe(expected)
      },
      { cases: 500 },
    )
    expect(rleContains(mask('#'), { x: NaN, y: 0 })).toBe(false)
  })
})
