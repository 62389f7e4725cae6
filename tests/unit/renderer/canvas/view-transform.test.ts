import { describe, expect, test } from 'vitest'
import {
  clampScale,
  fitView,
  imageToScreen,
  keepInSight,
  MAX_SCALE,
  pinchedView,
  resizedView,
  revealBox,
  screenToImage,
  snappedView,
  steppedScale,
  viewBetween,
  zoomAt,
} from '../../../../src/renderer/src/canvas/view-transform.ts'
import { property } from '../../../support/random.ts'

const image = { width: 4000, height: 3000 }
const viewport = { width: 1000, height: 800 }

describe('the view of an image', () => {
  test('fit shows the whole image in the middle', () => {
    const view = fitView(image, viewport)
    const corner = imageToScreen(view, { x: 0, y: 0 })
    const opposite = imageToScreen(view, { x: image.width, y: image.height })
    expect(corner.x).toBeGreaterThanOrEqual(0)
    expect(corner.y).toBeGreaterThanOrEqual(0)
    expect(corner.x + opposite.x).toBeCloseTo(viewport.width)
    expect(corner.y + opposite.y).toBeCloseTo(viewport.height)
  })

  test('zooming keeps what is under the pointer under it', () => {
    property(
      (random) => {
        const view = {
          scale: random.between(0.05, 20),
          x: random.between(-5000, 1000),
          y: random.between(-5000, 1000),
        }
        const anchor = { x: random.between(0, 1000), y: random.between(0, 800) }
        const before = screenToImage(view, anchor)
        const zoomed = zoomAt(view, random.between(0.05, 20), anchor)
        const after = screenToImage(zoomed, anchor)
        expect(after.x).toBeCloseTo(before.x, 6)
        expect(after.y).toBeCloseTo(before.y, 6)

        const onTheWay = viewBetween(view, zoomed, random.next())
        expect(screenToImage(onTheWay, anchor).x).toBeCloseTo(before.x, 5)
        expect(screenToImage(onTheWay, anchor).y).toBeCloseTo(before.y, 5)
      },
      { cases: 100 },
    )
  })

  test('resizing keeps what is in the middle in the middle', () => {
    const view = { scale: 2, x: -300, y: -120 }
    const after = { width: 1400, height: 500 }
    const resized = resizedView(view, viewport, after)
    expect(screenToImage(resized, { x: 700, y: 250 })).toEqual(
      screenToImage(view, { x: 500, y: 400 }),
    )
  })

  test('the scale has limits', () => {
    expect(clampScale(1e6, image, viewport)).toBe(MAX_SCALE)
    const least = clampScale(0, image, viewport)
    expect(least).toBeGreaterThan(0)
    expect(least).toBeLessThan(fitView(image, viewport).scale)
  })

  test('steps stop at 100 % on the way, from both sides', () => {
    expect(steppedScale(0.9, 1)).toBe(1)
    expect(steppedScale(1.1, -1)).toBe(1)
    expect(steppedScale(1, 1)).toBeCloseTo(1.25)
    expect(steppedScale(1, -1)).toBeCloseTo(0.8)
  })

  test('the image cannot be pushed out of sight', () => {
    const kept = keepInSight({ scale: 1, x: -9000, y: 5000 }, image, viewport)
    expect(kept.x + image.width).toBe(64)
    expect(kept.y).toBe(viewport.height - 64)
  })

  test('revealing moves as little as is needed, and not at all when it is in sight', () => {
    const view = { scale: 1, x: 0, y: 0 }
    expect(revealBox(view, [100, 100, 200, 200], viewport)).toEqual(view)
    const moved = revealBox(view, [1500, 100, 1600, 200], viewport)
    expect(imageToScreen(moved, { x: 1600, y: 100 })).toEqual({ x: 976, y: 100 })
  })

  test('two fingers take along what lies under them', () => {
    const view = { scale: 1, x: 0, y: 0 }
    const pinched = pinchedView(
      view,
      [
        { x: 100, y: 100 },
        { x: 200, y: 100 },
      ],
      [
        { x: 150, y: 200 },
        { x: 350, y: 200 },
      ],
      (scale) => scale,
    )
    expect(pinched.scale).toBe(2)
    expect(imageToScreen(pinched, { x: 100, y: 100 })).toEqual({ x: 150, y: 200 })
    expect(imageToScreen(pinched, { x: 200, y: 100 })).toEqual({ x: 350, y: 200 })
  })

  test('layers lie on whole device pixels', () => {
    const { x, y } = snappedView({ scale: 1.3, x: 10.3, y: -4.6 }, 1.5)
    expect(x * 1.5).toBeCloseTo(Math.round(x * 1.5))
    expect(y * 1.5).toBeCloseTo(Math.round(y * 1.5))
  })
})
