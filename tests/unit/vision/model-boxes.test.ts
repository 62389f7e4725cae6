import { expect, it } from 'vitest'
import { toImageBox, toModelBox } from '#main/vision/model-boxes.ts'

const FRAME = {
  ...{ width: 320, height: 240, paddedWidth: 320, paddedHeight: 256 },
  ...{ scaleX: 2, scaleY: 4 },
}

it.each(['inclusive', 'exclusive'] as const)('an %s box comes back as it was', (convention) => {
  const box = toModelBox([20, 40, 100, 200], FRAME, convention)
  const last = convention === 'inclusive' ? 1 : 0
  expect(box).toEqual(Float32Array.of(10, 10, 50 - last, 50 - last))
  expect(toImageBox(box, 0, FRAME, convention)).toEqual([20, 40, 100, 200])
})
