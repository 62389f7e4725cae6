import { describe, expect, it } from 'vitest'
import type { AnnotationRecord, ClassRecord } from '#shared/contract/records.ts'
import {
  selectInList,
  sortAnnotations,
} from '../../../../src/renderer/src/annotations/annotation-order.ts'

const annotation = (id: number, classId: number, score: number | null, area: number) =>
  ({ id, classId, score, area }) as AnnotationRecord
const annotations = [
  annotation(1, 5, 0.4, 10),
  annotation(2, 6, 0.9, 30),
  annotation(3, 5, null, 20),
]
const classes = [{ id: 6 }, { id: 5 }] as ClassRecord[]

describe('the list of annotations', () => {
  it.each([
    ['score', [2, 1, 3]],
    ['class', [2, 1, 3]],
    ['area', [2, 3, 1]],
  ] as const)('is in order of %s', (order, ids) => {
    expect(sortAnnotations(annotations, order, classes).map(({ id }) => id)).toEqual(ids)
  })

  it('follows the order of the vocabulary, not that of ids', () => {
    expect(sortAnnotations(annotations, 'class', classes.toReversed())[0].id).toBe(1)
  })

  it('selects like other lists: one, one more, all between', () => {
    expect(selectInList([1], [1, 2, 3, 4], 3, 'replace')).toEqual([3])
    expect(selectInList([1], [1, 2, 3, 4], 3, 'toggle')).toEqual([1, 3])
    expect(selectInList([1, 3], [1, 2, 3, 4], 3, 'toggle')).toEqual([1])
    expect(selectInList([2], [1, 2, 3, 4], 4, 'range').toSorted()).toEqual([2, 3, 4])
    expect(selectInList([4], [1, 2, 3, 4], 2, 'range').toSorted()).toEqual([2, 3, 4])
    expect(selectInList([], [1, 2], 2, 'range')).toEqual([2])
  })

  it('keeps the place from which Shift selects', () => {
    const once = selectInList([2], [1, 2, 3, 4], 4, 'range')
    expect(selectInList(once, [1, 2, 3, 4], 1, 'range').toSorted()).toEqual([1, 2])
  })
})
