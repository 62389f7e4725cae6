import type { AnnotationRecord, AnnotationState, ClassRecord } from '#shared/contract/records.ts'

export const ANNOTATION_ORDERS = ['score', 'class', 'area', 'layers'] as const
export type AnnotationOrder = (typeof ANNOTATION_ORDERS)[number]

export type StateFilter = 'all' | 'waiting' | 'judged'

/** Scored ones first, the best of them first; a drawn one has no score. */
const byScore = (a: AnnotationRecord, b: AnnotationRecord): number =>
  (b.score ?? -1) - (a.score ?? -1) || a.id - b.id

/** What lies above the others comes first. */
const byLayer = (a: AnnotationRecord, b: AnnotationRecord): number =>
  b.position - a.position || b.id - a.id

export type LayerMove = 'forward' | 'backward' | 'front' | 'back'

/**
 * The stacking order after annotations were moved together by one place, or to an end.
 *
 * @returns ids, the lowest first, as `annotations.reorder` takes them; null when nothing moves
 */
export function movedLayers(
  annotations: readonly AnnotationRecord[],
  movedIds: readonly number[],
  move: LayerMove,
): number[] | null {
  const before = annotations.toSorted(byLayer).map(({ id }) => id)
  const moved = new Set(movedIds)
  const own = before.filter((id) => moved.has(id))
  const others = before.filter((id) => !moved.has(id))
  if (own.length === 0 || others.length === 0) return null
  const above = others.filter((id) => before.indexOf(id) < before.indexOf(own[0])).length
  const end = before.indexOf(own[own.length - 1])
  const notBelow = others.filter((id) => before.indexOf(id) < end).length
  const at = {
    front: 0,
    forward: Math.max(0, above - 1),
    backward: Math.min(others.length, notBelow + 1),
    back: others.length,
  }[move]
  const after = [...others.slice(0, at), ...own, ...others.slice(at)]
  return after.every((id, place) => id === before[place]) ? null : after.reverse()
}

/** The order after one was put right above another; null: below all. The lowest first. */
export function layersWith(
  annotations: readonly AnnotationRecord[],
  movedId: number,
  aboveId: number | null,
): number[] {
  const others = annotations.toSorted(byLayer).flatMap(({ id }) => (id === movedId ? [] : [id]))
  const at = aboveId === null ? others.length : others.indexOf(aboveId)
  return others.toSpliced(at, 0, movedId).reverse()
}

export function sortAnnotations(
  annotations: readonly AnnotationRecord[],
  order: AnnotationOrder,
  classes: readonly ClassRecord[],
): AnnotationRecord[] {
  const position = new Map(classes.map(({ id }, i) => [id, i]))
  const compare = {
    score: byScore,
    class: (a: AnnotationRecord, b: AnnotationRecord) =>
      (position.get(a.classId) ?? Infinity) - (position.get(b.classId) ?? Infinity) ||
      byScore(a, b),
    layers: byLayer,
    area: (a: AnnotationRecord, b: AnnotationRecord) => b.area - a.area || a.id - b.id,
  }[order]
  return annotations.toSorted(compare)
}

export function isShownBy(filter: StateFilter, state: AnnotationState): boolean {
  if (filter === 'waiting') return state === 'proposed'
  if (filter === 'judged') return state === 'accepted' || state === 'edited'
  return state !== 'rejected'
}

/** What a click, or a click with Shift or Ctrl, makes of a selection in a list. */
export function selectInList(
  selected: readonly number[],
  inOrder: readonly number[],
  clicked: number,
  mode: 'replace' | 'toggle' | 'range',
): number[] {
  if (mode === 'replace') return [clicked]
  if (mode === 'toggle') {
    return selected.includes(clicked)
      ? selected.filter((id) => id !== clicked)
      : [...selected, clicked]
  }
  const from = inOrder.indexOf(selected.at(-1) ?? clicked)
  const to = inOrder.indexOf(clicked)
  if (from < 0) return [clicked]
  const range = inOrder.slice(Math.min(from, to), Math.max(from, to) + 1)
  const anchor = inOrder[from]
  return [...range.filter((id) => id !== anchor), anchor]
}
