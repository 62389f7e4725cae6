import { LexmaskError } from '#shared/contract/errors.ts'
import type { RegionTextRegions } from '#shared/contract/recipes.ts'
import { float16FromVector } from '#main/vision/float16.ts'
import { takeBoxes } from '#main/vision/model-boxes.ts'
import { suppressOverlaps } from '#main/vision/nms.ts'
import { sparsePosterior } from '#main/vision/posterior.ts'
import { candidateOf } from './clip-regions.ts'
import { drawnRegions } from './drawn-regions.ts'
import { channelPatch, pasteMasks } from './paste-masks.ts'
import { prepareForDetector, type PreparedForDetector } from './prepare.ts'
import { proposeAndClassify } from './propose-and-classify.ts'
import type { Recipe } from './recipe.ts'

/**
 * A box head that gives every region a vector in the space of a text encoder: any word of that space
 * can be asked for afterwards. Boxes are refined once for all classes, masks are class-agnostic.
 */
export const regionTextRecipe: Recipe<RegionTextRegions, PreparedForDetector> = {
  prepare: prepareForDetector,

  async findRegions({ input, size }, { detector }, parameters, clock, drawn = []) {
    if (detector.kind !== 'regions') throw noRegionVectors(detector.network.pack.name)
    if (parameters.source === 'boxes') {
      const regions = await drawnRegions(input, size, detector, drawn, clock)
      return regions.map((region) => {
        const { boxHeadVector } = region
        if (boxHeadVector === null) throw noRegionVectors(detector.network.pack.name)
        return candidateOf(region, boxHeadVector, false)
      })
    }
    const { network } = detector
    const { proposals, classes } = await proposeAndClassify(input, network, parameters, clock)
    const { regions, columns, probabilities } = classes
    if (regions === null) throw noRegionVectors(network.pack.name)
    const boxes = network.refineForAll(proposals.boxes, regions, input)
    const objectLike = Array.from(proposals.objectness.keys()).filter(
      (i) => proposals.objectness[i] >= parameters.candidateFloor,
    )
    // Refinement draws neighbours onto one object: nearly equal boxes are one region.
    const kept = suppressOverlaps(boxes, objectLike, {
      iouThreshold: parameters.regionNmsIou,
      convention: network.refinedConvention,
    })
    const keptBoxes = takeBoxes(boxes, kept)
    const pasted = await pasteMasks(
      network,
      proposals.features,
      keptBoxes,
      network.refinedConvention,
      size,
      (masks, row) => channelPatch(masks, row, 0),
      clock,
    )
    return pasted.map(({ box, mask }, row) => {
      const proposal = kept[row]
      const posterior = sparsePosterior(probabilities, proposal * columns + 1, columns - 1)
      const from = proposal * regions.dimension
      return {
        box,
        mask,
        objectness: proposals.objectness[proposal],
        detectorClass: posterior.classes.length > 0 ? posterior.classes[0] : null,
        posterior,
        vector: float16FromVector(regions.vectors.slice(from, from + regions.dimension)),
      }
    })
  },
}

function noRegionVectors(pack: string): LexmaskError {
  return new LexmaskError(
    'PACK_INVALID',
    `The pack ${pack} gives no region vectors, which the recipe "region-text" needs. Choose another with --pack.`,
    { pack },
  )
}
