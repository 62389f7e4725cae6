/** Images of which the rate is taken: enough to be steady, few enough to follow a change. */
const WINDOW = 30

/** Rate and time left of a job, from the moments at which its last images ended. */
export class ProgressMeter {
  readonly #endedAt: number[] = []

  /** @param now milliseconds of a monotonic clock */
  itemEnded(now: number): void {
    this.#endedAt.push(now)
    if (this.#endedAt.length > WINDOW) this.#endedAt.shift()
  }

  /** null until two images ended. */
  get imagesPerSecond(): number | null {
    const { length } = this.#endedAt
    if (length < 2) return null
    const elapsedMs = this.#endedAt[length - 1] - this.#endedAt[0]
    return elapsedMs > 0 ? ((length - 1) / elapsedMs) * 1000 : null
  }

  remainingMs(images: number): number | null {
    const rate = this.imagesPerSecond
    return rate === null ? null : (images / rate) * 1000
  }
}
