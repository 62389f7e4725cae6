import type { Networks } from '#main/recipes/recipe.ts'
import type { ModelImage } from '#main/vision/model-image.ts'

/** Enough for every stride. */
const SIDE = 128

/**
 * Runs the graphs of the detector and of CLIP once, on a picture of nothing in particular: what opens on
 * a provider may still not run there.
 *
 * @throws LexmaskError or Error of the graph that runs nowhere
 */
export async function runOnce({ detector, clip }: Networks): Promise<void> {
  const image = somePicture(SIDE, SIDE)
  if (detector.kind === 'regions') {
    const { network } = detector
    const features = await network.features(image)
    const box = Float32Array.of(0, 0, SIDE - 1, SIDE - 1)
    await network.classify(features, box)
    await network.masks(features, box)
  } else {
    await detector.network.detect(image)
  }
  if (!clip) return
  await clip.embedTexts(['a photo of something'])
  const { size } = clip.preprocess
  if (clip.form === 'whole') {
    await clip.embedImages(somePicture(size, size).data, 1)
    return
  }
  const { stages } = clip
  const shown = stages.inputSize({ width: size, height: size }, null)
  const features = await stages.features(somePicture(shown.width, shown.height).data, shown)
  const length = features.map.channels * stages.cells ** 2
  await features.embedRegions(new Float32Array(length).fill(0.5), 1)
}

/** Not black: an encoder may answer black with a vector that has no direction. */
function somePicture(width: number, height: number): ModelImage {
  const pixels = width * height
  const data = Float32Array.from({ length: 3 * pixels }, (_, i) => ((i % width) + 1) / width)
  return { data, width, height, paddedWidth: width, paddedHeight: height, scaleX: 1, scaleY: 1 }
}
