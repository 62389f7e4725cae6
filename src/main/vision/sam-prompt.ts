import type { Box } from '#shared/geometry/box.ts'
import type { ModelFrame } from './model-image.ts'

export interface PointPrompt {
  /** In pixels of the oriented image. */
  readonly x: number
  readonly y: number
  readonly isPositive: boolean
}

/** Points as the prompt encoder of Segment Anything (Kirillov et al. 2023) takes them. */
export interface EncodedPrompt {
  /** Float32Array // [n, 2] x and y in pixels of the model's input */
  readonly coordinates: Float32Array
  /** [n] 1 for the object, 0 for what is not, 2 and 3 for the corners of a box, -1 for padding */
  readonly labels: readonly number[]
}

/**
 * Points and a box in the frame of the encoder. Without a box a point of padding follows, as the
 * model was trained to see one. The half pixel to a pixel's centre is added inside the model.
 */
export function encodePrompt(
  points: readonly PointPrompt[],
  box: Box | null,
  { scaleX, scaleY }: ModelFrame,
): EncodedPrompt {
  const inFrame = (x: number, y: number): [number, number] => [x / scaleX, y / scaleY]
  const corners = box
    ? [inFrame(box[0], box[1]), inFrame(box[2], box[3])]
    : [[0, 0] satisfies [number, number]]
  const places = [...points.map(({ x, y }) => inFrame(x, y)), ...corners]
  return {
    coordinates: Float32Array.from(places.flat()),
    labels: [...points.map(({ isPositive }) => (isPositive ? 1 : 0)), ...(box ? [2, 3] : [-1])],
  }
}
