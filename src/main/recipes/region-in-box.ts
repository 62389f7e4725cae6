import type { Box } from '#shared/geometry/box.ts'
import { rasterisePolygon } from '#shared/geometry/rasterise-polygon.ts'
import { isEmptyRle } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Classification, Features, RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { pasteOf } from '#main/packs/mask-rcnn-description.ts'
import type { Posterior } from '#main/vision/candidate.ts'
import { toModelBox } from '#main/vision/model-boxes.ts'
import { topScores } from '#main/vision/nms.ts'
import { pasteMask, type MaskPatch } from '#main/vision/paste-mask.ts'
import { sparsePosterior } from '#main/vision/posterior.ts'
import { maskPatch, type MaskChannels } from './mask-patch.ts'

export interface BoxPrompt {
  /** Pixels of the oriented image, inside it. */
  readonly box: Box
  /** Detector classes one of which the object is; null leaves it to the box head. */
  readonly classes: readonly number[] | null
}

export interface BoxPromptOptions {
  readonly channels: MaskChannels
  /** Mask probability from which on a pixel is the object's. */
  readonly threshold: number
}

/**
 * The best of what was measured on boxes of ground truth (docs/methods.md, "Box to mask"). Detections
 * are cut at the pack's 0.5; an object that is known to fill its box is drawn better a little wider.
 */
export const BOX_PROMPT_DEFAULTS: BoxPromptOptions = { channels: 'mean', threshold: 0.4 }

/** What the detector says of a box that a person drew. */
export interface SeenRegion {
  readonly posterior: Posterior
  /** Unit region vector; null from a box head that gives none. */
  readonly vector: Float32Array | null
}

export interface RegionInBox extends SeenRegion {
  readonly mask: Rle
  /** Mean probability of the mask's cells, in 0..1. */
  readonly score: number
}

/**
 * The object that fills a box: the mask head is asked for just this box, which is not refined, since
 * a person drew it. Without a cell above the threshold the object is the box itself.
 *
 * @param image size of the oriented image
 */
export async function regionInBox(
  { box, classes }: BoxPrompt,
  features: Features,
  network: RegionNetwork,
  image: Size,
  { channels, threshold }: BoxPromptOptions = BOX_PROMPT_DEFAULTS,
): Promise<RegionInBox> {
  const roi = toModelBox(box, features.frame, network.convention)
  const classified = await network.classify(features, roi)
  const masks = await network.masks(features, roi)
  const drawn = classes === null ? posteriorOf(classified) : posteriorOf(classified, classes)
  const patch = maskPatch(masks, 0, drawn, channels)
  const { padCells } = pasteOf(network.pack.description)
  const mask = pasteMask(patch, box, image, { padCells, threshold })
  return {
    ...seenIn(classified),
    mask: isEmptyRle(mask) ? maskOfBox(box, image) : mask,
    score: meanAbove(patch, threshold),
  }
}

/** What the box head says of a box, without a mask. */
export async function classesInBox(
  box: Box,
  features: Features,
  network: RegionNetwork,
): Promise<SeenRegion> {
  const roi = toModelBox(box, features.frame, network.convention)
  return seenIn(await network.classify(features, roi))
}

function seenIn(classified: Classification): SeenRegion {
  return { posterior: posteriorOf(classified), vector: classified.regions?.vectors ?? null }
}

/** The likeliest classes of one box, one at least: that a person drew it says that something is there. */
function posteriorOf(
  { probabilities, columns }: Classification,
  among: readonly number[] = [],
): Posterior {
  const row = probabilities.subarray(1, columns)
  if (among.length > 0) {
    const [best] = [...among].sort((a, b) => row[b] - row[a])
    return { classes: Uint16Array.of(best), probabilities: Float32Array.of(row[best]) }
  }
  const posterior = sparsePosterior(row, 0, row.length)
  if (posterior.classes.length > 0) return posterior
  const [best] = topScores(row, 1)
  return { classes: Uint16Array.of(best), probabilities: Float32Array.of(row[best]) }
}

function meanAbove({ probabilities, offset, size }: MaskPatch, threshold: number): number {
  let sum = 0
  let cells = 0
  for (const p of probabilities.subarray(offset, offset + size ** 2)) {
    if (p < threshold) continue
    sum += p
    cells++
  }
  return cells === 0 ? 0 : sum / cells
}

/** The pixels that a box touches, so that none is empty. */
function maskOfBox([x1, y1, x2, y2]: Box, image: Size): Rle {
  const [left, top] = [Math.floor(x1), Math.floor(y1)]
  const [right, bottom] = [Math.ceil(x2), Math.ceil(y2)]
  return rasterisePolygon([left, top, right, top, right, bottom, left, bottom], image)
}
