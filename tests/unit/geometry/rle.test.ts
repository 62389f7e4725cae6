import { describe, expect, it } from 'vitest'
import { GeometryError } from '#shared/geometry/geometry-error.ts'
import type { GeometryErrorCode } from '#shared/geometry/geometry-error.ts'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import {
  emptyRle,
  rleFromCocoCounts,
  rleFromCocoString,
  rleToCocoCounts,
  rleToCocoString,
} from '#shared/geometry/rle.ts'
import { MAX_MASK_PIXELS } from '#shared/geometry/size.ts'
import { property } from '../../support/random.ts'
import { bitmapFromRows, randomBitmap } from '../../support/random-masks.ts'

function expectCode(act: () => unknown, code: GeometryErrorCode) {
  let thrown: unknown
  try {
    act()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(GeometryError)
  expect((thrown as GeometryError).code).toBe(code)
}

/** Runs of a bitmap by the definition. */
function slowCounts(pixels: Uint8Array, height: number, width: number): number[] {
  const counts = [0]
  let value = 0
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (pixels[y * width + x] !== value) {
        value = 1 - value
        counts.push(0)
      }
      counts[counts.length - 1]++
    }
  }
  return counts
}

describe('run lengths of a bitmap', () => {
  it('go down the columns and begin with zeros', () => {
    const { pixels, ...size } = bitmapFromRows('#..', '##.')
    expect(rleToCocoCounts(rleFromBitmap(pixels, size))).toEqual([0, 2, 1, 1, 2])
  })

  it('agree with the definition for any bitmap, and give it back', () => {
    property(
      (random) => {
        // Wider than a band of columns in every third case.
        const wide = { height: random.integer(1, 9), width: random.integer(60, 200) }
        const size = random.next() < 0.3 ? wide : undefined
        const { pixels, height, width } = randomBitmap(random, size)
        const rle = rleFromBitmap(pixels, { height, width })
        expect(rleToCocoCounts(rle)).toEqual(slowCounts(pixels, height, width))
        expect(rleToBitmap(rle)).toEqual(pixels)
      },
      { cases: 300 },
    )
  })

  it('take any value but 0 as set', () => {
    const rle = rleFromBitmap(Uint8Array.of(0, 255, 7, 0), { height: 4, width: 1 })
    expect(rleToCocoCounts(rle)).toEqual([1, 2, 1])
  })

  it('are refused for a bitmap of another size', () => {
    expectCode(() => rleFromBitmap(new Uint8Array(5), { height: 2, width: 3 }), 'BITMAP_INVALID')
  })

  it('of nothing are one run', () => {
    expect(rleToCocoCounts(emptyRle({ height: 3, width: 4 }))).toEqual([12])
  })
})

describe('COCO counts', () => {
  const size = { height: 2, width: 5 }

  it('are made canonical: no empty run but the first', () => {
    const canonical = (counts: number[]) => rleToCocoCounts(rleFromCocoCounts(counts, size))
    expect(canonical([3, 0, 4, 3])).toEqual([7, 3])
    expect(canonical([0, 0, 10])).toEqual([10])
    expect(canonical([0, 10])).toEqual([0, 10])
    expect(canonical([10, 0])).toEqual([10])
    expect(canonical([4, 2, 0, 0, 0, 4])).toEqual([4, 6])
    expect(canonical([4, 6, 0])).toEqual([4, 6])
  })

  it.each([
    ['too few pixels', [3, 4]],
    ['too many pixels', [3, 8]],
    ['a negative run', [5, -1, 6]],
    ['a fraction', [4.5, 5.5]],
    ['no number', [NaN, 10]],
    ['an endless run', [Infinity]],
    ['a run beyond 32 bits that would wrap around', [2 ** 32 + 10]],
    ['nothing', []],
  ])('are refused for %s', (_, counts) => {
    expectCode(() => rleFromCocoCounts(counts, size), 'RLE_COUNTS_INVALID')
  })

  it.each([
    ['no height', 0, 5],
    ['a negative width', 5, -5],
    ['a fraction', 2.5, 4],
    ['no number', NaN, 4],
    ['a side beyond any image file', 1, 70_000],
    ['more pixels than memory', 65_535, 65_535],
  ])('are refused for a size with %s', (_, height, width) => {
    expectCode(() => rleFromCocoCounts([10], { height, width }), 'MASK_SIZE_INVALID')
    expectCode(() => emptyRle({ height, width }), 'MASK_SIZE_INVALID')
  })
})

describe('COCO strings', () => {
  it('are known for small masks', () => {
    // 12 = 0b01100, below the sign bit of a group, is one character: '0' + 12.
    expect(rleToCocoString(emptyRle({ height: 3, width: 4 }))).toBe('<')
    // 16 has the sign bit set, so a second group follows: (16 | 32) and 0.
    expect(rleToCocoString(emptyRle({ height: 4, width: 4 }))).toBe('`0')
    // The fourth count 1 is written as its difference to the second, 1 - 2 = -1: 'O'.
    const rle = rleFromCocoCounts([1, 2, 3, 1, 3], { height: 5, width: 2 })
    expect(rleToCocoString(rle)).toBe('123O0')
  })

  it('give any mask back', () => {
    property(
      (random) => {
        const { pixels, ...size } = randomBitmap(random)
        const rle = rleFromBitmap(pixels, size)
        expect(rleFromCocoString(rleToCocoString(rle), size)).toEqual(rle)
      },
      { cases: 300 },
    )
  })

  it('hold the largest counts and differences', () => {
    const size = { height: 2 ** 14, width: 2 ** 14 }
    const pixels = MAX_MASK_PIXELS
    for (const counts of [[pixels], [0, pixels], [1, 1, 1, pixels - 3], [1, pixels - 4, 1, 1, 1]]) {
      const rle = rleFromCocoCounts(counts, size)
      expect(rleToCocoCounts(rleFromCocoString(rleToCocoString(rle), size))).toEqual(counts)
    }
  })

  const size = { height: 3, width: 4 }
  it.each([
    ['a character below the alphabet', '/'],
    ['a character above the alphabet', 'p'],
    ['text of another script', '零'],
    ['an unfinished count', '<`'],
    ['a count that never ends', 'o'.repeat(100_000)],
  ])('are refused for %s', (_, text) => {
    expectCode(() => rleFromCocoString(text, size), 'RLE_STRING_MALFORMED')
  })

  it.each([
    ['nothing', ''],
    ['too few pixels', '1'],
    ['too many pixels', '<1'],
    ['a negative count', 'O='],
    ['a count that its difference makes negative', '111N9'],
  ])('are refused for %s', (_, text) => {
    expectCode(() => rleFromCocoString(text, size), 'RLE_COUNTS_INVALID')
  })

  it('of garbage are refused by name and never hang', () => {
    property(
      (random) => {
        const length = random.integer(0, 40)
        const text = Array.from({ length }, () => String.fromCharCode(random.integer(40, 120)))
        try {
          const rle = rleFromCocoString(text.join(''), size)
          expect(rle.counts.reduce((sum, count) => sum + count, 0)).toBe(12)
        } catch (error) {
          expect(error).toBeInstanceOf(GeometryError)
        }
      },
      { cases: 2000 },
    )
  })
})
