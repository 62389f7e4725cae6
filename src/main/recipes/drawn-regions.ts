import { LexmaskError } from '#shared/contract/errors.ts'
import { clampBox, type Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Detector } from '#main/networks/open-networks.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import type { ClipRegion } from './clip-regions.ts'
import { regionInBox } from './region-in-box.ts'
import type { StageClock } from './stage-clock.ts'

/**
 * The regions that a person drew, in their order: each box as it is, with the mask that a prompt would
 * draw in it. That something is there is certain, so the objectness is 1.
 *
 * @param boxes pixels of the oriented image; one outside of it is left out
 * @param image size of the oriented image
 * @throws LexmaskError PACK_INVALID for a detector that cannot look at a box
 */
export async function drawnRegions(
  input: ModelImage,
  image: Size,
  detector: Detector,
  boxes: readonly Box[],
  clock: StageClock,
): Promise<ClipRegion[]> {
  if (detector.kind !== 'regions') {
    throw new LexmaskError(
      'PACK_INVALID',
      `The pack ${detector.network.pack.name} makes masks of whole images only, and cannot look at the boxes that you drew. Choose a Mask R-CNN pack of three graphs, or take the regions from elsewhere.`,
      { pack: detector.network.pack.name },
    )
  }
  const { network } = detector
  const inside = boxes
    .map((box) => clampBox(box, image))
    .filter(([x1, y1, x2, y2]) => x2 > x1 && y2 > y1)
  if (inside.length === 0) return []
  const features = await clock.time('proposals', () => network.features(input))
  const regions: ClipRegion[] = []
  for (const box of inside) {
    const { posterior, vector, mask } = await clock.time('masks', () =>
      regionInBox({ box, classes: null }, features, network, image),
    )
    regions.push({ box, mask, objectness: 1, posterior, boxHeadVector: vector })
  }
  return regions
}
