import { basename } from 'node:path'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { Size } from '#shared/geometry/size.ts'
import { rgbOfColour, type Rgb } from './colour.ts'
import { encodePicture, pixelsWithin } from './copy-image.ts'
import { openImage, type DecodeOptions } from './decode-image.ts'
import { areaOfRegion, regionOfMask, type MaskRegion } from './mask-region.ts'
import type {
  NumberedClass,
  OverlayObject,
  OverlayOrder,
  OverlayPicture,
  OverlayStyle,
} from './picture-orders.ts'
import { fillMask, outlineMask, type Outline } from './paint-mask.ts'
import { paintLabels, paintLegend, type Label } from './paint-labels.ts'
import { paintSemantic } from './paint-semantic.ts'
import { visibleSpots, type VisibleSpots } from './visible-spots.ts'
import { layOutText, type TextLine } from './text/lay-out-text.ts'

/** Of the picture's longer side: a picture is looked at as a whole, whatever its pixels. */
const SHARE = { line: 1 / 430, font: 1 / 54 } as const
const SMALLEST = { line: 2, font: 12 } as const
/** A line around what a person decided, in lines around what a run proposed. */
const DECIDED_LINE = 1.6
/** A region of many objects is striped and not tinted. */
const CROWD_STRIPE_LINES = 3
/** Chips that would take more of the picture than this are made smaller. */
const MOST_CHIPS = 0.14
const SMALLER = { crowded: 0.8, smallObject: 0.86 } as const
/** An object lower than this many fonts gets a smaller chip. */
const SMALL_OBJECT = 2.5

interface DrawnObject {
  readonly object: OverlayObject
  readonly region: MaskRegion
  readonly colour: Rgb
  /** In pixels of the picture. */
  readonly area: number
  /** From 1; names it in the map of what is on top. */
  readonly owner: number
}

/**
 * A copy of a photo with its masks drawn on it. The same order gives the same pixels.
 *
 * @throws LexmaskError as `openImage`; MASK_INVALID when the photo is not of the size that the masks
 *   are for, as they would lie in the wrong place
 */
export async function drawOverlay(
  { path, size, objects, style }: OverlayOrder,
  options: DecodeOptions = {},
): Promise<OverlayPicture> {
  const image = await openImage(path, options)
  if (size) refuseOtherSize(path, image, size)
  const decoded = await pixelsWithin(image, style.maxSide)
  // What was decoded belongs to the decoder.
  const picture: RgbImage = { ...decoded, rgb: new Uint8Array(decoded.rgb) }
  const drawn = size ? regionsOf(objects, size, picture) : []
  const numbered = style.isSemantic
    ? await paintClasses(picture, drawn, style)
    : await paintInstances(picture, drawn, style)
  const bytes = await encodePicture(picture, style.format)
  return { bytes, width: picture.width, height: picture.height, numbered }
}

async function paintInstances(
  picture: RgbImage,
  drawn: readonly DrawnObject[],
  { opacity, hasNames }: OverlayStyle,
): Promise<NumberedClass[]> {
  const owners = paintMasks(picture, drawn, opacity)
  return hasNames ? paintNames(picture, drawn, owners) : []
}

async function paintClasses(
  picture: RgbImage,
  drawn: readonly DrawnObject[],
  { opacity, hasNames }: OverlayStyle,
): Promise<NumberedClass[]> {
  const legend = paintSemantic(picture, drawn, opacity)
  if (!hasNames) return []
  const fontSize = sized(SHARE.font, SMALLEST.font, picture)
  const numbered: NumberedClass[] = []
  const labels: Parameters<typeof paintLegend>[1][number][] = []
  for (const { name, number, colour, share } of legend) {
    const percent = ` ${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
    const written = await layOutText(shortened(name) + percent, fontSize)
    if (!written && number !== null) numbered.push({ number, name })
    const text = written ?? (await layOutNumber(number ?? 0, percent, fontSize))
    labels.push({ text, fontSize, colour, hasTick: false })
  }
  paintLegend(picture, labels)
  return numbered.sort((a, b) => a.number - b.number)
}

function refuseOtherSize(path: string, image: Size, size: Size): void {
  if (image.width === size.width && image.height === size.height) return
  const name = basename(path)
  throw new LexmaskError(
    'MASK_INVALID',
    `“${name}” has ${image.width} × ${image.height} pixels, but its masks are for ` +
      `${size.width} × ${size.height}. Give the photo that was labelled, or label this one again.`,
    { path, image: { width: image.width, height: image.height }, masks: size },
  )
}

/** The largest first, so that the small ones come to lie on top. Empty masks are left out. */
function regionsOf(objects: readonly OverlayObject[], size: Size, picture: Size): DrawnObject[] {
  return objects
    .map((object, index) => {
      const region = regionOfMask({ ...size, counts: object.counts }, picture)
      const area = areaOfRegion(region)
      return { object, region, colour: rgbOfColour(object.colour), area, index }
    })
    .filter(({ area }) => area > 0)
    .sort((a, b) => b.area - a.area || a.index - b.index)
    .map((one, i) => ({ ...one, owner: i + 1 }))
}

function sized(share: number, smallest: number, { width, height }: Size): number {
  return Math.max(smallest, share * Math.max(width, height))
}

/**
 * All tints, then all lines: no line is hidden by a tint.
 * @returns Uint16Array // [height, width], which object is on top: its `owner`, or 0
 */
function paintMasks(
  picture: RgbImage,
  drawn: readonly DrawnObject[],
  opacity: number,
): Uint16Array {
  const line = sized(SHARE.line, SMALLEST.line, picture)
  const owners = new Uint16Array(picture.width * picture.height)
  for (const { object, region, colour, owner } of drawn.toReversed()) {
    const stripe = object.isCrowd ? Math.round(line * CROWD_STRIPE_LINES) : null
    fillMask(picture, region, colour, opacity, owners, owner, stripe)
  }
  for (const { object, region, colour } of drawn) {
    outlineMask(picture, region, colour, outlineOf(object, line))
  }
  return owners
}

function outlineOf({ standing }: OverlayObject, line: number): Outline {
  return { line: standing === 'decided' ? line * DECIDED_LINE : line, edge: line / 2 }
}

async function paintNames(
  picture: RgbImage,
  drawn: readonly DrawnObject[],
  owners: Uint16Array,
): Promise<NumberedClass[]> {
  const full = sized(SHARE.font, SMALLEST.font, picture)
  const seen = drawn.map((one) => ({
    ...one,
    spots: visibleSpots(one.region, owners, one.owner, picture),
  }))
  const labels = await labelsOf(seen, full)
  const area = labels.reduce((sum, { label }) => sum + label.text.width * label.fontSize * 1.5, 0)
  const isCrowded = area > MOST_CHIPS * picture.width * picture.height
  const shown = isCrowded ? await labelsOf(seen, full * SMALLER.crowded) : labels
  paintLabels(
    picture,
    shown.map(({ label }) => label),
  )
  const numbered = new Map(
    shown.flatMap(({ numbered }) => (numbered ? [[numbered.number, numbered]] : [])),
  )
  return [...numbered.values()].sort((a, b) => a.number - b.number)
}

interface SeenObject extends DrawnObject {
  readonly spots: VisibleSpots
}

interface NamedLabel {
  readonly label: Label
  /** Set when the class is written as its number. */
  readonly numbered: NumberedClass | null
}

async function labelsOf(drawn: readonly SeenObject[], font: number): Promise<NamedLabel[]> {
  const labels: NamedLabel[] = []
  for (const { object, region, colour, spots } of drawn) {
    const isSmall = Math.min(region.width, region.height) < SMALL_OBJECT * font
    const fontSize = Math.max(10, isSmall ? font * SMALLER.smallObject : font)
    const { text, numbered } = await textOf(object, fontSize)
    labels.push({
      numbered,
      label: {
        text,
        fontSize,
        colour,
        hasTick: object.standing === 'decided',
        box: [region.x, region.y, region.x + region.width, region.y + region.height],
        spots,
      },
    })
  }
  return labels
}

/** Longer names lose their end; a chip is no place for a sentence. */
const LONGEST_NAME = 28

/** "boat 0.98", or "#3 0.98" where no font has the letters of the name. */
async function textOf(
  { name, number, score, isCrowd }: OverlayObject,
  fontSize: number,
): Promise<{ text: TextLine; numbered: NumberedClass | null }> {
  const rest = `${isCrowd ? ' (crowd)' : ''}${score === null ? '' : ` ${score.toFixed(2)}`}`
  const text = await layOutText(shortened(name) + rest, fontSize)
  if (text) return { text, numbered: null }
  return { text: await layOutNumber(number, rest, fontSize), numbered: { number, name } }
}

function shortened(name: string): string {
  const letters = Array.from(name)
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 1).join('')}…` : name
}

async function layOutNumber(number: number, rest: string, fontSize: number): Promise<TextLine> {
  const plain = await layOutText(`#${number}${rest}`, fontSize)
  if (!plain) throw new Error('The font that comes with Lexmask has no digits.')
  return plain
}
