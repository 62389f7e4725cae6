import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { rleFromBitmap, rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { encodeMask } from '#renderer/correction/edit-context.ts'
import type {
  BuiltEdit,
  EditContext,
  EditTarget,
  ShapeEdit,
} from '#renderer/correction/edit-context.ts'
import { bitmapFromRows } from '../../../support/random-masks.ts'
import type { Bitmap } from '../../../support/random-masks.ts'

export function targetOf(id: number, bitmap: Bitmap, classId = 1): EditTarget {
  const rle = rleFromBitmap(bitmap.pixels, bitmap)
  const mask = encodeMask(rle)
  const bbox = rleBbox(rle)
  return { id, classId, maskHash: `hash ${mask.counts}`, mask, bbox, area: rleArea(rle) }
}

/** '#' is set. */
export const target = (id: number, ...rows: string[]): EditTarget =>
  targetOf(id, bitmapFromRows(...rows))

export function contextOf(
  targets: readonly EditTarget[],
  selectedIds: readonly number[] = [],
  changes: Partial<EditContext> = {},
): EditContext {
  const { height, width } = targets[0]?.mask ?? { height: 6, width: 8 }
  return {
    imageId: 1,
    size: { height, width },
    targets,
    selectedIds,
    classId: 5,
    overlap: 'keep',
    ...changes,
  }
}

export function editOf(built: BuiltEdit): ShapeEdit {
  if (built.kind === 'refused') throw new Error(`Refused: ${built.why}`)
  return built.edit
}

export const bitmapOfMask = (mask: EditTarget['mask']): Uint8Array =>
  rleToBitmap(rleFromCocoString(mask.counts, mask))

/** The mask in rows, as tests write it. */
export function rowsOf(mask: EditTarget['mask']): string[] {
  const pixels = bitmapOfMask(mask)
  return Array.from({ length: mask.height }, (_, y) =>
    Array.from(pixels.subarray(y * mask.width, (y + 1) * mask.width), (one) =>
      one ? '#' : '.',
    ).join(''),
  )
}
