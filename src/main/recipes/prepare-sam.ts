import type { SamInput } from '#main/packs/sam-description.ts'
import type { ImageSource } from '#main/vision/image-source.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import { toPlanes } from '#main/vision/planes.ts'

/** Resize, normalise and pad an image as the pack's `encoder.input` says. */
export async function prepareForSam(image: ImageSource, input: SamInput): Promise<ModelImage> {
  const { side } = input
  const scale = side / Math.max(image.width, image.height)
  const size =
    input.resize === 'stretch'
      ? { width: side, height: side }
      : {
          width: Math.max(1, Math.round(image.width * scale)),
          height: Math.max(1, Math.round(image.height * scale)),
        }
  const padded = input.pad ? { width: side, height: side } : size
  // A pack of range [0, 1] states its mean and std in that range, and gets pixels in it.
  const unit = 255 / input.range[1]
  const planes = toPlanes(await image.resized(size), padded, {
    channelOrder: input.channels,
    mean: input.mean.map((value) => value * unit),
    std: input.std.map((value) => value * unit),
  })
  return {
    data: input.layout.endsWith('HWC') ? interleaved(planes) : planes,
    ...size,
    paddedWidth: padded.width,
    paddedHeight: padded.height,
    scaleX: image.width / size.width,
    scaleY: image.height / size.height,
  }
}

/** @param planes [3, n] @returns Float32Array // [n, 3] */
function interleaved(planes: Float32Array): Float32Array {
  const pixels = planes.length / 3
  return Float32Array.from(planes, (_, i) => planes[(i % 3) * pixels + Math.floor(i / 3)])
}
