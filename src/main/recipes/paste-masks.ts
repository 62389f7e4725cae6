import type { Box } from '#shared/geometry/box.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Features, Masks, RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { pasteOf } from '#main/packs/mask-rcnn-description.ts'
import type { BoxConvention } from '#main/vision/box-coding.ts'
import { takeBoxes, toImageBox } from '#main/vision/model-boxes.ts'
import { pasteMask, type MaskPatch } from '#main/vision/paste-mask.ts'
import type { StageClock } from './stage-clock.ts'

/** Boxes in one run of the mask head: with a channel a class, a thousand would take 200 MB. */
const BATCH = 128

export interface PastedRegion {
  /** In pixels of the oriented image. */
  readonly box: Box
  /** At the size of the oriented image. */
  readonly mask: Rle
}

/**
 * Boxes with their masks in the image, in micro-batches of the mask head.
 *
 * @param boxes Float32Array // [n, 4] in the model's frame
 * @param patchOf the part of a batch's masks that is the mask of box `index`, in `row` of the batch
 */
export async function pasteMasks(
  network: RegionNetwork,
  features: Features,
  boxes: Float32Array,
  convention: BoxConvention,
  image: Size,
  patchOf: (masks: Masks, row: number, index: number) => MaskPatch,
  clock: StageClock,
): Promise<PastedRegion[]> {
  const paste = pasteOf(network.pack.description)
  const pasted: PastedRegion[] = []
  const count = boxes.length / 4
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, row) => from + row)
    const batch = takeBoxes(boxes, rows)
    const masks = await clock.time('masks', () => network.masks(features, batch))
    await clock.time('paste', () => {
      rows.forEach((index, row) => {
        const box = toImageBox(batch, row, features.frame, convention)
        pasted.push({ box, mask: pasteMask(patchOf(masks, row, index), box, image, paste) })
      })
    })
  }
  return pasted
}

/** One channel of a row of masks; the only one where the head has one for all classes. */
export function channelPatch(
  { probabilities, channels, size }: Masks,
  row: number,
  channel: number,
): MaskPatch {
  const taken = channels === 1 ? 0 : channel
  return { probabilities, offset: (row * channels + taken) * size ** 2, size }
}
