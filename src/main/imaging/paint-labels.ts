import type { RgbImage } from '#main/vision/rgb-image.ts'
import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import { textColourOn, type Rgb } from './colour.ts'
import { coverageOf, paintCoverage, roundedRectangle, type Shape } from './fill-shape.ts'
import { placeLabels, type LabelWish, type PlacedLabel } from './place-labels.ts'
import type { TextLine } from './text/lay-out-text.ts'
import type { VisibleSpots } from './visible-spots.ts'

/** What a chip says and whose it is. */
export interface Label {
  readonly text: TextLine
  readonly fontSize: number
  readonly colour: Rgb
  readonly hasTick: boolean
  readonly box: Box
  readonly spots: VisibleSpots
}

/** Shares of the font's size. */
const CHIP = {
  height: 1.5,
  padding: 0.42,
  tick: 0.9,
  radius: 0.36,
  rim: 0.08,
  leader: 0.12,
} as const
/** Shares of a chip's height. */
const LEGEND_GAP = 0.2
const LEGEND_MARGIN = 0.4
const SHADE: Rgb = [0, 0, 0]
const SHADE_OPACITY = 0.45

/** Chips with their text, each at the place that suits it and the others. */
export function paintLabels(picture: RgbImage, labels: readonly Label[]): void {
  const places = placeLabels(labels.map(wishOf), picture)
  // Lines first, so that none crosses a chip.
  labels.forEach((label, i) => {
    if (places[i].isAway) paintLeader(picture, label, places[i])
  })
  labels.forEach((label, i) => paintChip(picture, label, places[i].box))
}

function wishOf(label: Label): LabelWish {
  const { box, spots } = label
  return { box, ...spots, ...chipSize(label) }
}

type ChipText = Omit<Label, 'box' | 'spots'>

function chipSize({ text, fontSize, hasTick }: ChipText): Size {
  const tick = hasTick ? CHIP.tick * fontSize : 0
  return {
    width: Math.ceil(text.width + 2 * CHIP.padding * fontSize + tick),
    height: Math.ceil(CHIP.height * fontSize),
  }
}

/** Chips without an object, one below the other from the picture's lower left corner up. */
export function paintLegend(picture: RgbImage, labels: readonly ChipText[]): void {
  let bottom = picture.height
  for (const label of labels.toReversed()) {
    const { width, height } = chipSize(label)
    const gap = Math.ceil(height * LEGEND_GAP)
    const left = Math.ceil(height * LEGEND_MARGIN)
    paintChip(picture, label, [left, bottom - gap - height, left + width, bottom - gap])
    bottom -= gap + height
  }
}

function paintChip(picture: RgbImage, label: ChipText, [left, top, right, bottom]: Box): void {
  const { text, fontSize, colour, hasTick } = label
  const rim = Math.max(1, CHIP.rim * fontSize)
  const radius = CHIP.radius * fontSize
  const chip = (out: number): Shape =>
    roundedRectangle(left - out, top - out, right - left + 2 * out, bottom - top + 2 * out, radius)
  paintCoverage(picture, coverageOf(chip(0)), SHADE, SHADE_OPACITY)
  paintCoverage(picture, coverageOf(chip(-rim)), colour)
  const ink = textColourOn(colour)
  const baseLine = Math.round((top + bottom + text.capHeight) / 2)
  const start = Math.round(left + CHIP.padding * fontSize)
  if (hasTick) paintCoverage(picture, coverageOf(tickAt(start, baseLine, text.capHeight)), ink)
  const textStart = Math.round(start + (hasTick ? CHIP.tick * fontSize : 0))
  for (const part of text.parts) {
    paintCoverage(picture, { ...part, x: part.x + textStart, y: part.y + baseLine }, ink)
  }
}

/** A tick as high as capitals. */
function tickAt(x: number, baseLine: number, height: number): Shape {
  const points = [
    [0, 0.52],
    [0.16, 0.36],
    [0.36, 0.6],
    [0.8, 0.04],
    [0.97, 0.18],
    [0.38, 0.94],
  ]
  return [points.flatMap(([px, py]) => [x + px * height, baseLine - height + py * height])]
}

/** From the object's heart to the middle of the chip, which is painted over its end. */
function paintLeader(
  picture: RgbImage,
  { spots, colour, fontSize }: Label,
  place: PlacedLabel,
): void {
  const { heart } = spots
  const [left, top, right, bottom] = place.box
  const [toX, toY] = [(left + right) / 2, (top + bottom) / 2]
  const length = Math.hypot(toX - heart[0], toY - heart[1])
  if (length === 0) return
  const line = (width: number): Shape => {
    const across = [
      ((toY - heart[1]) / length) * (width / 2),
      (-(toX - heart[0]) / length) * (width / 2),
    ]
    return [
      [
        ...[heart[0] + across[0], heart[1] + across[1], toX + across[0], toY + across[1]],
        ...[toX - across[0], toY - across[1], heart[0] - across[0], heart[1] - across[1]],
      ],
    ]
  }
  const width = Math.max(1.2, CHIP.leader * fontSize)
  paintCoverage(picture, coverageOf(line(width + 2)), SHADE, SHADE_OPACITY)
  paintCoverage(picture, coverageOf(line(width)), colour)
}
