import type { EncodedMask } from '#shared/contract/records.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { isEmpty, refused, selectedTargets, updateOf } from './edit-context.ts'
import type { BuiltEdit, EditContext } from './edit-context.ts'

/**
 * The edges of the selected masks, moved to edges of the image.
 * @param snap asks for one mask
 */
export async function snapEdit(
  context: EditContext,
  snap: (mask: EncodedMask) => Promise<EncodedMask>,
): Promise<BuiltEdit> {
  const targets = selectedTargets(context)
  if (targets.length === 0) return refused('nothingSelected')
  const snapped = await Promise.all(
    targets.map(async ({ mask: { width, height, counts } }) => {
      const mask = await snap({ width, height, counts })
      return rleFromCocoString(mask.counts, mask)
    }),
  )
  if (snapped.some(isEmpty)) return refused('nothingLeft')
  const update = targets.flatMap((target, i) => updateOf(target, snapped[i]))
  if (update.length === 0) return refused('noEdge')
  const { imageId, overlap } = context
  return { kind: 'edit', edit: { imageId, step: 'Snap to edge', update, overlap } }
}
