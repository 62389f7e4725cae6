import { expect, it } from 'vitest'
import { rleBbox } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { cutWindow, maskOfRegion } from '#main/imaging/mask-region.ts'
import { property } from '../../support/random.ts'

it('a mask that was cut to a window comes back as it was, whatever room the window has', () => {
  property(
    (random) => {
      const size = { width: random.integer(1, 20), height: random.integer(1, 20) }
      const bitmap = Uint8Array.from({ length: size.width * size.height }, () =>
        random.next() < 0.2 ? 1 : 0,
      )
      bitmap[random.integer(0, bitmap.length - 1)] = 1
      const mask = rleFromBitmap(bitmap, size)
      const [left, top, width, height] = rleBbox(mask)
      const [x, y] = [random.integer(0, left), random.integer(0, top)]
      const window = {
        ...{ x, y },
        width: random.integer(left + width, size.width) - x,
        height: random.integer(top + height, size.height) - y,
      }
      expect(maskOfRegion(cutWindow(mask, window), size)).toEqual(mask)
    },
    { cases: 300 },
  )
})
