import { describe, expect, it } from 'vitest'
import { encodePrompt } from '#main/vision/sam-prompt.ts'

const FRAME = {
  ...{ width: 1024, height: 512, paddedWidth: 1024, paddedHeight: 1024 },
  ...{ scaleX: 4, scaleY: 2 },
}

describe('a prompt for Segment Anything', () => {
  it('has its points in the frame of the encoder, and one of padding without a box', () => {
    const points = [
      { x: 100, y: 50, isPositive: true },
      { x: 8, y: 6, isPositive: false },
    ]
    expect(encodePrompt(points, null, FRAME)).toEqual({
      coordinates: Float32Array.of(25, 25, 2, 3, 0, 0),
      labels: [1, 0, -1],
    })
  })

  it('has a box as its two corners, and then no padding', () => {
    expect(encodePrompt([{ x: 4, y: 2, isPositive: true }], [4, 8, 40, 80], FRAME)).toEqual({
      coordinates: Float32Array.of(1, 1, 1, 4, 10, 40),
      labels: [1, 2, 3],
    })
    expect(encodePrompt([], [0, 0, 4, 2], FRAME)).toEqual({
      coordinates: Float32Array.of(0, 0, 1, 1),
      labels: [2, 3],
    })
  })
})
