import type { DetectorRegions } from '#shared/contract/recipes.ts'
import type { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { pasteOf } from '#main/packs/mask-rcnn-description.ts'
import type { DetectionNetwork } from '#main/networks/detection-network.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import { takeBoxes, toImageBox } from '#main/vision/model-boxes.ts'
import { suppressOverlaps, topScores } from '#main/vision/nms.ts'
import { pasteMask } from '#main/vision/paste-mask.ts'
import { sparsePosterior } from '#main/vision/posterior.ts'
import { prepareForDetector, type PreparedForDetector } from './prepare.ts'
import { proposeAndClassify } from './propose-and-classify.ts'
import type { Recipe } from './recipe.ts'
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

interface Detection {
  /** Row of the proposals. */
  readonly proposal: number
  /** Column of the box head's outputs, so 0 is the background. */
  readonly column: number
  readonly probability: number
}

async function detectInStages(
  { input, size }: PreparedForDetector,
  network: RegionNetwork,
  parameters: DetectorRegions,
  clock: StageClock,
): Promise<Candidate[]> {
  const { description } = network.pack
  const { proposals, classes } = await proposeAndClassify(input, network, parameters, clock)
  const { columns, probabilities } = classes
  const count = proposals.objectness.length

  const found: Detection[] = []
  const boxes: number[] = []
  const refined = new Float32Array(count * 4)
  const scores = new Float32Array(count)
  for (let column = 1; column < columns; column++) {
    let likely = false
    for (let i = 0; i < count; i++) {
      scores[i] = probabilities[i * columns + column]
      likely ||= scores[i] > parameters.candidateFloor
    }
    if (!likely) continue
    const order = topScores(scores, count, parameters.candidateFloor)
    for (const i of order) {
      network.refine(proposals.boxes, i, classes, column, input, refined, i * 4)
    }
    const kept = suppressOverlaps(refined, order, {
      iouThreshold: parameters.nmsIou ?? description.detection.nmsIou,
      convention: network.refinedConvention,
    })
    for (const i of kept) {
      found.push({ proposal: i, column, probability: scores[i] })
      boxes.push(...refined.subarray(i * 4, i * 4 + 4))
    }
  }
  if (found.length === 0) return []

  const best = topScores(
    Float32Array.from(found, (detection) => detection.probability),
    parameters.atMost,
  )
  const bestBoxes = takeBoxes(Float32Array.from(boxes), Array.from(best))
  const masks = await clock.time('masks', () => network.masks(proposals.features, bestBoxes))
  return clock.time('paste', () =>
    Array.from(best, (index, row) => {
      const { proposal, column } = found[index]
      const box = toImageBox(bestBoxes, row, input, network.refinedConvention)
      const channel = masks.channels === 1 ? 0 : column
      const offset = (row * masks.channels + channel) * masks.size ** 2
      return {
        box,
        mask: pasteMask(
          { probabilities: masks.probabilities, offset, size: masks.size },
          box,
          size,
          pasteOf(network.pack.description),
        ),
        objectness: proposals.objectness[proposal],
        detectorClass: column - 1,
        posterior: sparsePosterior(probabilities, proposal * columns + 1, columns - 1),
        vector: null,
      }
    }),
  )
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
