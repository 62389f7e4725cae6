import { describe, expect, it } from 'vitest'
import { placeLabels, type LabelWish } from '#main/imaging/place-labels.ts'
import { boxArea, intersectionArea, type Box } from '#shared/geometry/box.ts'
import { SeededRandom } from '../../support/random.ts'

const PICTURE = { width: 640, height: 480 }
const CHIP = { width: 80, height: 20 }

/** A wish for an object that fills its box. */
function wish([left, top, right, bottom]: Box, chip = CHIP): LabelWish {
  const middle = [(left + right) / 2, (top + bottom) / 2] as const
  const points = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((x) =>
    [0.1, 0.3, 0.5, 0.7, 0.9].map(
      (y) => [left + x * (right - left), top + y * (bottom - top)] as const,
    ),
  )
  return { ...chip, box: [left, top, right, bottom], heart: middle, points }
}

const isInPicture = ([left, top, right, bottom]: Box): boolean =>
  left >= 0 && top >= 0 && right <= PICTURE.width && bottom <= PICTURE.height

describe('the place of a label', () => {
  it('is on a large object, where it is thickest', () => {
    const [{ box, isAway }] = placeLabels([wish([100, 100, 400, 400])], PICTURE)
    expect(box).toEqual([210, 240, 290, 260])
    expect(isAway).toBe(false)
  })

  it('is beside a small object, and does not cover it', () => {
    const small: Box = [300, 200, 330, 230]
    const [{ box, isAway }] = placeLabels([wish(small)], PICTURE)
    expect(intersectionArea(box, small)).toBe(0)
    expect(box[3]).toBeLessThanOrEqual(200)
    expect(isAway).toBe(false)
  })

  it.each<Box>([
    [0, 0, 12, 12],
    [628, 0, 640, 12],
    [0, 468, 12, 480],
    [628, 468, 640, 480],
    [0, 0, 640, 480],
    [0, 200, 640, 210],
  ])('is within the picture for an object at %s,%s,%s,%s', (...box) => {
    expect(isInPicture(placeLabels([wish(box)], PICTURE)[0].box)).toBe(true)
  })

  it('begins at the corner of a picture that is smaller than the chip', () => {
    const [{ box }] = placeLabels([wish([0, 0, 10, 10])], { width: 10, height: 10 })
    expect(box).toEqual([0, 0, 80, 20])
  })

  it('is not on the small object that lies on a large one', () => {
    const small: Box = [240, 235, 260, 265]
    const [large] = placeLabels([wish([100, 100, 400, 400]), wish(small)], PICTURE)
    expect(intersectionArea(large.box, small)).toBeLessThan(boxArea(small) / 10)
    expect(intersectionArea(large.box, [100, 100, 400, 400])).toBe(boxArea(large.box))
  })
})

describe('many labels', () => {
  it('do not cover one another where there is room', () => {
    const row = Array.from({ length: 12 }, (_, i) => wish([200 + i * 14, 200, 210 + i * 14, 212]))
    const boxes = placeLabels(row, PICTURE).map(({ box }) => box)
    for (const [i, box] of boxes.entries()) {
      expect(isInPicture(box)).toBe(true)
      for (const other of boxes.slice(i + 1)) expect(intersectionArea(box, other)).toBe(0)
    }
  })

  it('have a line to their object once they are far from it', () => {
    const crowd = Array.from({ length: 12 }, () => wish([300, 200, 310, 212]))
    const placed = placeLabels(crowd, PICTURE)
    expect(placed.filter(({ isAway }) => isAway).length).toBeGreaterThan(0)
    expect(placed.filter(({ isAway }) => !isAway).length).toBeGreaterThanOrEqual(2)
  })

  it('stay in the picture however they lie, and are placed alike each time', () => {
    const random = new SeededRandom(7)
    const wishes = Array.from({ length: 60 }, () => {
      const [x, y] = [random.between(0, 600), random.between(0, 440)]
      return wish([x, y, x + random.between(4, 200), y + random.between(4, 160)])
    })
    const placed = placeLabels(wishes, PICTURE)
    expect(placed.every(({ box }) => isInPicture(box) && box.every(Number.isInteger))).toBe(true)
    expect(placeLabels(wishes, PICTURE)).toEqual(placed)
  })
})
