import type { Box } from '#shared/geometry/box.ts'
import type { Point } from './canvas-content.ts'
import { isSetAt } from './mask-runs.ts'
import type { MaskCache } from './mask-runs.ts'
import type { CanvasItem } from './shown-items.ts'

const CELLS = 64

/** On the screen a mask that is smaller in both directions is hardly hit. CSS pixels. */
const TINY_PX = 4
/** How far beside it a click still means it. CSS pixels. */
const TINY_REACH_PX = 5

/**
 * Finds the items under a point. A grid over the boxes gives the few that can be there, and their
 * runs say which are; nothing is painted or read back, so a pick is exact at every zoom.
 */
export class PickIndex {
  readonly #items: readonly CanvasItem[]
  readonly #masks: MaskCache
  readonly #cellPx: number
  /** Item numbers by cell, the smallest area first. */
  readonly #cells: number[][] = Array.from({ length: CELLS * CELLS }, () => [])

  /** @param items in the order of painting, the largest first */
  constructor(items: readonly CanvasItem[], masks: MaskCache) {
    this.#items = items
    this.#masks = masks
    const extent = Math.max(
      1,
      ...items.map(({ shape: { mask } }) => Math.max(mask.width, mask.height)),
    )
    this.#cellPx = extent / CELLS
    for (let i = items.length - 1; i >= 0; i--) this.#insert(i)
  }

  #insert(item: number): void {
    const [x, y, width, height] = this.#items[item].shape.bbox
    const last = { x: this.#cellOf(x + width), y: this.#cellOf(y + height) }
    for (let row = this.#cellOf(y); row <= last.y; row++) {
      for (let column = this.#cellOf(x); column <= last.x; column++) {
        this.#cells[row * CELLS + column].push(item)
      }
    }
  }

  #cellOf(position: number): number {
    return Math.min(CELLS - 1, Math.max(0, Math.floor(position / this.#cellPx)))
  }

  /** Numbers of the items whose mask covers the point, the smallest first; holes are not covered. */
  itemsAt({ x, y }: Point, isPickable: (item: number) => boolean): number[] {
    const near = this.#cells[this.#cellOf(y) * CELLS + this.#cellOf(x)]
    return near.filter((item) => isPickable(item) && this.#covers(item, x, y))
  }

  /** The smallest item under the point, or null. */
  smallestAt({ x, y }: Point, isPickable: (item: number) => boolean): number | null {
    const near = this.#cells[this.#cellOf(y) * CELLS + this.#cellOf(x)]
    return near.find((item) => isPickable(item) && this.#covers(item, x, y)) ?? null
  }

  /**
   * The nearest of the items that are too small on the screen to be hit, or null: a click beside one
   * of a pixel means it.
   * @param scale CSS pixels an image pixel
   */
  tinyNear({ x, y }: Point, scale: number, isPickable: (item: number) => boolean): number | null {
    let nearest: number | null = null
    let leastPx = TINY_REACH_PX
    // The smallest are the last.
    for (let item = this.#items.length - 1; item >= 0; item--) {
      const { area, shape } = this.#items[item]
      const { bbox } = shape
      if (area * scale * scale >= TINY_PX * TINY_PX) break
      if (Math.max(bbox[2], bbox[3]) * scale >= TINY_PX) continue
      const fromX = x - bbox[0] - bbox[2] / 2
      const fromY = y - bbox[1] - bbox[3] / 2
      const distancePx = Math.hypot(fromX, fromY) * scale
      if (distancePx > leastPx || !isPickable(item)) continue
      nearest = item
      leastPx = distancePx
    }
    return nearest
  }

  #covers(item: number, x: number, y: number): boolean {
    const { bbox, mask } = this.#items[item].shape
    if (x < bbox[0] || y < bbox[1] || x >= bbox[0] + bbox[2] || y >= bbox[1] + bbox[3]) return false
    const runs = this.#masks.get(mask)
    return runs !== null && isSetAt(runs, x, y)
  }

  /** Numbers of the items whose boxes lie in `box` whole: a sweep over a crowd leaves its ground. */
  itemsIn([x1, y1, x2, y2]: Box, isPickable: (item: number) => boolean): number[] {
    return this.#items.flatMap(({ shape: { bbox } }, item) =>
      bbox[0] >= x1 &&
      bbox[1] >= y1 &&
      bbox[0] + bbox[2] <= x2 &&
      bbox[1] + bbox[3] <= y2 &&
      isPickable(item)
        ? [item]
        : [],
    )
  }
}

/** What lies below the present one, and from the lowest the top again. */
export function nextBelow(
  itemsUnderPoint: readonly number[],
  present: number | null,
): number | null {
  if (itemsUnderPoint.length === 0) return null
  const at = present === null ? -1 : itemsUnderPoint.indexOf(present)
  return itemsUnderPoint[(at + 1) % itemsUnderPoint.length]
}
