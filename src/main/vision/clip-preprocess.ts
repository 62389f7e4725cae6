import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { RgbImage } from './rgb-image.ts'

/**
 * How a crop becomes CLIP's square: `stretch` pulls both sides to it; `center` brings the short side
 * to it and cuts the ends off; `square` first grows the crop to its long side about its centre.
 */
export type CropMode = 'stretch' | 'center' | 'square'

/** What an image tower wants of its pixels. */
export interface ClipPreprocess {
  /** Side of the tower's input. */
  readonly size: number
  /** What the short side becomes before the centre is cut out; read by `center` alone. */
  readonly shortSide: number
  /** What the pack advises. */
  readonly mode: CropMode
  readonly resample: 'bicubic' | 'bilinear'
  /** In the order of the planes, in units of 0..1. */
  readonly mean: readonly [number, number, number]
  /** In the order of the planes, in units of 0..1. */
  readonly std: readonly [number, number, number]
  /** The order of the planes. */
  readonly channels: 'RGB' | 'BGR'
}

/** Whole pixels of an image: x1 <= x < x2, y1 <= y < y2. */
export interface Region {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/**
 * The pixels that a box touches, inside the image.
 *
 * @throws RangeError when the box has no pixel in the image
 */
export function regionOfBox(
  [x1, y1, x2, y2]: Box,
  image: { readonly width: number; readonly height: number },
): Region {
  const region = {
    x1: Math.max(0, Math.floor(x1)),
    y1: Math.max(0, Math.floor(y1)),
    x2: Math.min(image.width, Math.ceil(x2)),
    y2: Math.min(image.height, Math.ceil(y2)),
  }
  // Negated, so that NaN is refused too.
  if (!(region.x2 > region.x1 && region.y2 > region.y1)) {
    throw new RangeError(
      `the box ${x1}, ${y1}, ${x2}, ${y2} has no pixel in an image of ${image.width} x ${image.height}`,
    )
  }
  return region
}

/**
 * The region grown to a square of its long side about its centre and shifted into the image. Where
 * the image is too small for the square it takes the image's whole extent, and is no square.
 */
export function squareRegion(
  region: Region,
  image: { readonly width: number; readonly height: number },
): Region {
  const side = Math.max(region.x2 - region.x1, region.y2 - region.y1)
  const [x1, x2] = grow(region.x1, region.x2, side, image.width)
  const [y1, y2] = grow(region.y1, region.y2, side, image.height)
  return { x1, y1, x2, y2 }
}

function grow(from: number, to: number, side: number, limit: number): [number, number] {
  const length = Math.min(side, limit)
  const start = Math.floor((from + to - length) / 2)
  const shifted = Math.min(Math.max(start, 0), limit - length)
  return [shifted, shifted + length]
}

/** Which samples of one axis make each output sample, and with which weights. */
interface AxisWeights {
  /** [n] first sample of the source. */
  readonly first: Int32Array
  /** [n + 1] where an output's weights begin. */
  readonly offsets: Int32Array
  readonly weights: Float64Array
}

/** Keys' cubic with a = -0.5, as in Pillow; OpenCV's a = -0.75 rings more. */
function cubic(x: number): number {
  const t = Math.abs(x)
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2
  return 0
}

const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x))

const FILTERS = {
  bicubic: { kernel: cubic, radius: 2 },
  bilinear: { kernel: triangle, radius: 1 },
} as const

/**
 * Outputs `from`..`from + count - 1` of an axis of `inputLength` samples resized to `outputLength`,
 * at pixel centres. When shrinking, the kernel is stretched by the factor, so that every source
 * sample counts (antialias, as in Pillow). Weights outside the axis are left out and the rest scaled
 * to sum to 1.
 */
function axisWeights(
  inputLength: number,
  outputLength: number,
  from: number,
  count: number,
  resample: ClipPreprocess['resample'],
): AxisWeights {
  const { kernel, radius } = FILTERS[resample]
  const scale = inputLength / outputLength
  const stretch = Math.max(scale, 1)
  const support = radius * stretch
  const first = new Int32Array(count)
  const offsets = new Int32Array(count + 1)
  const weights: number[] = []
  for (let i = 0; i < count; i++) {
    const centre = (from + i + 0.5) * scale
    const low = Math.max(0, Math.floor(centre - support + 0.5))
    const high = Math.min(inputLength, Math.floor(centre + support + 0.5))
    let sum = 0
    for (let j = low; j < high; j++) sum += kernel((j + 0.5 - centre) / stretch)
    for (let j = low; j < high; j++) weights.push(kernel((j + 0.5 - centre) / stretch) / sum)
    first[i] = low
    offsets[i + 1] = weights.length
  }
  return { first, offsets, weights: Float64Array.from(weights) }
}

interface Resampling {
  readonly columns: AxisWeights
  readonly rows: AxisWeights
}

function resamplingOf(
  width: number,
  height: number,
  mode: CropMode,
  { size, shortSide, resample }: ClipPreprocess,
): Resampling {
  let fullWidth = size
  let fullHeight = size
  if (mode === 'center') {
    // The long side is cut down to whole pixels, as torchvision's Resize does.
    fullWidth = width <= height ? shortSide : Math.floor((shortSide * width) / height)
    fullHeight = height <= width ? shortSide : Math.floor((shortSide * height) / width)
  }
  const left = Math.floor((fullWidth - size) / 2)
  const top = Math.floor((fullHeight - size) / 2)
  return {
    columns: axisWeights(width, fullWidth, left, size, resample),
    rows: axisWeights(height, fullHeight, top, size, resample),
  }
}

/** Rounds half up and holds inside a byte. */
const toByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0)

/** The rows of a region resized across. Uint8Array // [height, width of columns, 3] */
function resizeAcross(image: RgbImage, region: Region, columns: AxisWeights): Uint8Array {
  const height = region.y2 - region.y1
  const width = columns.first.length
  const { offsets, weights } = columns
  const source = image.rgb
  const out = new Uint8Array(height * width * 3)
  let to = 0
  for (let y = 0; y < height; y++) {
    const row = ((region.y1 + y) * image.width + region.x1) * 3
    for (let x = 0; x < width; x++) {
      let red = 0
      let green = 0
      let blue = 0
      let at = row + columns.first[x] * 3
      for (let k = offsets[x]; k < offsets[x + 1]; k++, at += 3) {
        const weight = weights[k]
        red += weight * source[at]
        green += weight * source[at + 1]
        blue += weight * source[at + 2]
      }
      out[to++] = toByte(red)
      out[to++] = toByte(green)
      out[to++] = toByte(blue)
    }
  }
  return out
}

/**
 * A region resized, as planes of (value / 255 - mean) / std. The resize is Pillow's (across, then
 * down, each rounded to bytes), since that is what CLIP's training images went through.
 *
 * @param out Float32Array // [3, rows, columns]
 */
function writePlanes(
  image: RgbImage,
  region: Region,
  { columns, rows }: Resampling,
  { mean, std, channels }: ClipPreprocess,
  out: Float32Array,
): void {
  const narrow = resizeAcross(image, region, columns)
  const width = columns.first.length
  const height = rows.first.length
  const rowLength = width * 3
  for (let channel = 0; channel < 3; channel++) {
    const target = channels === 'BGR' ? 2 - channel : channel
    const factor = 1 / (255 * std[target])
    const shift = mean[target] / std[target]
    let to = target * width * height
    for (let y = 0; y < height; y++) {
      const begin = rows.offsets[y]
      const end = rows.offsets[y + 1]
      const top = rows.first[y] * rowLength + channel
      for (let x = 0; x < width; x++) {
        let value = 0
        let at = top + x * 3
        for (let k = begin; k < end; k++, at += rowLength) value += rows.weights[k] * narrow[at]
        out[to++] = toByte(value) * factor - shift
      }
    }
  }
}

/**
 * A crop of an image as an image tower takes it: the box's pixels, resized, planes instead of pixels,
 * normalised.
 *
 * @param box in pixels of the image; widened to whole pixels and cut at the image's edges
 * @param out Float32Array // [3, size, size], where a batch has its place for it
 * @returns out
 * @throws RangeError when the box has no pixel in the image
 */
export function cropToTower<Planes extends Float32Array = Float32Array<ArrayBuffer>>(
  image: RgbImage,
  box: Box,
  mode: CropMode,
  preprocess: ClipPreprocess,
  out: Planes = new Float32Array(3 * preprocess.size ** 2) as Planes,
): Planes {
  const touched = regionOfBox(box, image)
  const region = mode === 'square' ? squareRegion(touched, image) : touched
  const { x1, y1, x2, y2 } = region
  writePlanes(image, region, resamplingOf(x2 - x1, y2 - y1, mode, preprocess), preprocess, out)
  return out
}

/**
 * A whole image as a split encoder's first stage takes it: stretched to a size, normalised.
 *
 * @returns Float32Array // [3, height, width]
 */
export function imageToTower(
  image: RgbImage,
  { width, height }: Size,
  preprocess: ClipPreprocess,
): Float32Array<ArrayBuffer> {
  const { resample } = preprocess
  const planes = new Float32Array(3 * width * height)
  const resampling = {
    columns: axisWeights(image.width, width, 0, width, resample),
    rows: axisWeights(image.height, height, 0, height, resample),
  }
  const whole = { x1: 0, y1: 0, x2: image.width, y2: image.height }
  writePlanes(image, whole, resampling, preprocess, planes)
  return planes
}
