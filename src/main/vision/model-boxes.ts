import type { Box } from '#shared/geometry/box.ts'
import type { BoxConvention } from './box-coding.ts'
import type { ModelFrame } from './model-image.ts'

/** The rows `indices` of [n, 4] boxes. */
export function takeBoxes(boxes: Float32Array, indices: readonly number[]): Float32Array {
  const taken = new Float32Array(indices.length * 4)
  indices.forEach((index, i) => taken.set(boxes.subarray(index * 4, index * 4 + 4), i * 4))
  return taken
}

/** A box of the model's frame in pixels of the oriented image, with far edges. */
export function toImageBox(
  boxes: Float32Array,
  index: number,
  frame: ModelFrame,
  convention: BoxConvention,
): Box {
  const last = convention === 'inclusive' ? 1 : 0
  const at = index * 4
  return [
    boxes[at] * frame.scaleX,
    boxes[at + 1] * frame.scaleY,
    (boxes[at + 2] + last) * frame.scaleX,
    (boxes[at + 3] + last) * frame.scaleY,
  ]
}

/**
 * The way back of `toImageBox`: a box of the image in the model's frame.
 *
 * @returns Float32Array // [1, 4] xyxy, pixels of the model's input
 */
export function toModelBox(box: Box, frame: ModelFrame, convention: BoxConvention): Float32Array {
  const last = convention === 'inclusive' ? 1 : 0
  return Float32Array.of(
    box[0] / frame.scaleX,
    box[1] / frame.scaleY,
    box[2] / frame.scaleX - last,
    box[3] / frame.scaleY - last,
  )
}
