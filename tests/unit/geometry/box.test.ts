import { describe, expect, it } from 'vitest'
import {
  boxArea,
  boxFromXywh,
  boxIou,
  clampBox,
  cocoBoxIou,
  intersectionArea,
  xywhFromBox,
} from '#shared/geometry/box.ts'

describe('boxes', () => {
  it('change between corners and COCO form', () => {
    expect(boxFromXywh([10, 20, 3, 4])).toEqual([10, 20, 13, 24])
    expect(xywhFromBox([10, 20, 13, 24])).toEqual([10, 20, 3, 4])
  })

  it('have an area, and none when their corners are swapped', () => {
    expect(boxArea([1, 2, 4, 6])).toBe(12)
    expect(boxArea([4, 2, 1, 6])).toBe(0)
    expect(boxArea([4, 6, 1, 2])).toBe(0)
  })

  it('share an area only where they overlap', () => {
    expect(intersectionArea([0, 0, 10, 10], [5, 6, 20, 20])).toBe(20)
    expect(intersectionArea([0, 0, 10, 10], [10, 0, 20, 10])).toBe(0)
    expect(intersectionArea([0, 0, 1, 1], [5, 5, 6, 6])).toBe(0)
  })

  it('have an IoU', () => {
    expect(boxIou([0, 0, 10, 10], [0, 0, 10, 10])).toBe(1)
    expect(boxIou([0, 0, 10, 10], [0, 5, 10, 15])).toBeCloseTo(50 / 150, 12)
    expect(boxIou([0, 0, 10, 10], [20, 20, 30, 30])).toBe(0)
    expect(boxIou([3, 3, 3, 3], [3, 3, 3, 3])).toBe(0)
  })

  it('have another IoU with a crowd: what part of the detection lies in it', () => {
    expect(cocoBoxIou([0, 0, 10, 10], [0, 0, 100, 100], false)).toBeCloseTo(0.01, 12)
    expect(cocoBoxIou([0, 0, 10, 10], [0, 0, 100, 100], true)).toBe(1)
    expect(cocoBoxIou([95, 0, 10, 10], [0, 0, 100, 100], true)).toBeCloseTo(0.5, 12)
    expect(cocoBoxIou([100, 0, 10, 10], [0, 0, 100, 100], true)).toBe(0)
  })

  it('are cut to the image', () => {
    const size = { height: 50, width: 100 }
    expect(clampBox([-5, -6, 120, 30], size)).toEqual([0, 0, 100, 30])
    expect(clampBox([110, 60, 120, 70], size)).toEqual([100, 50, 100, 50])
  })
})
