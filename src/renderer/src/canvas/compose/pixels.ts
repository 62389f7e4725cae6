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
