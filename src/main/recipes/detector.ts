import type { DetectorRegions } from '#shared/contract/recipes.ts'
import type { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { pasteOf } from '#main/packs/mask-rcnn-description.ts'
import type { DetectionNetwork } from '#main/networks/detection-network.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import { toImageBox } from '#main/vision/model-boxes.ts'
import { topScores } from '#main/vision/nms.ts'
import { pasteMask } from '#main/vision/paste-mask.ts'
import { sparsePosterior } from '#main/vision/posterior.ts'
import { channelPatch, pasteMasks } from './paste-masks.ts'
import { prepareForDetector, type PreparedForDetector } from './prepare.ts'
import { proposeAndClassify } from './propose-and-classify.ts'
import type { Recipe } from './recipe.ts'
import { selectDetections } from './select-detections.ts'
import type { StageClock } from './stage-clock.ts'

/**
 * Mask R-CNN's own detections: a region for every class that the box head finds likely, with that
 * class's box and mask. Suppression runs a detector class at a time, as the network was trained.
 */
export const detectorRecipe: Recipe<DetectorRegions, PreparedForDetector> = {
  prepare: prepareForDetector,

  findRegions(prepared, { detector }, parameters, clock) {
    return detector.kind === 'regions'
      ? detectInStages(prepared, detector.network, parameters, clock)
      : detectAtOnce(prepared, detector.network, parameters, clock)
  },
}

async function detectInStages(
  { input, size }: PreparedForDetector,
  network: RegionNetwork,
  parameters: DetectorRegions,
  clock: StageClock,
): Promise<Candidate[]> {
  const proposed = await proposeAndClassify(input, network, parameters, clock)
  const { columns, probabilities } = proposed.classes
  const { features, objectness } = proposed.proposals
  const { detections, boxes } = selectDetections(proposed, network, input, parameters)
  const pasted = await pasteMasks(
    network,
    features,
    boxes,
    network.refinedConvention,
    size,
    (masks, row, index) => channelPatch(masks, row, detections[index].column),
    clock,
  )
  return pasted.map(({ box, mask }, index) => {
    const { proposal, column } = detections[index]
    return {
      box,
      mask,
      objectness: objectness[proposal],
      detectorClass: column - 1,
      posterior: sparsePosterior(probabilities, proposal * columns + 1, columns - 1),
      vector: null,
    }
  })
}

/** A graph that keeps its class choice and suppression inside: its detections, as they come. */
async function detectAtOnce(
  { input, size }: PreparedForDetector,
  network: DetectionNetwork,
  parameters: DetectorRegions,
  clock: StageClock,
): Promise<Candidate[]> {
  const detections = await clock.time('proposals', () => network.detect(input))
  return clock.time('paste', () =>
    Array.from(
      topScores(detections.scores, parameters.atMost, parameters.candidateFloor),
      (row) => {
        const box = toImageBox(detections.boxes, row, input, network.convention)
        const detectorClass = detections.labels[row] - 1
        const cells = detections.size
        return {
          box,
          mask: pasteMask(
            { probabilities: detections.masks, offset: row * cells ** 2, size: cells },
            box,
            size,
            pasteOf(network.pack.description),
          ),
          objectness: detections.scores[row],
          detectorClass,
          posterior: {
            classes: Uint16Array.of(detectorClass),
            probabilities: Float32Array.of(detections.scores[row]),
          },
          vector: null,
        }
      },
    ),
  )
}
