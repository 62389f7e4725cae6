import type { ClipRegions } from '#shared/contract/recipes.ts'
import type { Box } from '#shared/geometry/box.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Classification, RegionNetwork } from '#main/networks/mask-rcnn.ts'
import type { DetectionNetwork } from '#main/networks/detection-network.ts'
import type { Detector } from '#main/networks/open-networks.ts'
import { pasteOf } from '#main/packs/mask-rcnn-description.ts'
import type { Candidate, Posterior } from '#main/vision/candidate.ts'
import { float16FromVector } from '#main/vision/float16.ts'
import { takeBoxes, toImageBox } from '#main/vision/model-boxes.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import { suppressOverlaps } from '#main/vision/nms.ts'
import { pasteMask } from '#main/vision/paste-mask.ts'
import { sparsePosterior } from '#main/vision/posterior.ts'
import { maskPatch } from './mask-patch.ts'
import { pasteMasks } from './paste-masks.ts'
import { proposeAndClassify, type ProposedRegions } from './propose-and-classify.ts'
import { selectDetections } from './select-detections.ts'
import type { StageClock } from './stage-clock.ts'

/** A region with its mask, before CLIP has seen it. */
export interface ClipRegion {
  /** In pixels of the oriented image. */
  readonly box: Box
  readonly mask: Rle
  readonly objectness: number
  readonly posterior: Posterior
  /** Unit vector of a box head that gives regions vectors; null from another. */
  readonly boxHeadVector: Float32Array | null
}

/**
 * Class-agnostic regions of an image, for the recipes that ask CLIP what they are.
 *
 * @param size of the oriented image
 */
export function findClipRegions(
  input: ModelImage,
  size: Size,
  detector: Detector,
  parameters: ClipRegions,
  clock: StageClock,
): Promise<ClipRegion[]> {
  return detector.kind === 'regions'
    ? regionsInStages(input, size, detector.network, parameters, clock)
    : detectedAtOnce(input, size, detector.network, parameters, clock)
}

/**
 * @param vector unit; null for a region that was not shown to whatever makes vectors
 * @param keepsBoxHead whether scoring compares the box head's vector as well
 */
export function candidateOf(
  { boxHeadVector, ...region }: ClipRegion,
  vector: Float32Array | null,
  keepsBoxHead: boolean,
): Candidate {
  const { classes } = region.posterior
  return {
    ...region,
    detectorClass: classes.length > 0 ? classes[0] : null,
    vector: vector && float16FromVector(vector),
    ...(keepsBoxHead && boxHeadVector ? { boxHeadVector: float16FromVector(boxHeadVector) } : {}),
  }
}

const shortSide = (box: Box): number => Math.min(box[2] - box[0], box[3] - box[1])

/** Boxes of regions in the model's frame, best first, and where their masks come from. */
interface ChosenBoxes {
  /** Float32Array // [n, 4] */
  readonly boxes: Float32Array
  /** [n] rows of the proposals */
  readonly proposals: readonly number[]
  /** [n] the classes in whose mask channels each region is drawn */
  readonly drawn: readonly Posterior[]
  readonly convention: RegionNetwork['convention']
}

async function regionsInStages(
  input: ModelImage,
  size: Size,
  network: RegionNetwork,
  parameters: ClipRegions,
  clock: StageClock,
): Promise<ClipRegion[]> {
  const proposed = await proposeAndClassify(input, network, parameters, clock)
  const { columns: width, probabilities } = proposed.classes
  const posteriors = Array.from({ length: proposed.proposals.objectness.length }, (_, i) =>
    sparsePosterior(probabilities, i * width + 1, width - 1),
  )
  const chosen =
    parameters.source === 'rpn'
      ? chooseProposals(proposed, posteriors, network, input, parameters)
      : chooseDetections(proposed, network, input, parameters)
  const { boxes, proposals, drawn, convention } = chosen
  // Refinement draws neighbours onto one object: CLIP need not look at it twice.
  const kept = suppressOverlaps(boxes, largeEnough(boxes, input, convention, parameters), {
    iouThreshold: parameters.proposalNmsIou,
    convention,
  })
  const pasted = await pasteMasks(
    network,
    proposed.proposals.features,
    takeBoxes(boxes, kept),
    convention,
    size,
    (masks, row, index) => maskPatch(masks, row, drawn[kept[index]], parameters.mask),
    clock,
  )
  return pasted.map((region, index) => {
    const proposal = proposals[kept[index]]
    return {
      ...region,
      objectness: proposed.proposals.objectness[proposal],
      posterior: posteriors[proposal],
      boxHeadVector: vectorOf(proposed.classes, proposal),
    }
  })
}

function vectorOf({ regions }: Classification, row: number): Float32Array | null {
  if (!regions) return null
  return regions.vectors.slice(row * regions.dimension, (row + 1) * regions.dimension)
}

function chooseProposals(
  { proposals, classes }: ProposedRegions,
  posteriors: readonly Posterior[],
  network: RegionNetwork,
  input: ModelImage,
  parameters: ClipRegions,
): ChosenBoxes {
  const isRefined = parameters.box === 'refined'
  const boxes = isRefined ? proposals.boxes.slice() : proposals.boxes
  if (isRefined) {
    posteriors.forEach((posterior, i) => {
      if (posterior.classes.length === 0) return
      network.refine(proposals.boxes, i, classes, posterior.classes[0] + 1, input, boxes, i * 4)
    })
  }
  const objectLike = posteriors.flatMap((_, i) =>
    proposals.objectness[i] >= parameters.candidateFloor ? i : [],
  )
  return {
    boxes: takeBoxes(boxes, objectLike),
    proposals: objectLike,
    drawn: objectLike.map((i) => posteriors[i]),
    convention: isRefined ? network.refinedConvention : network.convention,
  }
}

/** What the detector takes for objects; several classes of one region are one, by the suppression. */
function chooseDetections(
  proposed: ProposedRegions,
  network: RegionNetwork,
  input: ModelImage,
  { candidateFloor, proposals, box }: ClipRegions,
): ChosenBoxes {
  const options = { candidateFloor, nmsIou: null, atMost: proposals }
  const { detections, boxes } = selectDetections(proposed, network, input, options)
  const rows = detections.map(({ proposal }) => proposal)
  const isRefined = box === 'refined'
  return {
    boxes: isRefined ? boxes : takeBoxes(proposed.proposals.boxes, rows),
    proposals: rows,
    drawn: detections.map(({ column, probability }) => ({
      classes: Uint16Array.of(column - 1),
      probabilities: Float32Array.of(probability),
    })),
    convention: isRefined ? network.refinedConvention : network.convention,
  }
}

function largeEnough(
  boxes: Float32Array,
  input: ModelImage,
  convention: RegionNetwork['convention'],
  { minSidePx }: ClipRegions,
): number[] {
  return Array.from({ length: boxes.length / 4 }, (_, i) => i).filter(
    (i) => shortSide(toImageBox(boxes, i, input, convention)) >= minSidePx,
  )
}

/** A graph that gives no proposals: what it detected serves as such. */
async function detectedAtOnce(
  input: ModelImage,
  size: Size,
  network: DetectionNetwork,
  parameters: ClipRegions,
  clock: StageClock,
): Promise<ClipRegion[]> {
  const detections = await clock.time('proposals', () => network.detect(input))
  const paste = pasteOf(network.pack.description)
  const cells = detections.size
  return clock.time('paste', () =>
    Array.from(detections.scores.keys())
      .filter((i) => detections.scores[i] >= parameters.candidateFloor)
      .slice(0, parameters.proposals)
      .map((i): ClipRegion => {
        const box = toImageBox(detections.boxes, i, input, network.convention)
        const patch = { probabilities: detections.masks, offset: i * cells ** 2, size: cells }
        return {
          box,
          mask: pasteMask(patch, box, size, paste),
          objectness: detections.scores[i],
          posterior: {
            classes: Uint16Array.of(detections.labels[i] - 1),
            probabilities: Float32Array.of(detections.scores[i]),
          },
          boxHeadVector: null,
        }
      })
      .filter(({ box }) => shortSide(box) >= parameters.minSidePx),
  )
}
