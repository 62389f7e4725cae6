/** An image of 8-bit sRGB pixels, interleaved, row by row. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  /** [height, width, 3] in the order red, green, blue. */
  readonly rgb: Uint8Array
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface ModelInputOptions {
  /** The order of the planes; `mean` and `std` are in this order too. */
  readonly channelOrder: 'RGB' | 'BGR'
  /** In units of 0..255. */
  readonly mean: readonly [number, number, number]
  /** In units of 0..255. */
  readonly std: readonly [number, number, number]
  /**
   * `none` keeps the fraction of an interpolated value. `uint8` rounds it before mean and std are
   * applied, for models whose training images went through a resizer of bytes.
   */
  readonly rounding?: 'none' | 'uint8'
}

/** Where each output sample of one axis lies: between `low` and `high`, `weight` of the way. */
interface AxisTable {
  /** [n] offset of the lower neighbour, in bytes. */
  readonly low: Int32Array
  /** [n] offset of the upper neighbour, in bytes. */
  readonly high: Int32Array
  /** [n] share of the upper neighbour, 0..1. */
  readonly weight: Float64Array
}

/**
 * Samples at pixel centres: output i looks at (i + 0.5) * input / output - 0.5, held inside the
 * image. This is INTER_LINEAR of OpenCV and `align_corners=False` without antialiasing of PyTorch.
 */
function axisTable(inputLength: number, outputLength: number, bytesPerStep: number): AxisTable {
  const low = new Int32Array(outputLength)
  const high = new Int32Array(outputLength)
  const weight = new Float64Array(outputLength)
  const scale = inputLength / outputLength
  for (let i = 0; i < outputLength; i++) {
    const at = Math.min(Math.max((i + 0.5) * scale - 0.5, 0), inputLength - 1)
    const below = Math.floor(at)
    low[i] = below * bytesPerStep
    high[i] = Math.min(below + 1, inputLength - 1) * bytesPerStep
    weight[i] = at - below
  }
  return { low, high, weight }
}

function checkShape(image: RgbImage, size: Size): void {
  if (image.width < 1 || image.height < 1 || image.rgb.length !== image.width * image.height * 3) {
    throw new RangeError(
      `an image of ${image.width} x ${image.height} does not have ${image.rgb.length} bytes of RGB`,
    )
  }
  if (
    !Number.isInteger(size.width) ||
    !Number.isInteger(size.height) ||
    size.width < 1 ||
    size.height < 1
  ) {
    throw new RangeError(`cannot resize to ${size.width} x ${size.height}`)
  }
}

/**
 * The image at `size`, bilinear with half-pixel centres, without antialiasing, rounded half up.
 *
 * @throws RangeError for a size below 1 or an image whose bytes do not fit its size
 */
export function resizeBilinear(image: RgbImage, size: Size): RgbImage {
  checkShape(image, size)
  const columns = axisTable(image.width, size.width, 3)
  const rows = axisTable(image.height, size.height, image.width * 3)
  const source = image.rgb
  const rgb = new Uint8Array(size.width * size.height * 3)
  let out = 0
  for (let y = 0; y < size.height; y++) {
    const top = rows.low[y]
    const bottom = rows.high[y]
    const down = rows.weight[y]
    for (let x = 0; x < size.width; x++) {
      const left = columns.low[x]
      const right = columns.high[x]
      const across = columns.weight[x]
      for (let channel = 0; channel < 3; channel++) {
        const a = source[top + left + channel]
        const c = source[bottom + left + channel]
        const upper = a + (source[top + right + channel] - a) * across
        const lower = c + (source[bottom + right + channel] - c) * across
        rgb[out++] = upper + (lower - upper) * down + 0.5
      }
    }
  }
  return { width: size.width, height: size.height, rgb }
}

/**
 * The image as a detector takes it: resized as `resizeBilinear` does, planes instead of pixels,
 * (value - mean) / std. One pass, because at 640 x 480 the resized image in between would cost as
 * much as the interpolation.
 *
 * @returns Float32Array [3, size.height, size.width]
 * @throws RangeError for a size below 1, a std of 0, or an image whose bytes do not fit its size
 */
export function toModelInput(
  image: RgbImage,
  size: Size,
  options: ModelInputOptions,
): Float32Array<ArrayBuffer> {
  checkShape(image, size)
  if (options.std.includes(0)) throw new RangeError('std must not be 0')
  const { width, height } = size
  const columns = axisTable(image.width, width, 3)
  const rows = axisTable(image.height, height, image.width * 3)
  const { low, high, weight } = columns
  const source = image.rgb
  const plane = width * height
  const planes = new Float32Array(3 * plane)

  const isBgr = options.channelOrder === 'BGR'
  const isRounded = options.rounding === 'uint8'
  const redPlane = isBgr ? 2 : 0
  const bluePlane = 2 - redPlane
  const redMean = options.mean[redPlane]
  const greenMean = options.mean[1]
  const blueMean = options.mean[bluePlane]
  const redFactor = 1 / options.std[redPlane]
  const greenFactor = 1 / options.std[1]
  const blueFactor = 1 / options.std[bluePlane]

  let red = redPlane * plane
  let green = plane
  let blue = bluePlane * plane
  for (let y = 0; y < height; y++) {
    const top = rows.low[y]
    const bottom = rows.high[y]
    const down = rows.weight[y]
    for (let x = 0; x < width; x++) {
      const across = weight[x]
      const a = top + low[x]
      const b = top + high[x]
      const c = bottom + low[x]
      const d = bottom + high[x]

      // The three channels are written out: a loop over them costs twice the time here.
      let upper = source[a] + (source[b] - source[a]) * across
      let lower = source[c] + (source[d] - source[c]) * across
      let redValue = upper + (lower - upper) * down
      upper = source[a + 1] + (source[b + 1] - source[a + 1]) * across
      lower = source[c + 1] + (source[d + 1] - source[c + 1]) * across
      let greenValue = upper + (lower - upper) * down
      upper = source[a + 2] + (source[b + 2] - source[a + 2]) * across
      lower = source[c + 2] + (source[d + 2] - source[c + 2]) * across
      let blueValue = upper + (lower - upper) * down

      if (isRounded) {
        redValue = (redValue + 0.5) | 0
        greenValue = (greenValue + 0.5) | 0
        blueValue = (blueValue + 0.5) | 0
      }
      planes[red++] = (redValue - redMean) * redFactor
      planes[green++] = (greenValue - greenMean) * greenFactor
      planes[blue++] = (blueValue - blueMean) * blueFactor
    }
  }
  return planes
}
