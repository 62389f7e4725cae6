import type { RgbImage } from '#main/vision/rgb-image.ts'
import { blendPixel } from './fill-shape.ts'
import { edgeColourOf, type Rgb } from './colour.ts'
import type { MaskRegion } from './mask-region.ts'

/**
 * Tint the pixels of a mask that no mask before it has tinted, so that colours do not mix where
 * masks lie on each other: the one that is to be on top comes first.
 *
 * @param owners Uint16Array // [height, width] of the picture: which mask has tinted, 0 for none. Updated.
 * @param owner of this mask, from 1
 * @param stripe tints diagonal stripes of this width only, in pixels; null tints all
 */
export function fillMask(
  picture: RgbImage,
  { x, y, width, height, bits }: MaskRegion,
  colour: Rgb,
  opacity: number,
  owners: Uint16Array,
  owner: number,
  stripe: number | null = null,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (bits[row * width + column] === 0) continue
      if (stripe !== null && Math.floor((x + column + y + row) / stripe) % 2 === 1) continue
      const pixel = (y + row) * picture.width + x + column
      if (owners[pixel] !== 0) continue
      owners[pixel] = owner
      blendPixel(picture.rgb, pixel * 3, colour, opacity)
    }
  }
}

export interface Outline {
  /** Pixels of the line, which lies within the mask: it covers no pixel that is not the object's. */
  readonly line: number
  /** Pixels of the edge, which lies around the mask and sets the line off from what it runs over. */
  readonly edge: number
}

const EDGE_OPACITY = 0.5
/** Further from the outline than any stamp reaches. */
const FAR = 0xffff

/** The line along all borders of a mask, also those of its holes and at the picture's own border. */
export function outlineMask(
  picture: RgbImage,
  region: MaskRegion,
  colour: Rgb,
  { line, edge }: Outline,
): void {
  const margin = Math.ceil(edge) + 1
  const distances = distancesToBorder(region, Math.ceil(Math.max(line, edge)) + 1, margin)
  const edgeColour = edgeColourOf(colour)
  const width = region.width + 2 * margin
  const firstRow = Math.max(0, margin - region.y)
  const lastRow = Math.min(region.height + 2 * margin, picture.height - region.y + margin)
  const firstColumn = Math.max(0, margin - region.x)
  const lastColumn = Math.min(width, picture.width - region.x + margin)
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      const squared = distances[row * width + column]
      if (squared === FAR) continue
      const isInside = bitAt(region, column - margin, row - margin) === 1
      // Of the centres of pixels: the border itself is half a pixel nearer, and so is the pixel's side.
      const beyond = Math.sqrt(squared) - 1
      const opacity = Math.min(1, (isInside ? line : edge) - beyond)
      if (opacity <= 0) continue
      const at = ((region.y + row - margin) * picture.width + region.x + column - margin) * 3
      blendPixel(
        picture.rgb,
        at,
        isInside ? colour : edgeColour,
        isInside ? opacity : opacity * EDGE_OPACITY,
      )
    }
  }
}

function bitAt({ width, height, bits }: MaskRegion, column: number, row: number): number {
  const isWithin = column >= 0 && row >= 0 && column < width && row < height
  return isWithin ? bits[row * width + column] : 0
}

const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const

/**
 * For pixels near to a border, the squared distance to the nearest pixel of the other side, between
 * centres; FAR for the others. Only borders cost time: each of their pixels stamps a disc.
 *
 * @returns [height + 2 * margin, width + 2 * margin]
 */
function distancesToBorder(region: MaskRegion, radius: number, margin: number): Uint16Array {
  const width = region.width + 2 * margin
  const height = region.height + 2 * margin
  const distances = new Uint16Array(width * height).fill(FAR)
  const disc = offsetsWithin(radius)
  const stamp = (column: number, row: number, onto: number): void => {
    for (const [dx, dy, squared] of disc) {
      const x = column + dx
      const y = row + dy
      if (x < -margin || y < -margin || x >= width - margin || y >= height - margin) continue
      if (bitAt(region, x, y) !== onto) continue
      const at = (y + margin) * width + x + margin
      if (squared < distances[at]) distances[at] = squared
    }
  }
  for (let row = -1; row <= region.height; row++) {
    for (let column = -1; column <= region.width; column++) {
      const bit = bitAt(region, column, row)
      const isBorder = SIDES.some(([dx, dy]) => bitAt(region, column + dx, row + dy) !== bit)
      if (isBorder) stamp(column, row, 1 - bit)
    }
  }
  return distances
}

function offsetsWithin(radius: number): [dx: number, dy: number, squared: number][] {
  const offsets: [number, number, number][] = []
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      const squared = dx * dx + dy * dy
      if (squared > 0 && squared <= radius * radius) offsets.push([dx, dy, squared])
    }
  }
  return offsets
}
