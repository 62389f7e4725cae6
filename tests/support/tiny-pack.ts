import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import {
  floatTensor,
  OnnxGraphWriter,
  type GraphPort,
} from '#main/packs/convert/onnx-graph-writer.ts'
import type { PackServer } from './pack-server.ts'
import { writePack } from './write-pack.ts'

export const TINY = 'tiny-rcnn'

const port = (name: string, ...dims: (number | string)[]): GraphPort => ({ name, dims })
const features = port('features', 1, 8, 'h', 'w')
const rois = port('rois', 'n', 4)

/**
 * The three graphs of a Mask R-CNN of one class and one anchor: real ONNX files with the inputs and
 * outputs that they should have, and weights of which a version is told.
 *
 * @param floats of the first one's weights
 */
export function tinyGraphs(version: number, floats = 100_000): ReadonlyMap<string, Buffer> {
  const graph = (inputs: GraphPort[], outputs: GraphPort[], count = 64): Buffer => {
    const writer = new OnnxGraphWriter()
    const weights = Array.from({ length: count }, (_, index) => version + (index % 97) / 97)
    writer.constant('weights', floatTensor(weights, [count]))
    for (const { name } of outputs) writer.node('Identity', [inputs[0].name], name)
    return Buffer.from(writer.finish('tiny', inputs, outputs))
  }
  return new Map([
    [
      'backbone_rpn.fp32.onnx',
      graph(
        [port('image', 1, 3, 'H', 'W')],
        [features, port('objectness', 1, 1, 'h', 'w'), port('deltas', 1, 4, 'h', 'w')],
        floats,
      ),
    ],
    [
      'box_head.fp32.onnx',
      graph([features, rois], [port('probabilities', 'n', 2), port('deltas', 'n', 8)]),
    ],
    ['mask_head.fp32.onnx', graph([features, rois], [port('masks', 'n', 2, 14, 14)])],
  ])
}

export const sha256Of = (content: Buffer): string =>
  createHash('sha256').update(content).digest('hex')

export interface TinyFile {
  readonly path: string
  url: string
  bytes: number | null
  sha256: string | null
}

interface TinyManifest extends Readonly<Record<string, unknown>> {
  readonly packs: readonly (Readonly<Record<string, unknown>> & { readonly files: TinyFile[] })[]
}

/** What its description says beside its name, classes and files. */
const TINY_MODEL = {
  precisions: { fp32: 'as made' },
  input: {
    channels: 'RGB',
    mean: [0, 0, 0],
    std: [1, 1, 1],
    resize: { shortSide: 320, longSideAtMost: 640 },
  },
  coordinates: 'far edges',
  anchors: { stride: 16, boxes: [[0, 0, 15, 15]] },
  rpn: { deltaWeights: [1, 1, 1, 1], preNmsTop: 100, nmsIou: 0.7, postNmsTop: 10 },
  box_head: { deltaWeights: [10, 10, 5, 5] },
  mask_head: { paste: {} },
  detection: { scoreThreshold: 0.05, nmsIou: 0.5, atMost: 100 },
}

/** A list of packs with the one of these graphs, which a test may change before it is written. */
export function tinyManifest(origin: string, graphs: ReadonlyMap<string, Buffer>): TinyManifest {
  const files = [...graphs].map(([path, content]): TinyFile => ({
    path,
    url: `${origin}/${path}`,
    bytes: content.length,
    sha256: sha256Of(content),
  }))
  return {
    version: 1,
    classLists: { streets: ['tram'] },
    packs: [
      {
        name: TINY,
        kind: 'mask-rcnn',
        title: 'A tiny one',
        licence: 'CC0',
        origin,
        purpose: { en: 'For tests.', 'zh-CN': '用于测试。' },
        files,
        classes: 'streets',
        model: TINY_MODEL,
      },
    ],
  }
}

/** Puts a version of the pack on the server and its list into a file. */
export function publishTiny(
  server: PackServer,
  manifestFile: string,
  graphs: ReadonlyMap<string, Buffer>,
  change: (files: TinyFile[]) => void = () => undefined,
): void {
  for (const [path, content] of graphs) server.files.set(`/${path}`, content)
  const manifest = tinyManifest(server.origin, graphs)
  change(manifest.packs[0].files)
  writeFileSync(manifestFile, JSON.stringify(manifest))
}

/** The pack as a folder, as somebody would have made it. @param change of its description */
export function writeTinyPack(folder: string, change: object = {}): Promise<void> {
  const classes = [{ index: 1, name: 'tram' }]
  const files = Object.fromEntries(tinyGraphs(1))
  return writePack(folder, files, { name: TINY, ...TINY_MODEL, classes, ...change })
}
