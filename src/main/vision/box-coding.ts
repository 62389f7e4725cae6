/**
 * How a network measures a box. `inclusive`: x2 is the last pixel, width = x2 - x1 + 1 (Detectron 1,
 * Caffe2). `exclusive`: x2 is the far edge, width = x2 - x1 (Detectron2, torchvision).
 */
export type BoxConvention = 'inclusive' | 'exclusive'

/** ln(1000 / 16): no delta may grow a side more than this (R-CNN's bounding-box regression). */
export const MAX_LOG_SCALE = Math.log(1000 / 16)

export interface BoxCoder {
  /** Weights of dx, dy, dw, dh: the deltas are divided by them. */
  readonly weights: readonly [number, number, number, number]
  /** How the reference box is measured. */
  readonly reference: BoxConvention
  /** How the decoded box is to be written. */
  readonly decoded: BoxConvention
}

/**
 * Apply one box's regression deltas (R-CNN, appendix C) and write the result at `out[at..at+3]`.
 * Deltas are dx, dy in units of the box's size and dw, dh as logarithms of the scale.
 */
export function decodeBox(
  coder: BoxCoder,
  boxes: Float32Array, // [n, 4] xyxy
  boxAt: number,
  deltas: Float32Array,
  deltaAt: number,
  out: Float32Array,
  outAt: number,
): void {
  const measured = coder.reference === 'inclusive' ? 1 : 0
  const written = coder.decoded === 'inclusive' ? 1 : 0
  const width = boxes[boxAt + 2] - boxes[boxAt] + measured
  const height = boxes[boxAt + 3] - boxes[boxAt + 1] + measured
  const centreX = boxes[boxAt] + 0.5 * width + (deltas[deltaAt] / coder.weights[0]) * width
  const centreY =
    boxes[boxAt + 1] + 0.5 * height + (deltas[deltaAt + 1] / coder.weights[1]) * height
  const newWidth = Math.exp(Math.min(deltas[deltaAt + 2] / coder.weights[2], MAX_LOG_SCALE)) * width
  const newHeight =
    Math.exp(Math.min(deltas[deltaAt + 3] / coder.weights[3], MAX_LOG_SCALE)) * height
  out[outAt] = centreX - 0.5 * newWidth
  out[outAt + 1] = centreY - 0.5 * newHeight
  out[outAt + 2] = centreX + 0.5 * newWidth - written
  out[outAt + 3] = centreY + 0.5 * newHeight - written
}

/** Clip a box in place to an image of the given size, in the convention's last pixel or far edge. */
export function clipBox(
  boxes: Float32Array,
  at: number,
  width: number,
  height: number,
  convention: BoxConvention,
): void {
  const right = convention === 'inclusive' ? width - 1 : width
  const bottom = convention === 'inclusive' ? height - 1 : height
  boxes[at] = Math.min(Math.max(boxes[at], 0), right)
  boxes[at + 1] = Math.min(Math.max(boxes[at + 1], 0), bottom)
  boxes[at + 2] = Math.min(Math.max(boxes[at + 2], 0), right)
  boxes[at + 3] = Math.min(Math.max(boxes[at + 3], 0), bottom)
}
