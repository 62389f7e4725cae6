import type { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { takeBoxes } from '#main/vision/model-boxes.ts'
import { suppressOverlaps, topScores } from '#main/vision/nms.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import type { ProposedRegions } from './propose-and-classify.ts'

/** A proposal taken for an object of one class. */
export interface SelectedDetection {
  /** Row of the proposals. */
  readonly proposal: number
  /** Column of the box head's outputs, so 0 is the background. */
  readonly column: number
  readonly probability: number
}

/**
 * The detections of Mask R-CNN, best first: every class that the box head finds likely, with its box,
 * after suppression a class at a time, as the network was trained.
 *
 * @param options `nmsIou` null takes the pack's own
 * @returns boxes: Float32Array // [n, 4] refined, in the model's frame
 */
export function selectDetections(
  { proposals, classes }: ProposedRegions,
  network: RegionNetwork,
  input: ModelImage,
  options: {
    readonly candidateFloor: number
    readonly nmsIou: number | null
    readonly atMost: number
  },
): { readonly detections: readonly SelectedDetection[]; readonly boxes: Float32Array } {
  const { columns, probabilities } = classes
  const count = proposals.objectness.length
  const found: SelectedDetection[] = []
  const boxes: number[] = []
  const refined = new Float32Array(count * 4)
  const scores = new Float32Array(count)
  for (let column = 1; column < columns; column++) {
    let likely = false
    for (let i = 0; i < count; i++) {
      scores[i] = probabilities[i * columns + column]
      likely ||= scores[i] > options.candidateFloor
    }
    if (!likely) continue
    const order = topScores(scores, count, options.candidateFloor)
    for (const i of order) {
      network.refine(proposals.boxes, i, classes, column, input, refined, i * 4)
    }
    const kept = suppressOverlaps(refined, order, {
      iouThreshold: options.nmsIou ?? network.pack.description.detection.nmsIou,
      convention: network.refinedConvention,
    })
    for (const i of kept) {
      found.push({ proposal: i, column, probability: scores[i] })
      boxes.push(...refined.subarray(i * 4, i * 4 + 4))
    }
  }
  const best = Array.from(
    topScores(
      Float32Array.from(found, ({ probability }) => probability),
      options.atMost,
    ),
  )
  return {
    detections: best.map((index) => found[index]),
    boxes: takeBoxes(Float32Array.from(boxes), best),
  }
}
