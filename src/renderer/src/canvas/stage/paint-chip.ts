import type { Size } from '#shared/geometry/size.ts'
import { CHIP_HEIGHT_PX } from '../labels.ts'
import type { PlacedLabel } from '../labels.ts'
import { imageToScreen } from '../view-transform.ts'
import type { View } from '../view-transform.ts'

export interface Chip extends PlacedLabel {
  readonly text: string
  /** #rrggbb */
  readonly colour: string
  readonly isStrong: boolean
}

const CHIP_FONT = '11px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
const SIDE_PX = 6
const STRIPE_PX = 3

/** Widths of chips, each measured once. */
export class ChipWidths {
  readonly #context = document.createElement('canvas').getContext('2d')
  readonly #widths = new Map<string, number>()

  /** CSS pixels. */
  of(text: string): number {
    let width = this.#widths.get(text)
    if (width === undefined) {
      width = Math.ceil(this.#measure(text)) + STRIPE_PX + 2 * SIDE_PX
      this.#widths.set(text, width)
    }
    return width
  }

  #measure(text: string): number {
    if (this.#context === null) return 0
    this.#context.font = CHIP_FONT
    return this.#context.measureText(text).width
  }
}

/** What a chip says: the class, and the score of what a model found. */
export function chipText(name: string, score: number | null): string {
  return score === null ? name : `${name} ${score.toFixed(2)}`
}

/**
 * Dark on every picture and in every theme: what is under a chip is the photo, not the window. The
 * colour of the class is a stripe, so that the text can be read on every colour.
 */
export function paintChip(
  context: CanvasRenderingContext2D,
  { anchor, offset, widthPx, text, colour, isStrong }: Chip,
  view: View,
  viewport: Size,
): void {
  const at = imageToScreen(view, anchor)
  const x = Math.round(at.x + offset.x)
  const y = Math.round(at.y + offset.y)
  if (x > viewport.width || y > viewport.height || x + widthPx < 0 || y + CHIP_HEIGHT_PX < 0) return
  context.fillStyle = isStrong ? '#101114' : 'rgb(16 17 20 / 0.8)'
  context.fillRect(x, y, widthPx, CHIP_HEIGHT_PX)
  context.fillStyle = colour
  context.fillRect(x, y, STRIPE_PX, CHIP_HEIGHT_PX)
  context.fillStyle = '#f4f5f7'
  context.font = CHIP_FONT
  context.textBaseline = 'middle'
  context.fillText(text, x + STRIPE_PX + SIDE_PX, y + CHIP_HEIGHT_PX / 2 + 0.5)
}
