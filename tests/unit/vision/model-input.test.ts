import { describe, expect, it } from 'vitest'
import { modelSize } from '#main/vision/model-image.ts'
import { toPlanes } from '#main/vision/planes.ts'

/** 2 x 2 pixels, each of its own red, green and blue. */
const image = {
  width: 2,
  height: 2,
  rgb: Uint8Array.of(10, 20, 30, 11, 21, 31, 12, 22, 32, 13, 23, 33),
}
const same = { mean: [0, 0, 0], std: [1, 1, 1] }

describe("the planes of a network's input", () => {
  it('are red, green, blue for a network that was trained on RGB', () => {
    const planes = toPlanes(image, { width: 2, height: 2 }, { channelOrder: 'RGB', ...same })
    expect(Array.from(planes)).toEqual([10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33])
  })

  it('are blue, green, red for one that was trained on BGR', () => {
    const planes = toPlanes(image, { width: 2, height: 2 }, { channelOrder: 'BGR', ...same })
    expect(Array.from(planes)).toEqual([30, 31, 32, 33, 20, 21, 22, 23, 10, 11, 12, 13])
  })

  it('are zero right of the image and below it, whatever the mean', () => {
    const planes = toPlanes(
      image,
      { width: 3, height: 4 },
      { channelOrder: 'RGB', mean: [5, 5, 5], std: [1, 1, 1] },
    )
    expect(Array.from(planes.subarray(0, 12))).toEqual([5, 6, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0])
    expect(planes).toHaveLength(3 * 3 * 4)
  })

  it('take mean and spread in the order of the planes', () => {
    const planes = toPlanes(
      image,
      { width: 2, height: 2 },
      { channelOrder: 'BGR', mean: [30, 20, 10], std: [1, 2, 4] },
    )
    expect(Array.from(planes)).toEqual([0, 1, 2, 3, 0, 0.5, 1, 1.5, 0, 0.25, 0.5, 0.75])
  })
})

describe('the size at which a network sees a photo', () => {
  const resize = { shortSide: 320, longSideAtMost: 640 }

  it.each<[string, number, number, number, number]>([
    ['a landscape photo by its height', 640, 480, 427, 320],
    ['a portrait photo by its width', 480, 640, 320, 427],
    ['a small photo enlarged', 100, 100, 320, 320],
    ['a panorama by its long side', 2000, 500, 640, 160],
    ['a tower by its long side', 500, 2000, 160, 640],
    ['just twice as long as high', 1280, 640, 640, 320],
    ['a line of pixels as one pixel high, and not none', 10_000, 1, 640, 1],
    ['a column of pixels as one pixel wide, and not none', 1, 10_000, 1, 640],
  ])('is %s', (_, width, height, modelWidth, modelHeight) => {
    expect(modelSize({ width, height }, resize)).toEqual({ width: modelWidth, height: modelHeight })
  })
})
