import { describe, expect, it } from 'vitest'
import { MAX_BRUSH_DIAMETER, strokeMask, StrokeBuilder } from '#shared/geometry/edit/brush.ts'
import type { Brush } from '#shared/geometry/edit/brush.ts'
import { rleArea, rleBbox, rleUnion } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { emptyRle } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { bitmapFromRows, bitmapOf } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'
import { property } from '../../../support/random.ts'
import type { SeededRandom } from '../../../support/random.ts'
import { stroked } from '../../../support/raster-model.ts'

const encode = (bitmap: Bitmap): Rle => rleFromBitmap(bitmap.pixels, bitmap)
const round = (diameterPx: number): Brush => ({ shape: 'round', diameterPx })
const square = (diameterPx: number): Brush => ({ shape: 'square', diameterPx })

/** In and around the image; often on the grid of half pixels, where rims pass through centres. */
function randomStroke(random: SeededRandom, { height, width }: Bitmap) {
  const step = random.pick([0, 0.25, 0.5, 1])
  const place = (limit: number) => {
    const at = random.between(-0.3 * limit - 2, 1.3 * limit + 2)
    return step === 0 ? at : Math.round(at / step) * step
  }
  const points = Array.from({ length: random.integer(1, 5) }, () => ({
    x: place(width),
    y: place(height),
  }))
  if (random.next() < 0.2) points.push({ ...points[0] })
  const diameterPx = random.pick([1, 2, 3, 5, random.between(1, 12)])
  return { points, brush: { shape: random.pick(['round', 'square'] as const), diameterPx } }
}

describe('a stroke', () => {
  it('paints the pixels whose centre is under the brush', () => {
    const size = { height: 5, width: 7 }
    expect(strokeMask([{ x: 3.5, y: 2.5 }], round(3), size)).toEqual(
      encode(bitmapFromRows('.......', '..###..', '..###..', '..###..', '.......')),
    )
    expect(strokeMask([{ x: 3.5, y: 2.5 }], round(2), size)).toEqual(
      encode(bitmapFromRows('.......', '...#...', '..###..', '...#...', '.......')),
    )
    expect(strokeMask([{ x: 3, y: 2 }], square(2), size)).toEqual(
      encode(bitmapFromRows('.......', '..##...', '..##...', '.......', '.......')),
    )
    expect(
      strokeMask([{ x: 1.5, y: 1.5 }, { x: 5.5, y: 1.5 }], round(1), size), // prettier-ignore
    ).toEqual(encode(bitmapFromRows('.......', '.#####.', '.......', '.......', '.......')))
  })

  it('is that of every pixel asked for itself', () => {
    property(
      (random) => {
        const size = bitmapOf(
          { height: random.integer(1, 20), width: random.integer(1, 20) },
          () => false,
        )
        const { points, brush } = randomStroke(random, size)
        expect(strokeMask(points, brush, size)).toEqual(encode(stroked(size, points, brush)))
      },
      { cases: 4000 },
    )
  })

  it('paints the pixel under the point, be the brush as thin as a pixel', () => {
    const size = { height: 4, width: 4 }
    expect(strokeMask([{ x: 2, y: 1 }], round(1), size)).toEqual(
      encode(bitmapFromRows('....', '..#.', '....', '....')),
    )
    expect(strokeMask([], round(1), size)).toEqual(emptyRle(size))
  })

  it('has no gaps, however thin and slanted', () => {
    property(
      (random) => {
        const size = { height: 30, width: 30 }
        const end = () => ({ x: random.between(0, 30), y: random.between(0, 30) })
        const [a, b] = [end(), end()]
        const [, , width, height] = rleBbox(strokeMask([a, b], round(1), size))
        const painted = rleArea(strokeMask([a, b], round(1), size))
        expect(painted).toBeGreaterThanOrEqual(Math.max(width, height))
      },
      { cases: 500 },
    )
  })

  it('grows point by point to the same mask', () => {
    property(
      (random) => {
        const size = bitmapOf({ height: 16, width: 16 }, () => false)
        const { points, brush } = randomStroke(random, size)
        const builder = new StrokeBuilder(brush, size)
        let parts = emptyRle(size)
        points.forEach((point, i) => {
          builder.add(point)
          parts = rleUnion(parts, strokeMask(points.slice(Math.max(0, i - 1), i + 1), brush, size))
          expect(builder.mask()).toEqual(parts)
        })
      },
      { cases: 300 },
    )
  })

  it('refuses what is no brush and no place', () => {
    const size = { height: 4, width: 4 }
    for (const diameterPx of [0, 0.5, -1, NaN, Infinity, MAX_BRUSH_DIAMETER + 1]) {
      expect(() => strokeMask([], round(diameterPx), size)).toThrow(
        expect.objectContaining({ code: 'BRUSH_INVALID' }),
      )
    }
    for (const x of [NaN, Infinity, -1e9]) {
      expect(() => strokeMask([{ x, y: 1 }], round(3), size)).toThrow(
        expect.objectContaining({ code: 'POINT_INVALID' }),
      )
    }
    expect(() => strokeMask([], round(1), { height: 0, width: 4 })).toThrow(
      expect.objectContaining({ code: 'MASK_SIZE_INVALID' }),
    )
  })

  it('of 500 points is quick on a photo of 12 megapixels', () => {
    const size = { height: 3000, width: 4000 }
    const points = Array.from({ length: 500 }, (_, i) => ({
      x: 2000 + 1500 * Math.cos(i / 40),
      y: 1500 + 1000 * Math.sin(i / 25),
    }))
    for (const brush of [round(200), square(200)]) {
      strokeMask(points, brush, size)
      const started = performance.now()
      const mask = strokeMask(points, brush, size)
      console.log(`${brush.shape}: ${(performance.now() - started).toFixed(1)} ms`)
      expect(rleArea(mask)).toBeGreaterThan(1_000_000)
    }
  })
})
