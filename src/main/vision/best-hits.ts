/** The best of any number of things, in memory for `limit` of them: a heap with the worst on top. */
export class BestHits<Hit extends { readonly score: number }> {
  readonly #limit: number
  readonly #heap: Hit[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What is not above it has no chance any more. */
  get bar(): number {
    return this.#heap.length < this.#limit ? -Infinity : this.#heap[0].score
  }

  add(hit: Hit): void {
    const heap = this.#heap
    if (heap.length < this.#limit) {
      let at = heap.push(hit) - 1
      while (at > 0) {
        const parent = (at - 1) >> 1
        if (heap[parent].score <= heap[at].score) break
        ;[heap[parent], heap[at]] = [heap[at], heap[parent]]
        at = parent
      }
      return
    }
    if (hit.score <= heap[0].score) return
    heap[0] = hit
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      let worst = at
      if (left < heap.length && heap[left].score < heap[worst].score) worst = left
      if (right < heap.length && heap[right].score < heap[worst].score) worst = right
      if (worst === at) return
      ;[heap[worst], heap[at]] = [heap[at], heap[worst]]
      at = worst
    }
  }

  /** The best first. */
  sorted(): Hit[] {
    return this.#heap.toSorted((a, b) => b.score - a.score)
  }
}
