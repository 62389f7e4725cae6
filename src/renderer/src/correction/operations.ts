import { maskFromPolygons, polygonsFromMask } from '#shared/geometry/contours.ts'
import { growMask, shrinkMask } from '#shared/geometry/edit/morphology.ts'
import { fillHoles, largestPart, partsOf } from '#shared/geometry/edit/parts.ts'
import { smoothMask } from '#shared/geometry/edit/smooth.ts'
import { rleDifference, rleIntersection, rleUnionOf } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { simplifyPolygon } from '#shared/geometry/simplify.ts'
import {
  encodeMask,
  isEmpty,
  maskOfTarget,
  refused,
  selectedTargets,
  updateOf,
} from './edit-context.ts'
import type { BuiltEdit, EditContext, EditTarget, ShapeEdit } from './edit-context.ts'
import { change, division } from './gesture-edit.ts'

/** What is done to the selected masks at once, without drawing. */
export type Operation =
  | 'fillHoles'
  | 'largestPart'
  | 'splitParts'
  | 'merge'
  | 'subtract'
  | 'intersect'
  | 'grow'
  | 'shrink'
  | 'smooth'
  | 'simplify'

/** Operations of two masks or more. */
export function needsTwo(operation: Operation): boolean {
  return ['merge', 'subtract', 'intersect'].includes(operation)
}

/**
 * @param amountPx of growing, shrinking, smoothing and simplifying, image pixels
 */
export function operationEdit(
  operation: Operation,
  context: EditContext,
  amountPx: number,
): BuiltEdit {
  const targets = selectedTargets(context)
  if (targets.length === 0) return refused('nothingSelected')
  if (needsTwo(operation) && targets.length < 2) return refused('needsTwo')
  switch (operation) {
    case 'fillHoles':
      return change(context, 'Fill holes', targets, fillHoles)
    case 'largestPart':
      return change(context, 'Keep largest part', targets, largestPart)
    case 'splitParts':
      return division(context, 'Split parts', targets, partsOf, 'onePart')
    case 'merge':
      return merge(context, targets)
    case 'subtract':
      return subtract(context, targets)
    case 'intersect':
      return intersect(context, targets)
    case 'grow':
      return change(context, 'Grow', targets, (mask) => growMask(mask, amountPx), true)
    case 'shrink':
      return unlessGone(
        change(context, 'Shrink', targets, (mask) => shrinkMask(mask, amountPx)),
        targets.map((target) => shrinkMask(maskOfTarget(target), amountPx)),
      )
    case 'smooth':
      return change(context, 'Smooth', targets, (mask) => smoothMask(mask, amountPx))
    case 'simplify':
      return change(context, 'Simplify', targets, (mask) => simplified(mask, amountPx))
  }
}

function simplified(mask: Rle, tolerancePx: number): Rle {
  const polygons = polygonsFromMask(mask).map((polygon) => simplifyPolygon(polygon, tolerancePx))
  const simple = maskFromPolygons(polygons, mask)
  // A part of a pixel or two may round to nothing; it stays as it was.
  return isEmpty(simple) ? mask : simple
}

/** An annotation is deleted by deleting it, and not by an operation that leaves nothing of it. */
function unlessGone(built: BuiltEdit, masks: readonly Rle[]): BuiltEdit {
  return masks.some(isEmpty) ? refused('nothingLeft') : built
}

/** All become one: that which was selected first. */
function merge({ imageId }: EditContext, targets: readonly EditTarget[]): BuiltEdit {
  const [first, ...others] = targets
  const masks = targets.map(maskOfTarget)
  const mask = encodeMask(rleUnionOf(masks, masks[0]))
  const update = [{ annotationId: first.id, expectedMaskHash: first.maskHash, mask }]
  return { kind: 'edit', edit: { imageId, step: 'Merge', update, remove: removals(others) } }
}

const removals = (targets: readonly EditTarget[]): NonNullable<ShapeEdit['remove']> =>
  targets.map(({ id, maskHash }) => ({ annotationId: id, expectedMaskHash: maskHash }))

/** The smallest, which lies on top, is cut out of the others. */
function subtract(context: EditContext, targets: readonly EditTarget[]): BuiltEdit {
  const top = targets.reduce((least, one) => (one.area < least.area ? one : least))
  const others = targets.filter((one) => one !== top)
  const knife = maskOfTarget(top)
  const masks = others.map((other) => rleDifference(maskOfTarget(other), knife))
  const built = change(context, 'Subtract', others, (mask) => rleDifference(mask, knife))
  if (built.kind === 'refused') return refused('noOverlap')
  return unlessGone(built, masks)
}

/** What all share stays, in that which was selected first. */
function intersect({ imageId }: EditContext, targets: readonly EditTarget[]): BuiltEdit {
  const [first, ...others] = targets
  const shared = targets.map(maskOfTarget).reduce(rleIntersection)
  if (isEmpty(shared)) return refused('noOverlap')
  const update = updateOf(first, shared)
  return { kind: 'edit', edit: { imageId, step: 'Intersect', update, remove: removals(others) } }
}
