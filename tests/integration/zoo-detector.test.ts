import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { detectorRegionsSchema } from '#shared/contract/recipes.ts'
import { boxFromXywh, type Box } from '#shared/geometry/box.ts'
import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { openDetector } from '#main/networks/open-networks.ts'
import { findPacks, type MaskRcnnPack } from '#main/packs/find-packs.ts'
import { inspectGraphs } from '#main/packs/inspect/inspect-graphs.ts'
import { detectorRecipe } from '#main/recipes/detector.ts'
import { StageClock } from '#main/recipes/stage-clock.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { LEFT, RIGHT, writeZooDetector } from '../support/zoo-detector.ts'

const settings = {
  provider: 'cpu',
  threads: 1,
  excluded: [],
  trying: () => undefined,
} as const

/** Red at the left, blue at the right, on grey; the detector's boxes are at half the size of these. */
const RED = [204, 20, 10] as const
const BLUE = [30, 60, 153] as const
const PICTURE = { width: 176, height: 120 }

/** The scene at any size, without a blur at its edges. */
function scene({ width, height }: { readonly width: number; readonly height: number }): RgbImage {
  const scale = PICTURE.width / width
  const isIn = ([x1, y1, x2, y2]: readonly number[], x: number, y: number): boolean =>
    x >= 2 * x1 && x < 2 * x2 && y >= 2 * y1 && y < 2 * y2
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [((i % width) + 0.5) * scale, (Math.floor(i / width) + 0.5) * scale]
    rgb.set(isIn(LEFT, x, y) ? RED : isIn(RIGHT, x, y) ? BLUE : [90, 90, 90], i * 3)
  }
  return { width, height, rgb }
}

describe('Mask R-CNN in one graph, as the ONNX Model Zoo publishes it', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-zoo-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function packIn(): Promise<MaskRcnnPack> {
    const { packs, refused } = await findPacks([{ folder, required: true }])
    expect(refused).toEqual([])
    return packs[0] as MaskRcnnPack
  }

  it('sees [3, h, w] in BGR, centred and padded, and has its boxes, classes and masks in the image', async () => {
    await writeZooDetector(folder)
    const pack = await packIn()
    expect(await inspectGraphs(pack)).toEqual([])
    const { detector } = await openDetector(
      { pack, graph: 'detections', precision: 'fp32' },
      settings,
    )
    const networks = { detector, clip: null }
    const image = {
      ...PICTURE,
      resized: (size: { width: number; height: number }) => Promise.resolve(scene(size)),
      pixels: () => Promise.resolve(scene(PICTURE)),
    }
    const clock = new StageClock()
    const prepared = await detectorRecipe.prepare(image, networks, clock)
    expect(prepared.input).toMatchObject({
      width: 88,
      height: 60,
      paddedWidth: 96,
      paddedHeight: 64,
    })
    const found = await detectorRecipe.findRegions(
      prepared,
      networks,
      detectorRegionsSchema.parse({ candidateFloor: 0.05 }),
      clock,
    )
    const names = pack.description.classes.map(({ name }) => name)
    const told = found.map(({ box, mask, objectness, detectorClass }) => ({
      name: names[detectorClass ?? -1],
      score: Number(objectness.toFixed(4)),
      box,
      maskBox: boxFromXywh(rleBbox(mask)),
      area: rleArea(mask),
    }))
    const twice = ([x1, y1, x2, y2]: readonly [number, number, number, number]): Box => [
      ...([2 * x1, 2 * y1, 2 * x2, 2 * y2] as const),
    ]
    const [rightX1, rightY1, rightX2] = twice(RIGHT)
    expect(told).toEqual([
      { name: 'red thing', score: 0.8, box: twice(LEFT), maskBox: twice(LEFT), area: 64 * 64 },
      {
        name: 'blue thing',
        score: 0.6,
        box: twice(RIGHT),
        maskBox: [rightX1, rightY1, rightX2, rightY1 + 32],
        area: 64 * 32,
      },
      // 64 x 96 pixels are 2 rows and 3 columns of 32.
      { name: 'blue thing', score: 0.23, box: [0, 0, 16, 16], maskBox: [0, 0, 16, 16], area: 256 },
    ])
  })

  it('is refused by name when its description has four axes and its graph three', async () => {
    await writeZooDetector(folder, 'NCHW')
    expect(await inspectGraphs(await packIn())).toEqual([
      {
        file: 'end_to_end.fp32.onnx',
        fault: expect.stringMatching(
          /^it takes no image \(float32 or float16 \[\?, 3, \?, \?\]\) but image float32 \[3, /,
        ) as string,
      },
    ])
  })
})
