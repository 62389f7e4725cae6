import { describe, expect, test } from 'vitest'
import {
  itemsInPaintOrder,
  looksOf,
  reachableIds,
  semanticOrder,
} from '../../../../src/renderer/src/canvas/shown-items.ts'
import { annotation, ghost, maskFromRows } from './canvas-fixture.ts'

const mask = maskFromRows('##', '##')
const rules = { thresholds: null, hasGhosts: false, hasRejected: false }

function lookBy(
  item: Parameters<typeof annotation>[2],
  changes: Partial<Parameters<typeof looksOf>[1]> = {},
): string {
  return looksOf(itemsInPaintOrder([annotation(1, mask, item)], []), { ...rules, ...changes })[0]
}

describe('what is shown', () => {
  test('states have looks of their own, and rejected ones are shown when asked for', () => {
    expect(lookBy({ state: 'proposed' })).toBe('proposed')
    expect(lookBy({ state: 'accepted' })).toBe('accepted')
    expect(lookBy({ state: 'edited' })).toBe('accepted')
    expect(lookBy({ state: 'rejected' })).toBe('none')
    expect(lookBy({ state: 'rejected' }, { hasRejected: true })).toBe('rejected')
    expect(lookBy({ isHidden: true, state: 'accepted' })).toBe('none')
  })

  test('a threshold takes proposals away from just below it, and only of its class', () => {
    const at = (threshold: number) => ({ thresholds: new Map([[1, threshold]]) })
    expect(lookBy({ score: 0.5 }, at(0.5))).toBe('proposed')
    expect(lookBy({ score: 0.5 }, at(0.51))).toBe('none')
    expect(lookBy({ score: 0.5 }, { ...at(0.51), hasGhosts: true })).toBe('ghost')
    expect(lookBy({ score: 0.5, classId: 2 }, at(0.51))).toBe('proposed')
    expect(lookBy({ score: null }, at(0.9))).toBe('proposed')
  })

  test('no threshold touches what a person has said', () => {
    const thresholds = new Map([[1, 1]])
    expect(lookBy({ score: 0.1, state: 'accepted' }, { thresholds })).toBe('accepted')
    expect(lookBy({ score: 0.1, state: 'edited' }, { thresholds })).toBe('accepted')
  })

  test('a ghost that reaches the threshold looks as the proposal that it will be', () => {
    const items = itemsInPaintOrder([], [ghost(1, mask, { score: 0.3 })])
    const look = (threshold: number, hasGhosts: boolean): string =>
      looksOf(items, { ...rules, hasGhosts, thresholds: new Map([[1, threshold]]) })[0]
    expect(look(0.3, false)).toBe('proposed')
    expect(look(0.31, false)).toBe('none')
    expect(look(0.31, true)).toBe('ghost')
  })

  test('the larger is painted first', () => {
    const small = maskFromRows('#.', '..')
    const items = itemsInPaintOrder([annotation(1, small), annotation(2, mask)], [ghost(3, small)])
    expect(items.map(({ shape }) => shape.id)).toEqual([2, 1, 3])
  })

  test('keys go through what is in sight in reading order', () => {
    const left = maskFromRows('#...', '....', '....', '....')
    const right = maskFromRows('...#', '....', '....', '....')
    const below = maskFromRows('....', '....', '....', '#...')
    const items = itemsInPaintOrder(
      [
        annotation(1, below),
        annotation(2, right),
        annotation(3, left),
        annotation(4, mask, { isHidden: true }),
      ],
      [ghost(5, left)],
    )
    expect(reachableIds(items, looksOf(items, { ...rules, hasGhosts: true }))).toEqual([3, 2, 1])
  })
})

test('in a map of classes the best is painted last: what a person decided, then by score', () => {
  const large = maskFromRows('###', '###', '###')
  const items = itemsInPaintOrder(
    [
      annotation(1, large, { state: 'proposed', score: 0.9 }),
      annotation(2, mask, { state: 'proposed', score: 0.9 }),
      annotation(3, mask, { state: 'proposed', score: 0.3 }),
      annotation(4, mask, { state: 'accepted', score: 0.1 }),
      annotation(5, mask, { state: 'rejected', score: 1 }),
      annotation(6, mask, { state: 'accepted', score: null }),
    ],
    [ghost(7, mask, { score: 0.95 })],
  )
  const looks = looksOf(items, { ...rules, hasGhosts: true, hasRejected: true })
  expect(semanticOrder(items, looks).map((i) => items[i].shape.id)).toEqual([3, 1, 2, 4, 6])
})
