import type {
  Classification,
  Features,
  Proposals,
  RegionNetwork,
} from '#main/networks/mask-rcnn.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import type { StageClock } from './stage-clock.ts'

export interface ProposedRegions {
  readonly proposals: Proposals & { readonly features: Features }
  readonly classes: Classification
}

/**
 * The first two stages of every recipe on a pack of three graphs.
 *
 * @param parameters `proposals` null takes the pack's own number
 */
export async function proposeAndClassify(
  input: ModelImage,
  network: RegionNetwork,
  parameters: { readonly proposals: number | null; readonly proposalNmsIou: number },
  clock: StageClock,
): Promise<ProposedRegions> {
  const proposals = await clock.time('proposals', () =>
    network.propose(input, {
      atMost: parameters.proposals ?? network.pack.description.rpn?.postNmsTop ?? 100,
      nmsIou: parameters.proposalNmsIou,
    }),
  )
  const classes = await clock.time('classes', () =>
    network.classify(proposals.features, proposals.boxes),
  )
  return { proposals, classes }
}
