import { describe, expect, it } from 'vitest'
import { boxSums, guidedFilter } from '#main/vision/guided-filter.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { MAX_SNAP_BAND, snapBandOf, snapMask } from '#main/vision/snap-mask.ts'
import { bitmapOf } from '../../support/random-masks.ts'
import type { Bitmap } from '../../support/random-masks.ts'
import { property, SeededRandom } from '../../support/random.ts'

/** An object of one colour on another, with noise as of a camera. */
function photoOf(object: Bitmap, noise: number): RgbImage {
  const random = new SeededRandom(7)
  const rgb = new Uint8Array(3 * object.pixels.length)
  object.pixels.forEach((pixel, i) => {
    const colour = pixel === 1 ? [190, 80, 60] : [70, 120, 90]
    colour.forEach((value, channel) => {
      rgb[3 * i + channel] = value + Math.round(random.between(-noise, noise))
    })
  })
  return { height: object.height, width: object.width, rgb }
}

function iou(a: Uint8Array, b: Uint8Array): number {
  let shared = 0
  let union = 0
  a.forEach((value, i) => {
    shared += value & b[i]
    union += value | b[i]
  })
  return shared / union
}

const disc = (size: number, radius: number) =>
  bitmapOf({ height: size, width: size }, (x, y) => Math.hypot(x - size / 2, y - size / 2) < radius)

describe('a mask that snaps to the image', () => {
  it('finds the edge of an object that it was drawn too large or too small for', () => {
    const object = disc(120, 40)
    const photo = photoOf(object, 12)
    for (const radius of [37, 43]) {
      const drawn = disc(120, radius).pixels
      const snapped = snapMask(photo, drawn, { bandPx: 6 })
      expect(iou(drawn, object.pixels)).toBeLessThan(0.88)
      expect(iou(snapped, object.pixels)).toBeGreaterThan(0.97)
    }
  })

  it('changes nothing farther than the band from its edge', () => {
    const photo = photoOf(disc(100, 20), 5)
    const snapped = snapMask(photo, disc(100, 40).pixels, { bandPx: 5 })
    const [inner, outer] = [disc(100, 34).pixels, disc(100, 46).pixels]
    snapped.forEach((value, i) => {
      if (inner[i] === 1) expect(value).toBe(1)
      if (outer[i] === 0) expect(value).toBe(0)
    })
  })

  it('stays where the image has no edge', () => {
    const drawn = disc(90, 30).pixels
    const flat = { height: 90, width: 90, rgb: new Uint8Array(3 * 8100).fill(128) }
    expect(iou(snapMask(flat, drawn, { bandPx: 4 }), drawn)).toBeGreaterThan(0.97)
    const none = new Uint8Array(8100)
    expect(snapMask(flat, none, { bandPx: 4 })).toEqual(none)
    expect(snapMask(flat, none.slice().fill(1), { bandPx: 4 })).toEqual(none.slice().fill(1))
  })

  it('has no seams: a window cut larger gives the same', () => {
    // The tiles of the two windows lie differently over the same object.
    const make = (shift: number) => {
      const object = bitmapOf(
        { height: 300 + shift, width: 300 + shift },
        (x, y) => Math.hypot(x - 150 - shift, y - 150 - shift) < 122,
      )
      const photo = { ...object, rgb: new Uint8Array(3 * object.pixels.length) }
      object.pixels.forEach((pixel, i) => {
        const [x, y] = [(i % object.width) - shift, Math.floor(i / object.width) - shift]
        photo.rgb.fill(pixel === 1 ? 160 + (x & 15) : 90 + (y & 15), 3 * i, 3 * i + 3)
      })
      const drawn = bitmapOf(object, (x, y) => Math.hypot(x - 150 - shift, y - 150 - shift) < 119)
      const snapped = snapMask(photo, drawn.pixels, { bandPx: 4 })
      return bitmapOf(
        { height: 260, width: 260 },
        (x, y) => snapped[(y + 20 + shift) * object.width + x + 20 + shift] === 1,
      )
    }
    expect(make(40)).toEqual(make(0))
  })

  it('refuses a band that is none, and a mask of another size', () => {
    const photo = photoOf(disc(10, 3), 0)
    const refused = (code: string): unknown => expect.objectContaining({ code })
    for (const bandPx of [0, 1.5, NaN, MAX_SNAP_BAND + 1]) {
      expect(() => snapMask(photo, disc(10, 3).pixels, { bandPx })).toThrow(
        refused('RADIUS_INVALID'),
      )
    }
    expect(() => snapMask(photo, disc(11, 3).pixels, { bandPx: 2 })).toThrow(
      refused('BITMAP_INVALID'),
    )
  })

  it('suggests a band of one cell of the mask head', () => {
    expect([10, 28, 280, 5000].map(snapBandOf)).toEqual([2, 2, 10, 24])
  })
})

describe('the guided filter', () => {
  it('sums boxes as pixel by pixel', () => {
    property(
      (random) => {
        const size = { height: random.integer(1, 12), width: random.integer(1, 12) }
        const radius = random.integer(0, 14)
        const plane = Float64Array.from({ length: size.height * size.width }, () =>
          random.integer(0, 9),
        )
        const expected = plane.map((_, i) => {
          const [cx, cy] = [i % size.width, Math.floor(i / size.width)]
          return plane.reduce((sum, value, j) => {
            const [x, y] = [j % size.width, Math.floor(j / size.width)]
            return Math.abs(x - cx) <= radius && Math.abs(y - cy) <= radius ? sum + value : sum
          }, 0)
        })
        expect(boxSums(plane, size, radius)).toEqual(expected)
      },
      { cases: 200 },
    )
  })

  it('gives an input back that is a linear function of the colours', () => {
    const random = new SeededRandom(3)
    const size = { height: 20, width: 25 }
    const plane = () => Float64Array.from({ length: 500 }, () => random.next())
    const guide = [plane(), plane(), plane()] as const
    const input = guide[0].map((red, i) => 0.2 + 0.5 * red - 0.3 * guide[1][i] + 0.1 * guide[2][i])
    const filtered = guidedFilter(guide, input, size, 4, 1e-9)
    filtered.forEach((value, i) => expect(value).toBeCloseTo(input[i], 5))
  })
})
