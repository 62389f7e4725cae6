import type { EditStep } from '#shared/contract/commands/annotations.ts'
import type { EncodedMask } from '#shared/contract/records.ts'
import type { Box } from '#shared/geometry/box.ts'
import { maskFromPolygons } from '#shared/geometry/contours.ts'
import type { MaskPolygon } from '#shared/geometry/contours.ts'
import { moveMask } from '#shared/geometry/edit/move.ts'
import { splitByLine } from '#shared/geometry/edit/split.ts'
import { rleArea, rleDifference, rleIntersection, rleUnion } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { Line } from '../canvas/tools/gesture.ts'
import type { Point } from '../canvas/canvas-content.ts'
import {
  encodeMask,
  isEmpty,
  maskOfTarget,
  refused,
  selectedTargets,
  targetUnder,
  updateOf,
} from './edit-context.ts'
import type { BuiltEdit, EditContext, EditTarget } from './edit-context.ts'

/** What a closed shape is for: an annotation of its own, or a change of the selected ones. */
export const SHAPE_MODES = ['new', 'add', 'cut', 'intersect'] as const
export type ShapeMode = (typeof SHAPE_MODES)[number]

/** With Alt a shape cuts instead of what it else would do, and adds where it else would cut. */
export function modeWithAlt(mode: ShapeMode, isAlt: boolean): ShapeMode {
  if (!isAlt) return mode
  return mode === 'cut' ? 'add' : 'cut'
}

export function pointsOf(line: Line): Point[] {
  const points: Point[] = []
  for (let i = 0; i < line.length; i += 2) points.push({ x: line[i], y: line[i + 1] })
  return points
}

/** The pixels that a box covers by more than a half in each direction, one at least. */
export function boxMask([x1, y1, x2, y2]: Box, size: Size): Rle {
  const [left, right] = pixelsBetween(x1, x2, size.width)
  const [top, bottom] = pixelsBetween(y1, y2, size.height)
  const outer = [left, top, right, top, right, bottom, left, bottom]
  return maskFromPolygons([{ outer, holes: [] }], size)
}

function pixelsBetween(from: number, to: number, extent: number): [number, number] {
  const first = Math.min(extent, Math.max(0, Math.round(from)))
  const end = Math.min(extent, Math.max(0, Math.round(to)))
  const isOutside = to <= 0 || from >= extent
  if (end > first || isOutside) return [first, end]
  const at = Math.min(extent - 1, Math.max(0, Math.floor(from)))
  return [at, at + 1]
}

/**
 * A polygon or a box, in one of the modes. A shape that is to change something, while nothing is
 * selected, changes what lies under its beginning.
 */
export function shapeEdit(
  context: EditContext,
  shape: { readonly mask: Rle; readonly start: Point; readonly step: EditStep },
  mode: ShapeMode,
): BuiltEdit {
  const { mask, start, step } = shape
  if (isEmpty(mask)) return refused('emptyShape')
  if (mode === 'new') return creation(context, step, encodeMask(mask))
  const targets = selectedOrUnder(context, start)
  if (targets.length === 0) {
    return mode === 'add' ? creation(context, step, encodeMask(mask)) : refused('nothingUnder')
  }
  switch (mode) {
    case 'add': {
      // One mask grows; which of several would be a guess, but that the last was meant.
      const target = targets[targets.length - 1]
      return change(context, step, [target], (present) => rleUnion(present, mask), true)
    }
    case 'cut':
      return change(context, 'Cut a hole', targets, (present) => rleDifference(present, mask))
    case 'intersect':
      return change(context, 'Intersect', targets, (present) => rleIntersection(present, mask))
  }
}

/** A new annotation of the active class, or of another one. */
export function creation(
  context: EditContext,
  step: EditStep,
  mask: EncodedMask,
  classId = context.classId,
): BuiltEdit {
  if (classId === null) return refused('noClass')
  const { imageId, overlap } = context
  return { kind: 'edit', edit: { imageId, step, create: [{ classId, mask, like: null }], overlap } }
}

/** A stroke extends what is selected last, or makes an annotation; the eraser cuts. */
export function strokeEdit(
  context: EditContext,
  { mask, start }: { readonly mask: Rle; readonly start: Point },
  isErasing: boolean,
): BuiltEdit {
  if (isEmpty(mask)) return refused('emptyShape')
  if (isErasing) {
    const targets = selectedOrUnder(context, start)
    if (targets.length === 0) return refused('nothingUnder')
    return change(context, 'Erase', targets, (present) => rleDifference(present, mask))
  }
  const target = selectedTargets(context).at(-1)
  return target === undefined
    ? creation(context, 'Paint', encodeMask(mask))
    : change(context, 'Paint', [target], (present) => rleUnion(present, mask), true)
}

/** A line cuts the selected masks, or the one that it first meets. The largest part keeps its name. */
export function cutEdit(context: EditContext, line: Line): BuiltEdit {
  const points = pointsOf(line)
  const selected = selectedTargets(context)
  const targets = selected.length > 0 ? selected : firstMet(context, points)
  if (targets.length === 0) return refused('nothingUnder')
  return division(context, 'Split', targets, (mask) => splitByLine(mask, points), 'notCut')
}

/** Splits masks into parts: the largest keeps the annotation, the others are new ones like it. */
export function division(
  { imageId }: EditContext,
  step: EditStep,
  targets: readonly EditTarget[],
  split: (mask: Rle) => readonly Rle[],
  whyNot: 'notCut' | 'onePart',
): BuiltEdit {
  const divided = targets.flatMap((target) => {
    const parts = [...split(maskOfTarget(target))].sort((a, b) => rleArea(b) - rleArea(a))
    return parts.length < 2 ? [] : [{ target, parts }]
  })
  if (divided.length === 0) return refused(whyNot)
  const create = divided.flatMap(({ target: { id, classId }, parts }) =>
    parts.slice(1).map((part) => ({ classId, mask: encodeMask(part), like: id })),
  )
  const update = divided.flatMap(({ target, parts }) => updateOf(target, parts[0]))
  return { kind: 'edit', edit: { imageId, step, create, update } }
}

function firstMet(context: EditContext, points: readonly Point[]): EditTarget[] {
  for (const point of alongLine(points)) {
    const target = targetUnder(context, point)
    if (target !== null) return [target]
  }
  return []
}

/** Places of a line, a pixel from one another. */
function* alongLine(points: readonly Point[]): Generator<Point> {
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]]
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y)))
    for (let step = 0; step <= steps; step++) {
      const share = step / steps
      yield { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
    }
  }
}

/**
 * The outline was moved: pixels between the old and the new outline become as the new one has them,
 * and all others stay bit by bit, so that editing one corner of a simplified outline does not
 * simplify the mask.
 */
export function verticesEdit(
  context: EditContext,
  annotationId: number,
  before: readonly MaskPolygon[],
  after: readonly MaskPolygon[],
): BuiltEdit {
  const target = context.targets.find(({ id }) => id === annotationId)
  if (target === undefined) return refused('nothingSelected')
  const old = maskFromPolygons(before, context.size)
  const moved = maskFromPolygons(after, context.size)
  const mask = rleUnion(
    rleDifference(maskOfTarget(target), rleDifference(old, moved)),
    rleDifference(moved, old),
  )
  if (isEmpty(mask)) return refused('nothingLeft')
  return change(context, 'Edit vertices', [target], () => mask, true)
}

/** The masks go by whole pixels; what would leave the image is cut off. */
export function moveEdit(context: EditContext, ids: readonly number[], by: Point): BuiltEdit {
  const targets = context.targets.filter(({ id }) => ids.includes(id))
  if (targets.length === 0) return refused('nothingSelected')
  const moved = targets.map((target) => moveMask(maskOfTarget(target), by))
  if (moved.some(isEmpty)) return refused('leftImage')
  const update = targets.flatMap((target, i) => updateOf(target, moved[i]))
  if (update.length === 0) return refused('unchanged')
  const { imageId, overlap } = context
  return { kind: 'edit', edit: { imageId, step: 'Move', update, overlap } }
}

function selectedOrUnder(context: EditContext, start: Point): EditTarget[] {
  const selected = selectedTargets(context)
  if (selected.length > 0) return selected
  const under = targetUnder(context, start)
  return under === null ? [] : [under]
}

/** New masks for annotations. @param isGrowing others may have to give way, or this one */
export function change(
  { imageId, overlap }: EditContext,
  step: EditStep,
  targets: readonly EditTarget[],
  reshape: (mask: Rle) => Rle,
  isGrowing = false,
): BuiltEdit {
  const update = targets.flatMap((target) => updateOf(target, reshape(maskOfTarget(target))))
  if (update.length === 0) return refused('unchanged')
  return {
    kind: 'edit',
    edit: { imageId, step, update, ...(isGrowing ? { overlap } : {}) },
  }
}
