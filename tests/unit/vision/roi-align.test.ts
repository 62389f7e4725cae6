import { describe, expect, it } from 'vitest'
import type { Box } from '#shared/geometry/box.ts'
import { roiAlign, type FeatureMap, type RoiAlignOptions } from '#main/vision/roi-align.ts'
import { property, type SeededRandom } from '../../support/random.ts'
import { readTorchvisionAnswers } from '../../support/torchvision-answers.ts'

/** Sample by sample as the definition says it, with both axes at once. */
function bruteForce(
  map: FeatureMap,
  [x1, y1, x2, y2]: Box,
  { cells, samplingRatio }: RoiAlignOptions,
): number[] {
  const { width, height, channels, layout, data } = map
  const value = (channel: number, y: number, x: number): number =>
    layout === 'CHW'
      ? data[(channel * height + y) * width + x]
      : data[(y * width + x) * channels + channel]
  const bilinear = (channel: number, yAt: number, xAt: number): number => {
    if (yAt < -1 || yAt > height || xAt < -1 || xAt > width) return 0
    const y = Math.min(Math.max(yAt, 0), height - 1)
    const x = Math.min(Math.max(xAt, 0), width - 1)
    const [top, left] = [Math.floor(y), Math.floor(x)]
    const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)]
    const [fy, fx] = [y - top, x - left]
    return (
      (1 - fy) * ((1 - fx) * value(channel, top, left) + fx * value(channel, top, right)) +
      fy * ((1 - fx) * value(channel, bottom, left) + fx * value(channel, bottom, right))
    )
  }
  const cellWidth = (x2 - x1) / cells
  const cellHeight = (y2 - y1) / cells
  const across = samplingRatio || Math.max(1, Math.ceil(cellWidth))
  const down = samplingRatio || Math.max(1, Math.ceil(cellHeight))
  const out = new Array<number>(channels * cells * cells).fill(0)
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        let sum = 0
        for (let i = 0; i < down; i++) {
          for (let j = 0; j < across; j++) {
            const y = y1 - 0.5 + row * cellHeight + ((i + 0.5) * cellHeight) / down
            const x = x1 - 0.5 + column * cellWidth + ((j + 0.5) * cellWidth) / across
            sum += bilinear(channel, y, x)
          }
        }
        const at =
          layout === 'CHW'
            ? (channel * cells + row) * cells + column
            : (row * cells + column) * channels + channel
        out[at] = sum / (across * down)
      }
    }
  }
  return out
}

function randomMap(random: SeededRandom): FeatureMap {
  const [width, height, channels] = [1, 2, 3].map(() => random.integer(1, 7))
  const data = Float32Array.from({ length: width * height * channels }, () => random.between(-1, 1))
  return { width, height, channels, layout: random.pick(['CHW', 'HWC'] as const), data }
}

/** 4 x 4 whose value is its column. */
const ramp: FeatureMap = {
  ...{ width: 4, height: 4, channels: 1, layout: 'CHW' },
  data: Float32Array.from({ length: 16 }, (_, i) => i % 4),
}
const aligned = (map: FeatureMap, box: Box, options: RoiAlignOptions): Float32Array => {
  const out = new Float32Array(map.channels * options.cells ** 2)
  roiAlign(map, box, options, out)
  return out
}

describe('RoIAlign', () => {
  it('of the whole map at its own size is the map', () => {
    const same = aligned(ramp, [0, 0, 4, 4], { cells: 4, samplingRatio: 1 })
    expect(same).toEqual(ramp.data)
  })

  it('is linear inside, at the centres of the cells', () => {
    // Two cells of 1 position between 1 and 3: their centres, 1.5 and 2.5, are positions 1 and 2.
    const two = { cells: 2, samplingRatio: 2 }
    expect([...aligned(ramp, [1, 1, 3, 3], two)]).toEqual([1, 2, 1, 2])
    expect([...aligned(ramp, [1.5, 1, 3.5, 3], { ...two, samplingRatio: 1 })]).toEqual([
      1.5, 2.5, 1.5, 2.5,
    ])
  })

  it('repeats the edge for a position beyond it, and is zero further out', () => {
    const one = { cells: 1, samplingRatio: 1 }
    expect([...aligned(ramp, [3.5, 0, 5.5, 2], one)]).toEqual([3])
    expect([...aligned(ramp, [6, 0, 8, 2], one)]).toEqual([0])
  })

  it('writes over what was there', () => {
    const out = new Float32Array(1).fill(7)
    roiAlign(ramp, [6, 0, 8, 2], { cells: 1, samplingRatio: 1 }, out)
    expect([...out]).toEqual([0])
  })

  it.each(readTorchvisionAnswers().roiAlign.answers)(
    'gives the numbers of torchvision with aligned=True, samples: $samplingRatio',
    ({ samplingRatio, regions }) => {
      const { data, boxes, cells, channels, width, height } = readTorchvisionAnswers().roiAlign
      const map: FeatureMap = {
        ...{ channels, width, height, layout: 'CHW' },
        data: Float32Array.from(data),
      }
      const seen = boxes.flatMap((box) => [...aligned(map, box, { cells, samplingRatio })])
      expect(seen).toHaveLength(regions.length)
      regions.forEach((value, i) => expect(seen[i]).toBeCloseTo(value, 4))
    },
  )

  it('agrees with the definition, sample by sample', () => {
    property(
      (random) => {
        const map = randomMap(random)
        const x1 = random.between(-2, map.width)
        const y1 = random.between(-2, map.height)
        const box: Box = [x1, y1, x1 + random.between(0, 9), y1 + random.between(0, 9)]
        const options = { cells: random.integer(1, 5), samplingRatio: random.integer(0, 3) }
        const expected = bruteForce(map, box, options)
        const seen = aligned(map, box, options)
        expected.forEach((value, i) => expect(seen[i]).toBeCloseTo(value, 5))
      },
      { cases: 200 },
    )
  })
})
