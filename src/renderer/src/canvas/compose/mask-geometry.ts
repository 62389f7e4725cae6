import type { XywhBox } from '#shared/geometry/box.ts'
import { polygonsFromMask } from '#shared/geometry/contours.ts'
import type { Ring } from '#shared/geometry/contours.ts'
import { simplifyRing } from '#shared/geometry/simplify.ts'
import { cropMask } from '../mask-runs.ts'
import type { MaskRuns } from '../mask-runs.ts'

/** How far a drawn line may lie off the mask, layer pixels: the stairs of a slope, and no more. */
const TOLERANCE_PX = 0.75

/**
 * How far outlines may be simplified at a scale, image pixels; 0 where pixels are seen one by one.
 * Scales within a doubling share it, so that zooming does not make new lines at every step.
 */
export function outlineTolerance(scale: number): number {
  const tolerance = TOLERANCE_PX / 2 ** (Math.floor(Math.log2(scale)) + 1)
  return tolerance < 0.2 ? 0 : tolerance
}

/** Traced in the box alone: a small mask in a large image is mostly columns of nothing. */
function ringsInBox(runs: MaskRuns, bbox: XywhBox): Ring[] {
  const [x, y, width, height] = bbox
  if (width === 0 || height === 0) return []
  return polygonsFromMask(cropMask(runs, bbox))
    .flatMap(({ outer, holes }) => [outer, ...holes])
    .map((ring) => ring.map((at, i) => at + (i % 2 === 0 ? x : y)))
}

/** The outlines of one mask, made when they are first asked for. */
export class MaskOutlines {
  readonly #runs: MaskRuns
  readonly #bbox: XywhBox
  #rings: Ring[] | undefined
  #simplified: { readonly tolerance: number; readonly rings: Ring[] } | undefined

  constructor(runs: MaskRuns, bbox: XywhBox) {
    this.#runs = runs
    this.#bbox = bbox
  }

  atScale(scale: number): readonly Ring[] {
    this.#rings ??= ringsInBox(this.#runs, this.#bbox)
    const tolerance = outlineTolerance(scale)
    if (tolerance === 0) return this.#rings
    if (this.#simplified?.tolerance !== tolerance) {
      const rings = this.#rings.map((ring) => simplifyRing(ring, tolerance))
      this.#simplified = { tolerance, rings }
    }
    return this.#simplified.rings
  }
}
