import type { CommandRequest } from '#shared/contract/commands.ts'
import type { EncodedMask } from '#shared/contract/records.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { rleArea } from '#shared/geometry/rle-algebra.ts'
import { rleFromCocoString, rleToCocoString } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import { decodeMask, isSetAt } from '../canvas/mask-runs.ts'
import type { Point } from '../canvas/canvas-content.ts'

export type ShapeEdit = CommandRequest<'annotations.edit'>
export type Overlap = NonNullable<ShapeEdit['overlap']>
export const OVERLAPS = [
  'keep',
  'cut-new',
  'cut-others',
  'cut-lower',
] as const satisfies readonly Overlap[]

/** What an edit is made of: an annotation as the person saw it. */
export interface EditTarget {
  readonly id: number
  readonly classId: number
  readonly maskHash: string
  readonly mask: EncodedMask
  readonly bbox: XywhBox
  readonly area: number
}

/** The image as it was on show when a gesture ended. */
export interface EditContext {
  readonly imageId: number
  readonly size: Size
  /** In sight; what is hidden or rejected is not edited. */
  readonly targets: readonly EditTarget[]
  /** In the order of their selection. */
  readonly selectedIds: readonly number[]
  /** Of new annotations. */
  readonly classId: number | null
  readonly overlap: Overlap
}

/** Why a gesture makes no edit; the window has a sentence for each. */
export type Refusal =
  | 'noClass'
  | 'emptyShape'
  | 'nothingSelected'
  | 'nothingUnder'
  | 'nothingLeft'
  | 'notCut'
  | 'onePart'
  | 'needsTwo'
  | 'noOverlap'
  | 'noEdge'
  | 'leftImage'
  | 'unchanged'

/** An edit, or why there is none. */
export type BuiltEdit =
  | { readonly kind: 'edit'; readonly edit: ShapeEdit }
  | { readonly kind: 'refused'; readonly why: Refusal }

export const refused = (why: Refusal): BuiltEdit => ({ kind: 'refused', why })

export function encodeMask(mask: Rle): EncodedMask {
  return { height: mask.height, width: mask.width, counts: rleToCocoString(mask) }
}

export function maskOfTarget({ mask }: EditTarget): Rle {
  return rleFromCocoString(mask.counts, mask)
}

export function selectedTargets({ targets, selectedIds }: EditContext): EditTarget[] {
  return selectedIds.flatMap((id) => targets.find((target) => target.id === id) ?? [])
}

/** The smallest annotation whose mask covers the point, as a click would pick it. */
export function targetUnder({ targets }: EditContext, { x, y }: Point): EditTarget | null {
  return (
    targets
      .filter(({ bbox: [left, top, width, height] }) => {
        return x >= left && y >= top && x < left + width && y < top + height
      })
      .sort((a, b) => a.area - b.area)
      .find(({ mask }) => isSetAt(decodeMask(mask), x, y)) ?? null
  )
}

export const isEmpty = (mask: Rle): boolean => rleArea(mask) === 0

/** The entry of `update` that gives an annotation a mask; none where it has that one already. */
export function updateOf(target: EditTarget, mask: Rle): NonNullable<ShapeEdit['update']> {
  const encoded = encodeMask(mask)
  return encoded.counts === target.mask.counts
    ? []
    : [{ annotationId: target.id, expectedMaskHash: target.maskHash, mask: encoded }]
}
