import { describe, expect, it } from 'vitest'
import { positionsOf, type Placed } from '#main/app/annotations/stacking-order.ts'
import { property } from '../../../support/random.ts'

const fresh = (...ids: number[]): Placed[] => ids.map((id) => ({ id, position: id }))

function placed(order: readonly Placed[], positions: ReadonlyMap<number, number>): Placed[] {
  return order.map(({ id, position }) => ({ id, position: positions.get(id) ?? position }))
}

describe('the stacking order', () => {
  it('is left alone where it is as it is to be', () => {
    expect(positionsOf(fresh(1, 2, 5), 6).size).toBe(0)
  })

  it('changes the one that was dragged, and no other', () => {
    expect(positionsOf(fresh(4, 1, 2, 3), 5)).toEqual(new Map([[4, 0]]))
    expect(positionsOf(fresh(2, 3, 4, 1), 5)).toEqual(new Map([[1, 4.5]]))
    expect(positionsOf(fresh(1, 4, 2, 3), 5)).toEqual(new Map([[4, 1.5]]))
  })

  it('is what was asked for after any number of drags, under what comes next', () => {
    property(
      (random) => {
        const count = random.integer(1, 12)
        let order = fresh(...Array.from({ length: count }, (_, i) => i + 1))
        const ceiling = count + 1
        for (let drag = 0; drag < 80; drag++) {
          const moved = [...order]
          const [one] = moved.splice(random.integer(0, count - 1), 1)
          // Mostly between the same two, which uses up the numbers between them.
          moved.splice(
            random.next() < 0.8 ? Math.min(1, count - 1) : random.integer(0, count - 1),
            0,
            one,
          )
          order = placed(moved, positionsOf(moved, ceiling))
          expect(order.map(({ id }) => id)).toEqual(moved.map(({ id }) => id))
          order.forEach(({ position }, i) => {
            expect(position).toBeLessThan(order[i + 1]?.position ?? ceiling)
          })
        }
      },
      { cases: 60 },
    )
  })
})
