/**
 * A colour as one number, as the bytes of an ImageData lie in it: red lowest, alpha highest. Every
 * machine that runs this window is little-endian. Signed, because engines keep such numbers bare.
 */
export type Rgba = number

/** @param colour #rrggbb */
export function rgbaOf(colour: string, alpha: number): Rgba {
  const value = parseInt(colour.slice(1), 16)
  const red = value >> 16
  const green = (value >> 8) & 255
  const blue = value & 255
  return (Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red
}

/**
 * A colour laid over another (Porter-Duff "over", not premultiplied). Written out: it runs a million
 * times for one layer.
 * @param coverage 0..1, how much of the pixel the colour covers
 */
export function over(source: Rgba, coverage: number, below: Rgba): Rgba {
  const alpha = ((source >>> 24) * coverage + 0.5) | 0
  if (alpha >= 254) return source
  if (alpha === 0) return below
  const belowAlpha = below >>> 24
  if (belowAlpha === 0) return (alpha << 24) | (source & 0xffffff)
  const sum = alpha + (belowAlpha * (255 - alpha)) / 255
  const share = alpha / sum
  const red = below & 255
  const green = (below >> 8) & 255
  const blue = (below >> 16) & 255
  const mixedRed = (red + ((source & 255) - red) * share + 0.5) | 0
  const mixedGreen = (green + (((source >> 8) & 255) - green) * share + 0.5) | 0
  const mixedBlue = (blue + (((source >> 16) & 255) - blue) * share + 0.5) | 0
  return (((sum + 0.5) | 0) << 24) | (mixedBlue << 16) | (mixedGreen << 8) | mixedRed
}

/** By the alphas of two colours, of which one is laid over the other: `alpha << 8 | alphaBelow`. */
const OVER_SHARE = new Int32Array(0x10000)
const OVER_ALPHA = new Int32Array(0x10000)
for (let alpha = 0; alpha < 256; alpha++) {
  for (let below = 0; below < 256; below++) {
    const sum = alpha + (below * (255 - alpha)) / 255
    const at = (alpha << 8) | below
    OVER_SHARE[at] = alpha === 0 ? 0 : Math.round((256 * alpha) / sum)
    OVER_ALPHA[at] = Math.round(sum) << 24
  }
}

/**
 * As `over` with a whole pixel covered, a channel off by one at most, in half the time: what is a
 * division there is looked up, and red and blue are mixed in one multiplication.
 */
export function overWhole(source: Rgba, below: Rgba): Rgba {
  if (source >>> 24 >= 254) return source
  const at = ((source >>> 16) & 0xff00) | (below >>> 24)
  const share = OVER_SHARE[at]
  const rest = 256 - share
  const redBlue = Math.imul(source & 0xff00ff, share) + Math.imul(below & 0xff00ff, rest)
  const green = Math.imul(source & 0xff00, share) + Math.imul(below & 0xff00, rest)
  return (
    OVER_ALPHA[at] | (((redBlue + 0x800080) >>> 8) & 0xff00ff) | (((green + 0x8000) >>> 8) & 0xff00)
  )
}
