import type { Ring } from '#shared/geometry/contours.ts'
import { MaskOutlines } from '../compose/mask-geometry.ts'
import type { MaskCache } from '../mask-runs.ts'
import type { CanvasItem } from '../shown-items.ts'

/** As many as a pointer passes on its way; the layers' own outlines are the worker's. */
const KEPT = 64

/** Outlines of the few items that are drawn one by one: under the pointer, or live. */
export class OutlineCache {
  readonly #masks: MaskCache
  readonly #outlines = new Map<string, MaskOutlines>()

  constructor(masks: MaskCache) {
    this.#masks = masks
  }

  rings({ shape: { mask } }: CanvasItem, scale: number): readonly Ring[] {
    const known = this.#outlines.get(mask.hash)
    if (known !== undefined) return known.atScale(scale)
    const runs = this.#masks.get(mask)
    if (runs === null) return []
    const outlines = new MaskOutlines(runs, mask.bbox)
    this.#outlines.set(mask.hash, outlines)
    if (this.#outlines.size > KEPT) this.#outlines.delete([...this.#outlines.keys()][0])
    return outlines.atScale(scale)
  }
}
