import type { Size } from '#shared/geometry/size.ts'
import { clipBox, decodeBox, type BoxConvention } from './box-coding.ts'
import { takeBoxes } from './model-boxes.ts'
import { suppressOverlaps, topScores } from './nms.ts'

/** What a region proposal network says on one level of its features. */
export interface LevelScores extends Size {
  /** Float32Array // [shapes, height, width] in 0..1 */
  readonly objectness: Float32Array
  /** Float32Array // [4 * shapes, height, width] */
  readonly deltas: Float32Array
  /** Float32Array // [height * width * shapes, 4] xyxy, pixels of the model's input */
  readonly anchors: Float32Array
  readonly shapes: number
}

/** Regions that may hold an object, best first. */
export interface ScoredBoxes {
  /** Float32Array // [n, 4] xyxy, pixels of the model's input, in the network's box convention */
  readonly boxes: Float32Array
  /** Float32Array // [n] in 0..1 */
  readonly objectness: Float32Array
}

export interface ProposalOptions {
  readonly weights: readonly [number, number, number, number]
  /** Anchors that are refined, on each level. */
  readonly preNmsTop: number
  readonly nmsIou: number
  /** Of all levels together. */
  readonly atMost: number
  readonly convention: BoxConvention
}

/** Narrower boxes show nothing: torchvision's `RegionProposalNetwork.min_size`, in pixels. */
const MIN_SIDE = 1e-3

/**
 * Proposals as Feature Pyramid Networks choose them (Lin et al. 2017, section 4.1): on each level the
 * best anchors, refined, clipped to the image and suppressed among themselves; then the best of all
 * levels. With one level it is Faster R-CNN's own way.
 *
 * @param image without padding
 */
export function proposeBoxes(
  levels: readonly LevelScores[],
  image: Size,
  options: ProposalOptions,
): ScoredBoxes {
  const found = levels.map((level) => proposeOnLevel(level, image, options))
  if (found.length === 1) return found[0]
  const boxes = joined(found.map((one) => one.boxes))
  const objectness = joined(found.map((one) => one.objectness))
  const best = [...topScores(objectness, options.atMost)]
  return {
    boxes: takeBoxes(boxes, best),
    objectness: Float32Array.from(best, (index) => objectness[index]),
  }
}

function proposeOnLevel(
  { width, height, objectness, deltas, anchors, shapes }: LevelScores,
  image: Size,
  { weights, preNmsTop, nmsIou, atMost, convention }: ProposalOptions,
): ScoredBoxes {
  // [shapes, h, w] to [h, w, shapes], the order of the anchors.
  const cells = height * width
  const scores = new Float32Array(cells * shapes)
  for (let shape = 0; shape < shapes; shape++) {
    for (let cell = 0; cell < cells; cell++) {
      scores[cell * shapes + shape] = objectness[shape * cells + cell]
    }
  }
  const order = topScores(scores, preNmsTop)
  const boxes = new Float32Array(order.length * 4)
  const delta = new Float32Array(4)
  const coder = { weights, reference: convention, decoded: convention }
  const extra = convention === 'inclusive' ? 1 : 0
  const shown: number[] = []
  for (let i = 0; i < order.length; i++) {
    const cell = Math.floor(order[i] / shapes)
    const shape = order[i] % shapes
    for (let d = 0; d < 4; d++) delta[d] = deltas[(shape * 4 + d) * cells + cell]
    decodeBox(coder, anchors, order[i] * 4, delta, 0, boxes, i * 4)
    clipBox(boxes, i * 4, image.width, image.height, convention)
    const sideX = boxes[i * 4 + 2] - boxes[i * 4] + extra
    const sideY = boxes[i * 4 + 3] - boxes[i * 4 + 1] + extra
    if (sideX >= MIN_SIDE && sideY >= MIN_SIDE) shown.push(i)
  }
  const kept = suppressOverlaps(boxes, shown, { iouThreshold: nmsIou, convention, atMost })
  return {
    boxes: takeBoxes(boxes, kept),
    objectness: Float32Array.from(kept, (i) => scores[order[i]]),
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
