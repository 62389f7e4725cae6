import type { AnnotationRecord, AnnotationState, ClassRecord } from '#shared/contract/records.ts'

export const ANNOTATION_ORDERS = ['score', 'class', 'area'] as const
export type AnnotationOrder = (typeof ANNOTATION_ORDERS)[number]

export type StateFilter = 'all' | 'waiting' | 'judged'

/** Scored ones first, the best of them first; a drawn one has no score. */
const byScore = (a: AnnotationRecord, b: AnnotationRecord): number =>
  (b.score ?? -1) - (a.score ?? -1) || a.id - b.id

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
