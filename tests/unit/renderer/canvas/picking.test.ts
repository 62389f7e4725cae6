import { describe, expect, test } from 'vitest'
import {
  cropMask,
  decodeMask,
  isSetAt,
  MaskCache,
} from '../../../../src/renderer/src/canvas/mask-runs.ts'
import { nextBelow, PickIndex } from '../../../../src/renderer/src/canvas/picking.ts'
import { itemsInPaintOrder } from '../../../../src/renderer/src/canvas/shown-items.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { property } from '../../../support/random.ts'
import { bitmapOf, randomBitmap } from '../../../support/random-masks.ts'
import { annotation, maskFromRows, maskOf } from './canvas-fixture.ts'

const all = (): boolean => true

describe('a mask of a pixel', () => {
  const at = (x: number, y: number) =>
    maskOf(bitmapOf({ width: 400, height: 300 }, (column, row) => column === x && row === y))
  const wide = maskOf(bitmapOf({ width: 400, height: 300 }, () => true))
  const items = itemsInPaintOrder(
    [annotation(1, at(100, 100)), annotation(2, at(108, 100)), annotation(3, wide)],
    [],
  )
  const index = new PickIndex(items, new MaskCache())
  const idNear = (x: number, y: number, scale: number) => {
    const item = index.tinyNear({ x, y }, scale, all)
    return item === null ? null : items[item].shape.id
  }

  test('is picked by a click near by where it is too small to be hit, the nearest first', () => {
    expect(idNear(103, 100.5, 1)).toBe(1)
    expect(idNear(106, 100.5, 1)).toBe(2)
    expect(idNear(100.5, 130, 0.1)).toBe(1)
  })

  test('is picked by a hit alone where it is large enough, or far away', () => {
    expect(idNear(103, 100.5, 8)).toBeNull()
    expect(idNear(106.5, 106.5, 1)).toBeNull()
    expect(idNear(200, 200, 1)).toBeNull()
  })

  test('is not picked where it may not be', () => {
    expect(index.tinyNear({ x: 100, y: 100 }, 1, (item) => items[item].shape.id === 2)).toBeNull()
  })
})

describe('one mask', () => {
  test('is asked for single pixels as its bitmap says, and is unset outside', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        const runs = decodeMask(maskOf(bitmap))
        for (let y = -1; y <= bitmap.height; y++) {
          for (let x = -1; x <= bitmap.width; x++) {
            const isInside = x >= 0 && y >= 0 && x < bitmap.width && y < bitmap.height
            const isSet = isInside && bitmap.pixels[y * bitmap.width + x] === 1
            expect(isSetAt(runs, x + 0.5, y + 0.5)).toBe(isSet)
          }
        }
      },
      { cases: 200 },
    )
  })

  test('is cut to a box as its bitmap is', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        const x = random.integer(0, bitmap.width - 1)
        const y = random.integer(0, bitmap.height - 1)
        const size = {
          width: random.integer(1, bitmap.width - x),
          height: random.integer(1, bitmap.height - y),
        }
        const cut = bitmapOf(
          size,
          (column, row) => bitmap.pixels[(y + row) * bitmap.width + x + column] === 1,
        )
        const cropped = cropMask(decodeMask(maskOf(bitmap)), [x, y, size.width, size.height])
        expect(cropped).toEqual(rleFromBitmap(cut.pixels, size))
      },
      { cases: 300 },
    )
  })

  test('that is damaged is empty, and breaks nothing else', () => {
    const damaged = { ...maskFromRows('##'), hash: 'damaged', counts: '!' }
    expect(new MaskCache().get(damaged)).toBeNull()
  })
})

describe('picking', () => {
  const large = annotation(1, maskFromRows('######', '######', '######', '######'))
  const ring = annotation(2, maskFromRows('......', '.###..', '.#.#..', '.###..'))
  const small = annotation(3, maskFromRows('......', '......', '...#..', '......'))

  function pickIds(x: number, y: number): number[] {
    const items = itemsInPaintOrder([large, ring, small], [])
    const index = new PickIndex(items, new MaskCache())
    return index.itemsAt({ x, y }, all).map((item) => items[item].shape.id)
  }

  test('finds the smallest first, then what is below', () => {
    expect(pickIds(3.5, 2.5)).toEqual([3, 2, 1])
    expect(pickIds(1.5, 1.5)).toEqual([2, 1])
  })

  test('sees through holes', () => {
    expect(pickIds(2.5, 2.5)).toEqual([1])
  })

  test('finds nothing outside of the image', () => {
    expect(pickIds(-0.5, 1)).toEqual([])
    expect(pickIds(6, 1)).toEqual([])
  })

  test('passes by what cannot be picked', () => {
    const items = itemsInPaintOrder([large, ring, small], [])
    const index = new PickIndex(items, new MaskCache())
    const isPickable = (item: number): boolean => items[item].shape.id !== 3
    const item = index.smallestAt({ x: 3.5, y: 2.5 }, isPickable)
    expect(item !== null && items[item].shape.id).toBe(2)
  })

  test('agrees with asking every mask in turn', () => {
    property(
      (random) => {
        const size = { width: 40, height: 30 }
        const bitmaps = Array.from({ length: 12 }, () => randomBitmap(random, size))
        const items = itemsInPaintOrder(
          bitmaps.map((bitmap, i) => annotation(i, maskOf(bitmap))),
          [],
        )
        const index = new PickIndex(items, new MaskCache())
        const x = random.integer(0, 39)
        const y = random.integer(0, 29)
        const found = index.itemsAt({ x: x + 0.5, y: y + 0.5 }, all)
        const expected = items
          .map((_, item) => item)
          .filter((item) => bitmaps[items[item].shape.id].pixels[y * 40 + x] === 1)
          .reverse()
        expect(found).toEqual(expected)
      },
      { cases: 100 },
    )
  })

  test('a sweep takes what lies in it whole', () => {
    const items = itemsInPaintOrder([large, ring, small], [])
    const index = new PickIndex(items, new MaskCache())
    const ids = index.itemsIn([0.5, 0.5, 5, 4], all).map((item) => items[item].shape.id)
    expect(ids.sort()).toEqual([2, 3])
  })

  test('going below comes around to the top again', () => {
    expect(nextBelow([5, 3, 1], null)).toBe(5)
    expect(nextBelow([5, 3, 1], 5)).toBe(3)
    expect(nextBelow([5, 3, 1], 1)).toBe(5)
    expect(nextBelow([5, 3, 1], 4)).toBe(5)
    expect(nextBelow([], 5)).toBeNull()
  })
})
