import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { detectorRegionsSchema } from '#shared/contract/recipes.ts'
import { openClip, openSplitClip } from '#main/networks/clip.ts'
import { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { findPacks, type MaskRcnnPack, type Pack } from '#main/packs/find-packs.ts'
import { assertGraphs } from '#main/packs/inspect/inspect-graphs.ts'
import { prepareImage } from '#main/recipes/prepare.ts'
import { proposeAndClassify } from '#main/recipes/propose-and-classify.ts'
import { selectDetections } from '#main/recipes/select-detections.ts'
import { StageClock } from '#main/recipes/stage-clock.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import { roiAlign, type FeatureMap } from '#main/vision/roi-align.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { Answers, compareRows, largestDifference } from '../support/exports/answers.ts'

const PROVE = join(import.meta.dirname, '../support/exports/prove.py')
/** A Python with other libraries, open_clip for one, than that of the system. */
const PYTHON = process.env.LEXMASK_PYTHON ?? 'python3'
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch, torchvision, onnx']).status === 0

const TOLERANCE = 1e-4
const EXPORT_MS = 15 * 60_000

const factory = new SessionFactory(
  { requested: 'cpu', used: 'cpu', share: null, refused: [] },
  { threads: 0 },
)

describe.skipIf(!hasTorch || !hasShared)(
  'random networks that models/export has exported, in our engine and in PyTorch [needs python3 with torch, torchvision and onnx, and ../shared]',
  () => {
    let root: string
    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'lexmask-exports-'))
    })
    afterAll(() => rm(root, { recursive: true, force: true }))

    /** null when the libraries of a case are not there. */
    function exported(name: string): { folder: string; answers: Answers } | null {
      const tokenizer = sharedPath('models/clip-tokenizer/tokenizer.json')
      const { status, stdout, stderr } = spawnSync(PYTHON, [PROVE, root, tokenizer, name], {
        encoding: 'utf8',
      })
      console.log(stdout.trim())
      if (status !== 0) throw new Error(`prove.py failed: ${stderr.slice(-2000)}`)
      const folder = join(root, name)
      if (!existsSync(join(folder, 'answers.json'))) return null
      return { folder: join(folder, 'pack'), answers: new Answers(folder) }
    }

    async function packIn(folder: string): Promise<Pack> {
      const { packs, refused } = await findPacks([{ folder, required: true }])
      expect(refused).toEqual([])
      expect(packs).toHaveLength(1)
      await assertGraphs(packs[0])
      return packs[0]
    }

    function told(name: string, differences: Readonly<Record<string, number>>): void {
      console.log(`${name}, largest difference from PyTorch:`)
      for (const [what, difference] of Object.entries(differences)) {
        console.log(`  ${what.padEnd(24)} ${difference.toExponential(1)}`)
      }
      for (const [what, difference] of Object.entries(differences)) {
        expect(difference, what).toBeLessThan(TOLERANCE)
      }
    }

    /**
     * The largest difference of rows of which all but one in twenty have a counterpart: boxes of a
     * random network lie close, and a row that rounding suppresses on one side lets others follow.
     */
    function alike(actual: readonly number[][], expected: readonly number[][]): number {
      const { largest, unmatched } = compareRows(actual, expected, TOLERANCE)
      console.log(`${unmatched} of ${expected.length} rows are chosen by one side alone`)
      expect(unmatched).toBeLessThanOrEqual(expected.length / 20)
      return largest
    }

    it.each(['mask-rcnn-small', 'mask-rcnn', 'mask-rcnn-v2'])(
      'torchvision Mask R-CNN with a feature pyramid in three graphs: %s',
      async (name) => {
        const done = exported(name)
        if (!done) throw new Error('torchvision is there, and its networks are not')
        const { folder, answers } = done
        const pack = (await packIn(folder)) as MaskRcnnPack
        const network = await RegionNetwork.open(pack, 'fp32', factory)
        const size = { width: answers.width, height: answers.height }
        const rgb = Uint8Array.from(answers.floats('rgb'))
        const input: ModelImage = await prepareImage(
          size,
          () => Promise.resolve({ ...size, rgb }),
          pack.description.input,
        )
        const parameters = detectorRegionsSchema.parse({
          proposalNmsIou: pack.description.rpn?.nmsIou,
          candidateFloor: pack.description.detection.scoreThreshold,
          atMost: pack.description.detection.atMost,
        })
        const proposed = await proposeAndClassify(input, network, parameters, new StageClock())
        const { features, boxes } = proposed.proposals
        const expectedBoxes = answers.floats('proposals')
        const classes = await network.classify(features, expectedBoxes)
        const some = expectedBoxes.slice(0, 4 * answers.dims('masks')[0])
        const masks = await network.masks(features, some)
        /** Boxes in parts of the image's width. */
        const rows = (all: Float32Array): number[][] =>
          Array.from({ length: all.length / 4 }, (_, i) =>
            Array.from(all.subarray(4 * i, 4 * i + 4), (side) => side / size.width),
          )
        const { detections, boxes: refined } = selectDetections(
          proposed,
          network,
          input,
          parameters,
        )
        const differences: Record<string, number> = {
          'normalised input': largestDifference(input.data, answers.floats('input')),
        }
        Object.values(features.tensors).forEach((tensor, level) => {
          differences[`features of level ${level}`] = largestDifference(
            tensor.data as Float32Array,
            answers.floats(`features ${level}`),
          )
        })
        Object.assign(differences, {
          proposals: alike(rows(boxes), rows(expectedBoxes)),
          'class probabilities': largestDifference(
            classes.probabilities,
            answers.floats('probabilities'),
          ),
          'box deltas': largestDifference(classes.deltas, answers.floats('deltas')),
          'mask probabilities': largestDifference(masks.probabilities, answers.floats('masks')),
        })
        // Classes that the network has and the pack has not take places among torchvision's detections.
        if (name !== 'mask-rcnn-v2') {
          const labels = answers.floats('detected labels')
          const scores = answers.floats('detected scores')
          differences.detections = alike(
            rows(refined).map((box, i) => [
              ...box,
              detections[i].column,
              detections[i].probability,
            ]),
            rows(answers.floats('detected boxes')).map((box, i) => [...box, labels[i], scores[i]]),
          )
        }
        told(
          `${name} (${boxes.length / 4} proposals, ${detections.length} detections)`,
          differences,
        )
      },
      EXPORT_MS,
    )

    it.for(['plain-vit', 'plain-resnet', 'open-clip-vit', 'open-clip-resnet', 'transformers-vit'])(
      'CLIP, whole and in two stages: %s',
      { timeout: EXPORT_MS },
      async (name, { skip }) => {
        const done = exported(name)
        if (!done) return skip(`${name}: its library is not installed for ${PYTHON}`)
        const { folder, answers } = done
        await packIn(folder)
        const whole = await openClip(folder, factory)
        // Other batches than the ones that were traced.
        const texts = await Promise.all(answers.texts.map((text) => whole.embedTexts([text])))
        const differences: Record<string, number> = {
          'image vectors': largestDifference(
            await whole.embedImages(answers.floats('pixels'), 2),
            answers.floats('image vectors'),
          ),
          'text vectors': largestDifference(
            texts.flatMap(({ vectors }) => [...vectors]),
            answers.floats('text vectors'),
          ),
        }
        const form = answers.form === 'resnet' ? 'resnet-stages' : 'vit-stages'
        const { stages } = await openSplitClip(folder, form, factory)
        const [, , height, width] = answers.dims('stage pixels')
        const pixels = answers.floats('stage pixels')
        const seen = await stages.features(pixels, { width, height })
        differences['map of stage one'] = largestDifference(
          planes(seen.map),
          answers.floats('stage map'),
        )
        const boxes = answers.floats('boxes in map')
        const count = boxes.length / 4
        const { cells } = stages
        const length = seen.map.channels * cells ** 2
        for (const samplingRatio of [0, 2]) {
          const regions = new Float32Array(count * length)
          for (let i = 0; i < count; i++) {
            const [x1, y1, x2, y2] = boxes.subarray(4 * i, 4 * i + 4)
            const out = regions.subarray(i * length, (i + 1) * length)
            roiAlign(seen.map, [x1, y1, x2, y2], { cells, samplingRatio }, out)
          }
          const which = samplingRatio === 0 ? '' : `, ${samplingRatio} samples`
          differences[`RoIAlign${which}`] = largestDifference(
            asPlanes(regions, count, seen.map, cells),
            answers.floats(`regions ${samplingRatio}`),
          )
          differences[`region vectors${which}`] = largestDifference(
            await seen.embedRegions(regions, count),
            answers.floats(`region vectors ${samplingRatio}`),
          )
        }
        told(`${name} (${count} boxes, ${cells} x ${cells} cells)`, differences)
      },
    )
  },
)

/** Channel by channel, whatever the layout. */
function planes({ data, channels, width, height, layout }: FeatureMap): Float32Array {
  if (layout === 'CHW') return data
  const area = width * height
  return Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % area) * channels + Math.floor(i / area)],
  )
}

function asPlanes(
  regions: Float32Array,
  count: number,
  { channels, layout }: FeatureMap,
  cells: number,
): Float32Array {
  const length = channels * cells ** 2
  const all = new Float32Array(regions.length)
  for (let i = 0; i < count; i++) {
    const data = regions.subarray(i * length, (i + 1) * length)
    all.set(planes({ data, channels, layout, width: cells, height: cells }), i * length)
  }
  return all
}
