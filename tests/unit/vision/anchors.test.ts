import { expect, it } from 'vitest'
import { placeAnchors } from '#main/vision/anchors.ts'

const INPUT = { width: 48, height: 32 }

it('puts every anchor shape on every cell, row by row, a stride apart', () => {
  const anchors = {
    stride: 16,
    boxes: [
      [-8, -4, 8, 4],
      [0.5, 1, 2, 3.25],
    ],
  }
  expect(Array.from(placeAnchors(anchors, { width: 3, height: 2 }, INPUT))).toEqual([
    ...[-8, -4, 8, 4, 0.5, 1, 2, 3.25],
    ...[8, -4, 24, 4, 16.5, 1, 18, 3.25],
    ...[24, -4, 40, 4, 32.5, 1, 34, 3.25],
    ...[-8, 12, 8, 20, 0.5, 17, 2, 19.25],
    ...[8, 12, 24, 20, 16.5, 17, 18, 19.25],
    ...[24, 12, 40, 20, 32.5, 17, 34, 19.25],
  ])
})

it('has no anchors for a feature map without cells', () => {
  const none = { width: 5, height: 0 }
  expect(placeAnchors({ stride: 16, boxes: [[0, 0, 1, 1]] }, none, INPUT)).toHaveLength(0)
})

it('of a stride that fits stand as far apart as the input holds, in whole pixels', () => {
  // torchvision: 800 // 13 and 1088 // 17, where the stride of that level is 64.
  const placed = placeAnchors(
    { stride: 'fit', boxes: [[-256, -256, 256, 256]] },
    { width: 17, height: 13 },
    { width: 1088, height: 800 },
  )
  expect([...placed.subarray(4, 8)]).toEqual([-256 + 64, -256, 256 + 64, 256])
  expect([...placed.subarray(17 * 4, 18 * 4)]).toEqual([-256, -256 + 61, 256, 256 + 61])
})
