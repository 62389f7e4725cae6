import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { boxFromXywh, clampBox, type Box } from '#shared/geometry/box.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { measureRle, rleIou } from '#shared/geometry/rle-algebra.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import { openImage } from '#main/imaging/decode-image.ts'
import type { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { openDetector } from '#main/networks/open-networks.ts'
import { findPacks } from '#main/packs/find-packs.ts'
import { prepareForDetector } from '#main/recipes/prepare.ts'
import { BOX_PROMPT_DEFAULTS, regionInBox } from '#main/recipes/region-in-box.ts'
import type { Features } from '#main/networks/mask-rcnn.ts'
import { StageClock } from '#main/recipes/stage-clock.ts'
import { toImageBox, toModelBox } from '#main/vision/model-boxes.ts'

/**
 * How well the mask head draws the object in a box that is known: mean IoU with the true masks of a
 * COCO dataset over its true boxes (without crowds), for each way of using the head. The table of
 * docs/methods.md, "Box to mask".
 *
 * Usage: node scripts/box-to-mask.ts MODELS DATASET PACK PRECISION, where DATASET is a folder with
 * instances.json and images/
 */
const [models, dataset, packName, precision] = process.argv.slice(2)
const { packs } = await findPacks([{ folder: models, required: true }])
const pack = packs.find(({ name }) => name === packName)
if (pack?.kind !== 'mask-rcnn') throw new Error(`no Mask R-CNN pack ${packName} in ${models}`)
const { detector } = await openDetector(
  { pack, graph: 'regions', precision },
  { provider: 'cpu', threads: 0, excluded: [], trying: () => undefined },
)
if (detector.kind !== 'regions') throw new Error(`${packName} has no box head`)
const { network } = detector
const coco = JSON.parse(readFileSync(join(dataset, 'instances.json'), 'utf8')) as CocoDataset
const nameOf = new Map(coco.categories.map(({ id, name }) => [id, name]))
const classNames = pack.description.classes.map(({ name }) => name)

interface Variant {
  readonly name: string
  readonly options?: Partial<typeof BOX_PROMPT_DEFAULTS>
  /** The class is told, as from a person who has chosen it. */
  readonly isClassKnown?: boolean
  /** About its centre, as a factor. */
  readonly growth?: number
  readonly isRefined?: boolean
}

const VARIANTS: readonly Variant[] = [
  { name: 'as the product does it' },
  { name: 'channel of the best class', options: { channels: 'best-class' } },
  { name: 'maximum of all channels', options: { channels: 'maximum' } },
  { name: 'channel of the true class', isClassKnown: true },
  { name: 'threshold 0.5', options: { threshold: 0.5 } },
  { name: 'threshold 0.5, best class', options: { threshold: 0.5, channels: 'best-class' } },
  { name: 'threshold 0.5, maximum', options: { threshold: 0.5, channels: 'maximum' } },
  { name: 'threshold 0.5, true class', options: { threshold: 0.5 }, isClassKnown: true },
  { name: 'box refined by the best class', isRefined: true },
  { name: 'box grown by 5 %', growth: 1.05 },
  { name: 'box grown by 10 %', growth: 1.1 },
  { name: 'box shrunk by 5 %', growth: 0.95 },
]

async function refined(box: Box, features: Features, from: RegionNetwork): Promise<Box> {
  const roi = toModelBox(box, features.frame, from.convention)
  const classified = await from.classify(features, roi)
  const row = classified.probabilities.subarray(1, classified.columns)
  const best = row.indexOf(Math.max(...row)) + 1
  const out = new Float32Array(4)
  from.refine(roi, 0, classified, best, features.frame, out, 0)
  return toImageBox(out, 0, features.frame, from.refinedConvention)
}

function grown([x1, y1, x2, y2]: Box, factor: number): Box {
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2]
  const [width, height] = [(x2 - x1) * factor, (y2 - y1) * factor]
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
}

const ious = VARIANTS.map((): number[] => [])
const times: number[] = []
for (const { id, file_name } of coco.images) {
  const objects = coco.annotations.filter((one) => one.image_id === id && one.iscrowd !== 1)
  const image = await openImage(join(dataset, 'images', file_name))
  const { input, size } = await prepareForDetector(
    image,
    { detector, clip: null },
    new StageClock(),
  )
  const features = await network.features(input)
  for (const { bbox, segmentation, category_id } of objects) {
    const truth = measureRle(rleFromCocoSegmentation(segmentation, size))
    const trueClass = classNames.indexOf(nameOf.get(category_id) ?? '')
    for (const [index, variant] of VARIANTS.entries()) {
      const { options, isClassKnown = false, growth = 1, isRefined = false } = variant
      const drawn = clampBox(grown(boxFromXywh(bbox), growth), size)
      const box = isRefined ? await refined(drawn, features, network) : drawn
      const startedAt = performance.now()
      const classes = isClassKnown && trueClass >= 0 ? [trueClass] : null
      const { mask } = await regionInBox({ box, classes }, features, network, size, {
        ...BOX_PROMPT_DEFAULTS,
        ...options,
      })
      if (index === 0) times.push(performance.now() - startedAt)
      ious[index].push(rleIou(measureRle(mask), truth, false))
    }
  }
}
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
console.log(`${packName} ${precision}: ${times.length} boxes, mean IoU`)
VARIANTS.forEach(({ name }, index) => console.log(`${mean(ious[index]).toFixed(4)}  ${name}`))
times.sort((a, b) => a - b)
console.log(`${times[Math.floor(times.length / 2)].toFixed(1)} ms a box (median), without decoding`)
