import { describe, expect, it } from 'vitest'
import { moveMask } from '#shared/geometry/edit/move.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { bitmapFromRows, oddBitmap } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'
import { property } from '../../../support/random.ts'
import { moved } from '../../../support/raster-model.ts'

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)
const mask = (...rows: string[]) => encode(bitmapFromRows(...rows))

describe('a moved mask', () => {
  it('is the same shape elsewhere', () => {
    expect(moveMask(mask('##..', '#...', '....'), { x: 2, y: 1 })).toEqual(
      mask('....', '..##', '..#.'),
    )
  })

  it('is cut off at the border, and does not come back on the other side', () => {
    expect(moveMask(mask('.##.', '.##.'), { x: -2, y: 1 })).toEqual(mask('....', '#...'))
    expect(moveMask(mask('.##.', '.##.'), { x: 4, y: 0 })).toEqual(
      emptyRle({ height: 2, width: 4 }),
    )
    expect(moveMask(mask('#'), { x: 0, y: -90_000 })).toEqual(emptyRle({ height: 1, width: 1 }))
  })

  it('is not moved by a part of a pixel', () => {
    expect(() => moveMask(mask('#'), { x: 0.5, y: 0 })).toThrow('(0.5, 0)')
  })

  it('is that of every pixel asked for itself', () => {
    property(
      (random) => {
        const bitmap = oddBitmap(random)
        const by = { x: random.integer(-9, 9), y: random.integer(-9, 9) }
        expect(moveMask(encode(bitmap), by)).toEqual(encode(moved(bitmap, by)))
      },
      { cases: 800 },
    )
  })
})
