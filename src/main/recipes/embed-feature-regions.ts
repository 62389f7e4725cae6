import type { SplitClip } from '#main/networks/clip.ts'
import { imageToTower } from '#main/vision/clip-preprocess.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { roiAlign } from '#main/vision/roi-align.ts'
import type { ClipRegion } from './clip-regions.ts'
import type { StageClock } from './stage-clock.ts'

/**
 * Image vectors of regions from features that are made once an image: RoIAlign of each box, then the
 * encoder's second part in micro-batches.
 *
 * @returns unit vectors [regions]
 */
export async function embedFeatureRegions(
  regions: readonly ClipRegion[],
  image: RgbImage,
  { stages, preprocess, dimension }: SplitClip,
  options: {
    readonly batchSize: number
    readonly samplingRatio: number
    readonly shortSide: number | null
  },
  clock: StageClock,
): Promise<Float32Array[]> {
  if (regions.length === 0) return []
  const size = stages.inputSize(image, options.shortSide)
  const pixels = await clock.time('crops', () => imageToTower(image, size, preprocess))
  const features = await clock.time('vectors', () => stages.features(pixels, size))
  const { map } = features
  const { cells } = stages
  const length = map.channels * cells * cells
  const scaleX = map.width / image.width
  const scaleY = map.height / image.height
  const batch = new Float32Array(Math.min(options.batchSize, regions.length) * length)
  const vectors: Float32Array[] = []
  for (let from = 0; from < regions.length; from += options.batchSize) {
    const part = regions.slice(from, from + options.batchSize)
    await clock.time('crops', () => {
      part.forEach(({ box: [x1, y1, x2, y2] }, i) => {
        const inMap = [x1 * scaleX, y1 * scaleY, x2 * scaleX, y2 * scaleY] as const
        const { samplingRatio } = options
        const out = batch.subarray(i * length, (i + 1) * length)
        roiAlign(map, inMap, { cells, samplingRatio }, out)
      })
    })
    const rows = await clock.time('vectors', () =>
      features.embedRegions(batch.subarray(0, part.length * length), part.length),
    )
    part.forEach((_, i) => vectors.push(rows.subarray(i * dimension, (i + 1) * dimension)))
  }
  return vectors
}
