import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClipRegions } from '#shared/contract/recipes.ts'
import type { Box } from '#shared/geometry/box.ts'
import type { Detector } from '#main/networks/open-networks.ts'
import { toImageBox } from '#main/vision/model-boxes.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import { sparsePosterior } from '#main/vision/posterior.ts'
import { candidateOf, findClipRegions } from './clip-regions.ts'
import { prepareForDetector, type PreparedForDetector } from './prepare.ts'
import { proposeAndClassify } from './propose-and-classify.ts'
import type { Recipe } from './recipe.ts'
import type { StageClock } from './stage-clock.ts'

/** The regions of the recipes that ask CLIP, before CLIP has seen them. */
export const agnosticRegions: Recipe<ClipRegions, PreparedForDetector> = {
  prepare: prepareForDetector,

  async findRegions({ input, size }, { detector }, parameters, clock) {
    const regions = await findClipRegions(input, size, detector, parameters, clock)
    return regions.map((region) => candidateOf(region, null, false))
  },
}

/** Boxes in pixels of the oriented image, the surest first. */
export interface ProposedBoxes {
  readonly boxes: readonly Box[]
  /** The same refined by the deltas of the detector's best class; where it sees none, as they are. */
  readonly refined: readonly Box[]
}

/** @throws LexmaskError PACK_INVALID for a detector of one graph, which tells no proposals */
export async function proposeBoxes(
  input: ModelImage,
  detector: Detector,
  options: { readonly proposals: number; readonly proposalNmsIou: number },
  clock: StageClock,
): Promise<ProposedBoxes> {
  if (detector.kind !== 'regions') {
    const { name } = detector.network.pack
    throw new LexmaskError(
      'PACK_INVALID',
      `The pack ${name} is used as one graph, which tells no proposals. Use its three graphs, or another pack.`,
      { pack: name },
    )
  }
  const { network } = detector
  const { proposals, classes } = await proposeAndClassify(input, network, options, clock)
  const { columns, probabilities } = classes
  const refinedBoxes = proposals.boxes.slice()
  const convention = { boxes: network.convention, refined: network.refinedConvention }
  const boxes: Box[] = []
  const refined: Box[] = []
  for (let i = 0; i < proposals.objectness.length; i++) {
    const box = toImageBox(proposals.boxes, i, input, convention.boxes)
    const [best] = sparsePosterior(probabilities, i * columns + 1, columns - 1).classes
    boxes.push(box)
    if (best === undefined) {
      refined.push(box)
      continue
    }
    network.refine(proposals.boxes, i, classes, best + 1, input, refinedBoxes, i * 4)
    refined.push(toImageBox(refinedBoxes, i, input, convention.refined))
  }
  return { boxes, refined }
}
