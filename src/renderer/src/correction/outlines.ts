import type { EncodedMask } from '#shared/contract/records.ts'
import { polygonsFromMask } from '#shared/geometry/contours.ts'
import type { MaskPolygon, Ring } from '#shared/geometry/contours.ts'
import { densifyRing } from '#shared/geometry/edit/polygon-edit.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { simplifyPolygon } from '#shared/geometry/simplify.ts'
import { maskOfTarget } from './edit-context.ts'
import type { EditTarget } from './edit-context.ts'

/** Smaller masks show each corner of their pixels. */
const EXACT_BELOW_AREA = 100
/** Of the side of a square of the mask's area: what a hand would not draw finer. */
const TOLERANCE_SHARE = 1 / 200

/** The stairs of a slope lie closer than that to its line. */
const STAIRS_PX = 1.3

/** How far the outline with vertices may lie off the mask, image pixels. */
export function outlineTolerance(area: number): number {
  return area < EXACT_BELOW_AREA ? 0 : Math.max(STAIRS_PX, Math.sqrt(area) * TOLERANCE_SHARE)
}

/** As many as fit on the way back of some undo steps. */
const REMEMBERED = 64

/**
 * The polygons by which masks are edited. Those that a person has moved belong to the mask that came
 * of them: they come back with it, also by undo, and are not simplified anew under the hand.
 */
export class OutlineMemory {
  readonly #known = new Map<string, readonly MaskPolygon[]>()

  /** @param counts of the mask that has this outline */
  keep(counts: string, polygons: readonly MaskPolygon[]): void {
    this.#known.delete(counts)
    this.#known.set(counts, polygons)
    if (this.#known.size > REMEMBERED) this.#known.delete([...this.#known.keys()][0])
  }

  of(target: EditTarget): readonly MaskPolygon[] {
    const { counts } = target.mask
    const known = this.#known.get(counts)
    if (known !== undefined) return known
    const polygons = polygonsFromMask(maskOfTarget(target))
    const tolerance = outlineTolerance(target.area)
    const shown =
      tolerance === 0 ? polygons : polygons.map((polygon) => simplifyPolygon(polygon, tolerance))
    this.keep(counts, shown)
    return shown
  }
}

/** Twice as many vertices on the longest edges; the shape stays as it is. */
export function densified(polygons: readonly MaskPolygon[]): MaskPolygon[] {
  const longest = Math.max(
    1,
    ...polygons.flatMap(({ outer, holes }) => [outer, ...holes].map(longestEdge)),
  )
  const densify = (ring: readonly number[]) => densifyRing(ring, longest / 2)
  return polygons.map(({ outer, holes }) => ({ outer: densify(outer), holes: holes.map(densify) }))
}

function longestEdge(ring: readonly number[]): number {
  let longest = 0
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    longest = Math.max(longest, Math.hypot(ring[next] - ring[i], ring[next + 1] - ring[i + 1]))
  }
  return longest
}

/** The outline of a mask that is not stored. */
export function ringsOfMask({ counts, height, width }: EncodedMask): Ring[] {
  return polygonsFromMask(rleFromCocoString(counts, { height, width })).flatMap(
    ({ outer, holes }) => [outer, ...holes],
  )
}
