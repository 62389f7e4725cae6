import { basename } from 'node:path'
import { writePack } from '../write-pack.ts'
import { backbone, boxHead, CELL, maskHead, type VectorOfColour } from './graphs.ts'

/** Sides of the pictures that it takes as they are. */
export const PICTURE = 7 * CELL

/** What a block detector with region vectors brings beside its graphs. */
export interface BlockText {
  readonly vectorOfColour: VectorOfColour
  readonly temperature: number
  /** Unit. */
  readonly background: Float32Array
  /** Of "bus" and "car", one after the other. */
  readonly names: Float32Array
}

/**
 * Write the block detector: Mask R-CNN's three graphs for pictures of coloured blocks on grey, whose
 * answers can be told beforehand. A box is a cell of 64 pixels, its objectness the mean of max - min
 * over its colours, the probabilities of "bus" and "car" are 0.8 and 0.1 of that of its middle, and the
 * mask is what is colourful in it, in steps of 4 pixels.
 *
 * @param text with it the box head gives region vectors, by the colour of a box's middle
 */
export async function writeBlockDetector(
  folder: string,
  text: BlockText | null = null,
): Promise<void> {
  const files = {
    'backbone_rpn.fp32.onnx': backbone(),
    'box_head.fp32.onnx': boxHead(text?.vectorOfColour),
    'mask_head.fp32.onnx': maskHead(),
    ...(text && { 'background.f32': bytesOf(text.background), 'names.f32': bytesOf(text.names) }),
  }
  const description = {
    name: basename(folder),
    title: 'Block detector: sees coloured blocks on grey, for tests',
    licence: 'Apache-2.0',
    precisions: { fp32: 'float32' },
    input: {
      channels: 'RGB',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      resize: { shortSide: PICTURE, longSideAtMost: PICTURE },
    },
    coordinates: 'pixels of the input, x2 and y2 are the far edges',
    classes: [
      { index: 1, name: 'bus' },
      { index: 2, name: 'car' },
    ],
    detection: { scoreThreshold: 0.05, nmsIou: 0.5, atMost: 100 },
    anchors: { stride: CELL, boxes: [[0, 0, CELL, CELL]] },
    rpn: { deltaWeights: [1, 1, 1, 1], preNmsTop: 1000, nmsIou: 0.7, postNmsTop: 100 },
    box_head: { deltaWeights: [10, 10, 5, 5] },
    mask_head: { paste: { padCells: 0, threshold: 0.5 } },
    ...(text && {
      text: {
        temperature: text.temperature,
        background: 'background.f32, float32, unit length',
        cocoNames: 'names.f32, float32, text vectors of "a {name}"',
      },
    }),
  }
  await writePack(folder, files, description)
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
