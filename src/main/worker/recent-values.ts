export interface RecentLimits {
  readonly entries: number
  readonly bytes: number
}

interface Kept<Value> {
  readonly value: Value
  readonly bytes: number
}

/** Values that were asked for last, within bounds of number and size. */
export class RecentValues<Value> {
  readonly #limits: RecentLimits
  readonly #bytesOf: (value: Value) => number
  /** The one that was asked for longest ago first. */
  readonly #kept = new Map<string, Kept<Value>>()
  #bytes = 0

  constructor(limits: RecentLimits, bytesOf: (value: Value) => number) {
    this.#limits = limits
    this.#bytesOf = bytesOf
  }

  get(key: string): Value | undefined {
    const kept = this.#kept.get(key)
    if (!kept) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    return kept.value
  }

  /** One that alone is larger than the bound is not kept. */
  put(key: string, value: Value): void {
    this.#forget(key)
    const bytes = this.#bytesOf(value)
    if (bytes > this.#limits.bytes) return
    this.#kept.set(key, { value, bytes })
    this.#bytes += bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limits.entries && this.#bytes <= this.#limits.bytes) return
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0
    this.#kept.delete(key)
  }
}
