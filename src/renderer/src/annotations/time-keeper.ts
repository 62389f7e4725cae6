/** What time is counted for: an image, and the annotation that is selected alone. */
export interface TimeOwner {
  readonly imageId: number
  readonly annotationId: number | null
}

export interface SpentTime extends TimeOwner {
  readonly seconds: number
}

/** Whoever did nothing for so long has gone for coffee. */
export const IDLE_AFTER_MS = 30_000

/**
 * Counts the time that a person is at work on something: up to `IDLE_AFTER_MS` after each sign of
 * life, and only for what is on show. Times are milliseconds of one clock.
 */
export class TimeKeeper {
  #owner: TimeOwner | null = null
  /** Up to when time is counted already. */
  #countedMs = 0
  #livesUntilMs = 0
  #spentMs = 0

  /** A key, a click, a move of the pointer. */
  notice(nowMs: number): void {
    this.#count(nowMs)
    this.#countedMs = nowMs
    this.#livesUntilMs = nowMs + IDLE_AFTER_MS
  }

  /**
   * Something else is on show, or nothing.
   *
   * @returns what the one before took since it was last taken
   */
  show(owner: TimeOwner | null, nowMs: number): SpentTime | null {
    const spent = this.take(nowMs)
    this.#owner = owner
    this.#countedMs = nowMs
    return spent
  }

  /** What was spent since the last time; null for nothing. */
  take(nowMs: number): SpentTime | null {
    this.#count(nowMs)
    const seconds = this.#spentMs / 1000
    this.#spentMs = 0
    return this.#owner === null || seconds === 0 ? null : { ...this.#owner, seconds }
  }

  #count(nowMs: number): void {
    const until = Math.min(nowMs, this.#livesUntilMs)
    if (this.#owner !== null) this.#spentMs += Math.max(0, until - this.#countedMs)
    this.#countedMs = Math.max(this.#countedMs, nowMs)
  }
}
