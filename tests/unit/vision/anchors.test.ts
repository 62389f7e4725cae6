import { expect, it } from 'vitest'
import { placeAnchors } from '#main/vision/anchors.ts'

it('puts every anchor shape on every cell, row by row, a stride apart', () => {
  const anchors = {
    stride: 16,
    boxes: [
      [-8, -4, 8, 4],
      [0.5, 1, 2, 3.25],
    ],
  }
  expect(Array.from(placeAnchors(anchors, 2, 3))).toEqual([
    ...[-8, -4, 8, 4, 0.5, 1, 2, 3.25],
    ...[8, -4, 24, 4, 16.5, 1, 18, 3.25],
    ...[24, -4, 40, 4, 32.5, 1, 34, 3.25],
    ...[-8, 12, 8, 20, 0.5, 17, 2, 19.25],
    ...[8, 12, 24, 20, 16.5, 17, 18, 19.25],
    ...[24, 12, 40, 20, 32.5, 17, 34, 19.25],
  ])
})

it('has no anchors for a feature map without cells', () => {
  expect(placeAnchors({ stride: 16, boxes: [[0, 0, 1, 1]] }, 0, 5)).toHaveLength(0)
})
