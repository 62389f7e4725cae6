import type { Ring } from '#shared/geometry/contours.ts'
import type { LayerFrame } from './layer-frame.ts'
import { over } from './pixels.ts'
import type { Rgba } from './pixels.ts'

export interface Stroke {
  readonly colour: Rgba
  /** Layer pixels. */
  readonly width: number
  /** Lengths of a dash and of the gap after it, layer pixels; null draws a solid line. */
  readonly dash: readonly [on: number, off: number] | null
  /** A wider solid line under it; null for none. */
  readonly casing: { readonly colour: Rgba; readonly width: number } | null
}

/**
 * Draws a closed line with smooth edges. Its width is that on the layer, whatever the scale.
 * @param ring image pixels
 * @param pixels [height * width] of the layer
 */
export function strokeRing(
  pixels: Int32Array,
  frame: LayerFrame,
  ring: Ring,
  stroke: Stroke,
): void {
  const { scale, left, top } = frame
  const outerHalf = Math.max(stroke.width, stroke.casing?.width ?? 0) / 2
  let walked = 0
  let fromX = ring[ring.length - 2] * scale - left
  let fromY = ring[ring.length - 1] * scale - top
  for (let i = 0; i < ring.length; i += 2) {
    const toX = ring[i] * scale - left
    const toY = ring[i + 1] * scale - top
    const isInFrame =
      Math.max(fromX, toX) > -outerHalf &&
      Math.max(fromY, toY) > -outerHalf &&
      Math.min(fromX, toX) < frame.width + outerHalf &&
      Math.min(fromY, toY) < frame.height + outerHalf
    if (isInFrame) strokeSegment(pixels, frame, stroke, fromX, fromY, toX, toY, walked)
    if (stroke.dash !== null) walked += Math.sqrt((toX - fromX) ** 2 + (toY - fromY) ** 2)
    fromX = toX
    fromY = toY
  }
}

/**
 * One pixel at a time along the longer axis; across it, the share of each pixel that the line
 * covers. Both ends reach half a width further, which closes the corners.
 */
function strokeSegment(
  pixels: Int32Array,
  frame: LayerFrame,
  { colour, width, dash, casing }: Stroke,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  walked: number,
): void {
  const isFlat = Math.abs(x1 - x0) >= Math.abs(y1 - y0)
  const a0 = isFlat ? x0 : y0
  const b0 = isFlat ? y0 : x0
  const a1 = isFlat ? x1 : y1
  const b1 = isFlat ? y1 : x1
  const length = Math.abs(a1 - a0)
  if (length === 0) return
  const along = isFlat ? frame.width : frame.height
  const across = isFlat ? frame.height : frame.width
  const alongStep = isFlat ? 1 : frame.width
  const acrossStep = isFlat ? frame.width : 1

  const slope = (b1 - b0) / (a1 - a0)
  const stretch = Math.sqrt(1 + slope * slope)
  const half = (width / 2) * stretch
  const casingHalf = casing === null ? 0 : (casing.width / 2) * stretch
  const casingColour = casing === null ? 0 : casing.colour
  const outerHalf = Math.max(half, casingHalf)
  const reach = width / 2 / stretch
  const first = Math.max(0, Math.ceil(Math.min(a0, a1) - reach - 0.5))
  const end = Math.min(along, Math.ceil(Math.max(a0, a1) + reach - 0.5))
  const dashOn = dash === null ? 0 : dash[0]
  const period = dash === null ? 0 : dash[0] + dash[1]

  for (let a = first; a < end; a++) {
    const centre = a + 0.5
    const middle = b0 + (centre - a0) * slope
    const way = Math.min(length, Math.max(0, a1 > a0 ? centre - a0 : a0 - centre))
    const isOn = period === 0 || (walked + way * stretch) % period < dashOn
    if (!isOn && casingHalf === 0) continue
    const last = Math.min(across - 1, Math.ceil(middle + outerHalf) - 1)
    for (let b = Math.max(0, Math.floor(middle - outerHalf)); b <= last; b++) {
      const at = a * alongStep + b * acrossStep
      const inner = isOn ? Math.min(b + 1, middle + half) - Math.max(b, middle - half) : 0
      let pixel = pixels[at]
      if (casingHalf > 0 && inner < 1) {
        const outer = Math.min(b + 1, middle + casingHalf) - Math.max(b, middle - casingHalf)
        if (outer > 0) pixel = over(casingColour, outer, pixel)
      }
      pixels[at] = inner > 0 ? over(colour, inner, pixel) : pixel
    }
  }
}

/** A box as the ring around it. */
export function boxRing(x: number, y: number, width: number, height: number): Ring {
  return [x, y, x + width, y, x + width, y + height, x, y + height]
}
