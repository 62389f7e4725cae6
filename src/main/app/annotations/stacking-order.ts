/** An annotation's place in the stacking order of its image. */
export interface Placed {
  readonly id: number
  /** The higher lies above. */
  readonly position: number
}

/**
 * Positions that put annotations in an order. As few as can be are changed: one that is dragged is
 * one change, however many there are.
 *
 * @param order the lowest first
 * @param ceiling above all positions: the id that the next annotation will have at least, so that
 *   it lies on top
 * @returns those that change, by id
 */
export function positionsOf(order: readonly Placed[], ceiling: number): Map<number, number> {
  const kept = longestRise(order.map(({ position }) => position))
  const moved = fillGaps(order, kept, ceiling)
  // Between neighbours that were divided some fifty times there is no number left.
  const all = order.map(({ id, position }) => moved.get(id) ?? position)
  const isRising = all.every((position, i) => position < (all[i + 1] ?? ceiling))
  if (isRising) return moved
  const anew = order.map(({ id }, i): [number, number] => [
    id,
    (ceiling * (i + 1)) / (order.length + 1),
  ])
  return new Map(anew.filter(([, position], i) => position !== order[i].position))
}

/** Those that are not kept, evenly between the ones that are. */
function fillGaps(
  order: readonly Placed[],
  kept: readonly number[],
  ceiling: number,
): Map<number, number> {
  const moved = new Map<number, number>()
  const ends = [...kept, order.length]
  let start = -1
  for (const end of ends) {
    const count = end - start - 1
    const high = order[end]?.position ?? ceiling
    const low = start < 0 ? high - count - 1 : order[start].position
    for (let i = 1; i <= count; i++) {
      moved.set(order[start + i].id, low + ((high - low) * i) / (count + 1))
    }
    start = end
  }
  return moved
}

/**
 * Indices of a longest strictly rising part of a sequence, by patience sorting (Fredman, Discrete
 * Mathematics 11(1), 1975), in n log n.
 */
function longestRise(values: readonly number[]): number[] {
  /** Of rises of each length, the one with the lowest end: the index of its end. */
  const ends: number[] = []
  const before = new Int32Array(values.length)
  values.forEach((value, index) => {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[ends[middle]] < value) low = middle + 1
      else high = middle
    }
    before[index] = low > 0 ? ends[low - 1] : -1
    ends[low] = index
  })
  const rise: number[] = []
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index]) rise.push(index)
  return rise.reverse()
}
