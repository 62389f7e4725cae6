import type { XywhBox } from '#shared/geometry/box.ts'
import type { Point } from './canvas-content.ts'

export interface LabelWish {
  readonly item: number
  /** Image pixels. */
  readonly bbox: XywhBox
  /** Of the chip, CSS pixels. */
  readonly widthPx: number
  /** Shown even on what is too small for a chip. */
  readonly isWanted: boolean
}

/** A chip hangs on a point of the image, at a distance on the screen: it pans along as it is. */
export interface PlacedLabel {
  readonly item: number
  readonly anchor: Point
  readonly offset: Point
  readonly widthPx: number
}

export const CHIP_HEIGHT_PX = 18
const MIN_WIDTH_PX = 32
const MIN_HEIGHT_PX = 22
/** More than this says nothing any more. */
const MAX_LABELS = 240
const GAP_PX = 2
const CELL_PX = 64

/**
 * Chips at the boxes' corners that do not cover each other; who finds no free place gets none.
 * The places depend on the scale but not on where the image lies, so panning changes nothing.
 * @param wishes the most important first
 */
export function placeLabels(wishes: readonly LabelWish[], scale: number): PlacedLabel[] {
  const taken = new TakenPlaces()
  const placed: PlacedLabel[] = []
  for (const wish of wishes) {
    if (placed.length === MAX_LABELS) break
    const label = freePlace(wish, scale, taken)
    if (label !== null) placed.push(label)
  }
  return placed
}

function freePlace(wish: LabelWish, scale: number, taken: TakenPlaces): PlacedLabel | null {
  const [x, y, width, height] = wish.bbox
  const isLarge = width * scale >= MIN_WIDTH_PX && height * scale >= MIN_HEIGHT_PX
  if (!isLarge && !wish.isWanted) return null
  const topLeft = { x, y }
  // Inside only where it covers little of what it names.
  const hasRoom = width * scale > 1.5 * wish.widthPx && height * scale > 4 * CHIP_HEIGHT_PX
  const inside = [topLeft, { x: GAP_PX, y: GAP_PX }] as const
  const places: readonly (readonly [Point, Point])[] = [
    [topLeft, { x: 0, y: -CHIP_HEIGHT_PX - GAP_PX }],
    ...(hasRoom ? [inside] : []),
    [
      { x: x + width, y },
      { x: -wish.widthPx, y: -CHIP_HEIGHT_PX - GAP_PX },
    ],
    [
      { x, y: y + height },
      { x: 0, y: GAP_PX },
    ],
  ]
  for (const [anchor, offset] of places) {
    const left = anchor.x * scale + offset.x
    const top = anchor.y * scale + offset.y
    if (taken.take(left, top, left + wish.widthPx, top + CHIP_HEIGHT_PX)) {
      return { item: wish.item, anchor, offset, widthPx: wish.widthPx }
    }
  }
  return null
}

/** Boxes that do not overlap, found by the cells that they touch. */
class TakenPlaces {
  readonly #cells = new Map<string, (readonly [number, number, number, number])[]>()

  take(x1: number, y1: number, x2: number, y2: number): boolean {
    const keys: string[] = []
    for (let row = Math.floor(y1 / CELL_PX); row * CELL_PX < y2; row++) {
      for (let column = Math.floor(x1 / CELL_PX); column * CELL_PX < x2; column++) {
        const key = `${column} ${row}`
        const isCovered = this.#cells
          .get(key)
          ?.some((box) => x1 < box[2] && x2 > box[0] && y1 < box[3] && y2 > box[1])
        if (isCovered) return false
        keys.push(key)
      }
    }
    for (const key of keys) {
      const cell = this.#cells.get(key)
      if (cell === undefined) this.#cells.set(key, [[x1, y1, x2, y2]])
      else cell.push([x1, y1, x2, y2])
    }
    return true
  }
}
