import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { findPacks, type MaskRcnnPack } from '#main/packs/find-packs.ts'
import { inspectGraphs } from '#main/packs/inspect/inspect-graphs.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import { writePyramidDetector } from '../support/pyramid-detector.ts'

const SIDE = 32

/** Red from 8, 8 to 16, 16 and, half as strong, in the lower right quarter, which is green as well. */
function image(): ModelImage {
  const data = new Float32Array(3 * SIDE * SIDE)
  const fill = (channel: number, from: number, to: number, value: number): void => {
    for (let y = from; y < to; y++) {
      data.fill(value, (channel * SIDE + y) * SIDE + from, (channel * SIDE + y) * SIDE + to)
    }
  }
  fill(0, 8, 16, 1)
  fill(0, 16, 32, 0.5)
  fill(1, 16, 32, 0.25)
  return {
    data,
    ...{ width: SIDE, height: SIDE, paddedWidth: SIDE, paddedHeight: SIDE, scaleX: 1, scaleY: 1 },
  }
}

describe('Mask R-CNN in three graphs with a feature pyramid', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-pyramid-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function packIn(): Promise<MaskRcnnPack> {
    const { packs, refused } = await findPacks([{ folder, required: true }])
    expect(refused).toEqual([])
    return packs[0] as MaskRcnnPack
  }
  const open = async (): Promise<RegionNetwork> =>
    RegionNetwork.open(
      await packIn(),
      'fp32',
      new SessionFactory(
        { requested: 'cpu', used: 'cpu', share: null, refused: [] },
        { threads: 1 },
      ),
    )

  it('proposes on each level, and gives both heads all of its features', async () => {
    await writePyramidDetector(folder)
    expect(await inspectGraphs(await packIn())).toEqual([])
    const network = await open()
    const { boxes, objectness, features } = await network.propose(image(), {
      atMost: 4,
      nmsIou: 0.7,
    })
    expect(Object.keys(features.tensors)).toEqual(['fine', 'coarse'])
    // The three best of the fine level and the best of the coarse one, which overlaps two of them.
    expect([...objectness]).toEqual([1, 0.5, 0.5, 0.5])
    const rows = [0, 1, 2, 3].map((i) => [...boxes.subarray(4 * i, 4 * i + 4)])
    expect(rows[0]).toEqual([8, 8, 16, 16])
    expect(rows).toContainEqual([16, 16, 32, 32])
    const asked = Float32Array.of(8, 8, 16, 16, 16, 16, 32, 32)
    const { probabilities, columns } = await network.classify(features, asked)
    expect(columns).toBe(2)
    expect([...probabilities]).toEqual([1, 0, 0.5, 0.25])
    const masks = await network.masks(features, asked)
    expect([masks.channels, masks.size]).toEqual([2, 4])
    // Fine and coarse see the same red in the middle of the second box.
    expect([masks.probabilities[32 + 5], masks.probabilities[48 + 5]]).toEqual([0.5, 0.5])
  })

  it('is refused when a level is missing, by what it has', async () => {
    await writePyramidDetector(folder, { levels: 1 })
    const faults = await inspectGraphs(await packIn())
    expect(faults.map(({ file }) => file)).toEqual([
      'backbone_rpn.fp32.onnx',
      'backbone_rpn.fp32.onnx',
    ])
    expect(faults[0].fault).toMatch(/^it gives 1 of 2 objectness .* but fine float32/)
    await expect(open()).rejects.toThrow(/no objectness output of level 2 of 2/)
  })

  it('is refused when its heads call the features otherwise than its backbone', async () => {
    await writePyramidDetector(folder, { features: ['fine', 'p3'] })
    await expect(open()).rejects.toMatchObject({ code: 'PACK_INVALID' })
    await expect(open()).rejects.toThrow(
      /box_head takes features "p3", which backbone_rpn does not give \(fine/,
    )
  })
})
