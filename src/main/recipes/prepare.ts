import type { ImageSource } from '#main/vision/image-source.ts'
import type { MaskRcnnDescription } from '#main/packs/mask-rcnn-description.ts'
import { modelSize, type ModelImage } from '#main/vision/model-image.ts'
import { toPlanes } from '#main/vision/planes.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Networks } from './recipe.ts'
import type { StageClock } from './stage-clock.ts'

type InputDescription = MaskRcnnDescription['input']

/**
 * Resize, normalise and pad an image as the pack's `input` says.
 *
 * @param resized gives the image at a size
 */
export async function prepareImage(
  image: Size,
  resized: (size: Size) => Promise<RgbImage>,
  input: InputDescription,
): Promise<ModelImage> {
  const size = modelSize(image, input.resize)
  const padded = {
    width: Math.ceil(size.width / input.padToMultipleOf) * input.padToMultipleOf,
    height: Math.ceil(size.height / input.padToMultipleOf) * input.padToMultipleOf,
  }
  // A pack of range [0, 1] states its mean and std in that range.
  const unit = 255 / input.range[1]
  const data = toPlanes(await resized(size), padded, {
    channelOrder: input.channels,
    mean: input.mean.map((value) => value * unit),
    std: input.std.map((value) => value * unit),
  })
  return {
    data,
    ...size,
    paddedWidth: padded.width,
    paddedHeight: padded.height,
    scaleX: image.width / size.width,
    scaleY: image.height / size.height,
  }
}

/** What a recipe that looks at the image through the detector alone has ready. */
export interface PreparedForDetector {
  readonly input: ModelImage
  /** Of the oriented image. */
  readonly size: Size
}

/** Decode and resize to the detector's size; a large photo is not decoded in full. */
export async function prepareForDetector(
  image: ImageSource,
  { detector }: Networks,
  clock: StageClock,
): Promise<PreparedForDetector> {
  const { input } = detector.network.pack.description
  return {
    input: await clock.time('decode', () =>
      prepareImage(image, (size) => image.resized(size), input),
    ),
    size: { width: image.width, height: image.height },
  }
}
