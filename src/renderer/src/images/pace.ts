/** How fast something goes and how long it takes yet. */
export interface Pace {
  readonly perSecond: number
  /** null while nobody knows how much there is. */
  readonly remainingMs: number | null
}

/** Shorter than this, a rate says nothing. */
const SHORTEST_MS = 500

/** The pace of what is counted up: over all of the time since the first count. */
export class PaceMeter {
  #first: { readonly done: number; readonly atMs: number } | null = null

  /** @param total null while nobody knows it */
  tell(done: number, total: number | null, nowMs: number): Pace | null {
    this.#first ??= { done, atMs: nowMs }
    const elapsedMs = nowMs - this.#first.atMs
    const more = done - this.#first.done
    if (elapsedMs < SHORTEST_MS || more <= 0) return null
    const remainingMs = total === null ? null : ((total - done) * elapsedMs) / more
    return { perSecond: (1000 * more) / elapsedMs, remainingMs }
  }
}
