import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backbone, boxHead, CELL, maskHead } from './graphs.ts'

/** Sides of the pictures that it takes as they are. */
export const PICTURE = 7 * CELL

/**
 * Write the block detector: Mask R-CNN's three graphs for pictures of coloured blocks on grey, whose
 * answers can be told beforehand. A box is a cell of 64 pixels, its objectness the mean of max - min
 * over its colours, the probabilities of "bus" and "car" are 0.8 and 0.1 of that of its middle, and the
 * mask is what is colourful in it, in steps of 4 pixels.
 */
export async function writeBlockDetector(folder: string): Promise<void> {
  const files = {
    'backbone_rpn.fp32.onnx': backbone(),
    'box_head.fp32.onnx': boxHead(),
    'mask_head.fp32.onnx': maskHead(),
  }
  const description = {
    name: 'block-detector',
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
    files: Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [
        name,
        { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') },
      ]),
    ),
  }
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(description, null, 2)}\n`)
}
