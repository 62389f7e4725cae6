import { describe, expect, it } from 'vitest'
import { cropIn, pictureSidePx } from '#renderer/search/region-crop.ts'
import { property } from '../../../support/random.ts'

const FRAME = { width: 160, height: 120 }

describe('the part of a photo that shows a region', () => {
  it('has the region in the middle, with what is around it', () => {
    // 100 × 100 with a margin of 18 on each side fill the height: 120 / 136 a pixel.
    const { box } = cropIn(
      FRAME,
      { width: 1000, height: 1000 },
      [450, 450, 100, 100],
      [450, 450, 100, 100],
    )
    const scale = 120 / 136
    expect(box[2]).toBeCloseTo(100 * scale)
    expect(box[0] + box[2] / 2).toBeCloseTo(80)
    expect(box[1] + box[3] / 2).toBeCloseTo(60)
  })

  it('stays in the photo where the region is at its edge', () => {
    const crop = cropIn(
      FRAME,
      { width: 1000, height: 1000 },
      [0, 900, 100, 100],
      [0, 900, 100, 100],
    )
    expect(crop.left).toBe(0)
    expect(crop.top + crop.height).toBeCloseTo(120)
  })

  it('shows a whole photo in the middle, with the region where it is', () => {
    const crop = cropIn(FRAME, { width: 400, height: 400 }, null, [100, 200, 40, 20])
    expect(crop).toMatchObject({ left: 20, top: 0, width: 120, height: 120 })
    expect(crop.box).toEqual([50, 60, 12, 6])
  })

  it('has the whole of every region in the frame, and no gap that the photo could fill', () => {
    property(
      (random) => {
        const image = { width: random.integer(1, 4000), height: random.integer(1, 4000) }
        const width = random.integer(1, image.width)
        const height = random.integer(1, image.height)
        const x = random.integer(0, image.width - width)
        const y = random.integer(0, image.height - height)
        const crop = cropIn(FRAME, image, [x, y, width, height], [x, y, width, height])
        const [left, top, shownWidth, shownHeight] = crop.box
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(-1e-6)
        expect(left + shownWidth).toBeLessThanOrEqual(FRAME.width + 1e-6)
        expect(top + shownHeight).toBeLessThanOrEqual(FRAME.height + 1e-6)
        if (crop.width < FRAME.width) return
        expect(crop.left).toBeLessThanOrEqual(0)
        expect(crop.left + crop.width).toBeGreaterThanOrEqual(FRAME.width - 1e-6)
      },
      { cases: 200 },
    )
  })

  it('is cut from a picture that is large enough, and from few sizes', () => {
    expect([100, 300, 341, 342, 853, 9000].map(pictureSidePx)).toEqual([
      256, 256, 256, 640, 640, 1280,
    ])
  })
})
