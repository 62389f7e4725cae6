import type { RgbImage } from '#main/vision/rgb-image.ts'
import {
  compareForPixels,
  OTHER_COLOUR,
  type SemanticInstance,
} from '#shared/geometry/semantic-order.ts'
import { rgbOfColour, type Rgb } from './colour.ts'
import { blendPixel } from './fill-shape.ts'
import type { MaskRegion } from './mask-region.ts'
import { fillMask } from './paint-mask.ts'
import type { OverlayObject } from './picture-orders.ts'

export interface SemanticObject {
  readonly object: OverlayObject
  readonly region: MaskRegion
  readonly colour: Rgb
  readonly area: number
}

/** What a legend says of one class, or of what no mask covers. */
export interface LegendEntry {
  readonly name: string
  /** The class's place among its classes, from 1; null for what no mask covers. */
  readonly number: number | null
  readonly colour: Rgb
  /** Of the picture's pixels, 0..1. */
  readonly share: number
}

const OTHER = 'other'

/**
 * Tint each pixel by the class of the best instance that covers it, and grey where none does.
 *
 * @returns the classes by the share of the picture that they have, and what is left; none that has no
 *   pixel
 */
export function paintSemantic(
  picture: RgbImage,
  objects: readonly SemanticObject[],
  opacity: number,
): LegendEntry[] {
  const owners = new Uint16Array(picture.width * picture.height)
  const best = objects.toSorted((a, b) => compareForPixels(instanceOf(a), instanceOf(b)))
  best.forEach(({ region, colour }, i) => {
    fillMask(picture, region, colour, opacity, owners, i + 1)
  })
  const grey = rgbOfColour(OTHER_COLOUR)
  const pixels = new Map<string, number>()
  for (let at = 0; at < owners.length; at++) {
    const name = owners[at] === 0 ? '' : best[owners[at] - 1].object.name
    if (owners[at] === 0) blendPixel(picture.rgb, at * 3, grey, opacity)
    pixels.set(name, (pixels.get(name) ?? 0) + 1)
  }
  const shareOf = (name: string): number => (pixels.get(name) ?? 0) / owners.length
  const classes = new Map(best.map((one) => [one.object.name, one]))
  const entries = Array.from(classes.values(), ({ object: { name, number }, colour }) => {
    return { name, number, colour, share: shareOf(name) }
  })
  return [
    ...entries.sort((a, b) => b.share - a.share || a.number - b.number),
    { name: OTHER, number: null, colour: grey, share: shareOf('') },
  ].filter(({ share }) => share > 0)
}

function instanceOf({ object: { standing, score }, area }: SemanticObject): SemanticInstance {
  return { isDecided: standing === 'decided', score, area }
}
