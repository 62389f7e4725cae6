/** A source of numbers that a seed repeats: xorshift32 (Marsaglia, J. Stat. Softw. 8(14), 2003). */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0 || 1
  }

  /** In [0, 1). */
  next(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return (x >>> 0) / 2 ** 32
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]
  }
}

/**
 * Runs a property on `cases` random cases. A failure names the seed of its case, so that
 * `property(check, { cases: 1, seed })` repeats it.
 */
export function property(
  check: (random: SeededRandom) => void,
  { cases, seed = 20_240_229 }: { cases: number; seed?: number },
): void {
  for (let i = 0; i < cases; i++) {
    // Neighbouring seeds of xorshift begin alike; a large odd factor spreads them.
    const caseSeed = Math.imul(seed + i, 0x9e3779b1)
    try {
      check(new SeededRandom(caseSeed))
    } catch (error) {
      console.error(`property failed in case ${i}, seed ${seed + i}`)
      throw error
    }
  }
}
