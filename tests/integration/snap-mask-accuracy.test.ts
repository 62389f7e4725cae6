import { expect, it } from 'vitest'
import { openImage } from '#main/imaging/decode-image.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { snapBandOf, snapMask } from '#main/vision/snap-mask.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { cropRle, placeRle, windowAround } from '#shared/geometry/edit/crop.ts'
import type { PixelWindow } from '#shared/geometry/edit/crop.ts'
import { measureRle, rleIou } from '#shared/geometry/rle-algebra.ts'
import type { MeasuredRle } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import {
  hasShared,
  readCocoMini,
  readReferenceDetections,
  sharedPath,
} from '../support/coco-mini.ts'

const MIN_SCORE = 0.2
const LARGE_PX = 96 * 96

interface Match {
  readonly predicted: MeasuredRle
  readonly truth: MeasuredRle
}

/** The detector's masks of the right class that overlap a true one by half, the surest first. */
function matchesByImage(): Map<number, Match[]> {
  const { images, annotations } = readCocoMini()
  const detections = readReferenceDetections('int8')
  return new Map(
    images.map((image) => {
      const truths = annotations
        .filter((one) => one.image_id === image.id && one.iscrowd !== 1)
        .map((one) => ({
          category: one.category_id,
          mask: measureRle(rleFromCocoSegmentation(one.segmentation, image)),
        }))
      const matches: Match[] = []
      const ofImage = detections.filter(
        (one) => one.image_id === image.id && one.score >= MIN_SCORE && one.segmentation,
      )
      for (const one of ofImage.sort((a, b) => b.score - a.score)) {
        if (!one.segmentation) continue
        const predicted = measureRle(rleFromCocoSegmentation(one.segmentation, image))
        const rivals = truths.map((truth, i) => ({
          i,
          overlap: truth.category === one.category_id ? rleIou(predicted, truth.mask, false) : 0,
        }))
        const [best] = rivals.sort((a, b) => b.overlap - a.overlap)
        if (best === undefined || best.overlap <= 0.5) continue
        matches.push({ predicted, truth: truths[best.i].mask })
        truths.splice(best.i, 1)
      }
      return [image.id, matches] as const
    }),
  )
}

function cropImage(image: RgbImage, { left, top, height, width }: PixelWindow): RgbImage {
  const rgb = new Uint8Array(3 * height * width)
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * image.width + left)
    rgb.set(image.rgb.subarray(from, from + 3 * width), 3 * y * width)
  }
  return { height, width, rgb }
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

it.skipIf(!hasShared)(
  'snapping brings the masks of the detector closer to the true ones',
  async () => {
    const rows: { before: number; after: number; area: number }[] = []
    const matches = matchesByImage()
    let milliseconds = 0
    for (const image of readCocoMini().images) {
      const ofImage = matches.get(image.id) ?? []
      if (ofImage.length === 0) continue
      const photo = await (
        await openImage(sharedPath('data', 'coco-mini', 'images', image.file_name))
      ).pixels()
      for (const { predicted, truth } of ofImage) {
        const bandPx = snapBandOf(Math.max(predicted.bbox[2], predicted.bbox[3]))
        const window = windowAround(predicted.rle, 4 * bandPx)
        if (window === null) continue
        const started = performance.now()
        const snapped = snapMask(
          cropImage(photo, window),
          rleToBitmap(cropRle(predicted.rle, window)),
          { bandPx },
        )
        milliseconds += performance.now() - started
        const after = measureRle(placeRle(rleFromBitmap(snapped, window), window, image))
        rows.push({
          before: rleIou(predicted, truth, false),
          after: rleIou(after, truth, false),
          area: truth.area,
        })
      }
    }
    const report = (name: string, some: typeof rows) => {
      const [before, after] = [
        mean(some.map((row) => row.before)),
        mean(some.map((row) => row.after)),
      ]
      const better = some.filter((row) => row.after > row.before + 0.002).length
      const worse = some.filter((row) => row.after < row.before - 0.002).length
      console.log(
        `${name}: ${some.length} masks, mean IoU ${before.toFixed(4)} -> ${after.toFixed(4)}, ` +
          `${better} better, ${worse} worse`,
      )
      return after - before
    }
    report('large', rows.filter((row) => row.area >= LARGE_PX)) // prettier-ignore
    report('smaller', rows.filter((row) => row.area < LARGE_PX)) // prettier-ignore
    const gain = report('all', rows)
    console.log(`${(milliseconds / rows.length).toFixed(1)} ms a mask`)
    expect(rows.length).toBeGreaterThan(200)
    expect(gain).toBeGreaterThan(0.005)
  },
)
