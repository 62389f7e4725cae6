import { expect, it } from 'vitest'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { layersWith, movedLayers, sortAnnotations } from '#renderer/annotations/annotation-order.ts'

/** Ids from the top down, as the list shows them. */
const stack = (...ids: number[]): AnnotationRecord[] =>
  ids.map((id, place) => ({ id, position: 100 - place }) as AnnotationRecord)

const fromTop = (order: number[] | null): number[] | null => order && order.toReversed()

it('what lies above comes first; of the same place the newer', () => {
  const annotations = [
    { id: 1, position: 3 },
    { id: 2, position: 3 },
    { id: 3, position: 9 },
  ] as AnnotationRecord[]
  expect(sortAnnotations(annotations, 'layers', []).map(({ id }) => id)).toEqual([3, 2, 1])
})

it.each([
  ['forward', [3], [1, 3, 2, 4, 5]],
  ['backward', [3], [1, 2, 4, 3, 5]],
  ['front', [3], [3, 1, 2, 4, 5]],
  ['back', [3], [1, 2, 4, 5, 3]],
  ['forward', [3, 4], [1, 3, 4, 2, 5]],
  ['backward', [2, 4], [1, 3, 5, 2, 4]],
  ['forward', [1], null],
  ['front', [1, 2], null],
  ['backward', [5], null],
  ['back', [], null],
] as const)('%s of %j', (move, ids, expected) => {
  expect(fromTop(movedLayers(stack(1, 2, 3, 4, 5), ids, move))).toEqual(expected)
})

it('a dropped one lies right above the next, or below all', () => {
  expect(fromTop(layersWith(stack(1, 2, 3), 1, 3))).toEqual([2, 1, 3])
  expect(fromTop(layersWith(stack(1, 2, 3), 1, null))).toEqual([2, 3, 1])
})
