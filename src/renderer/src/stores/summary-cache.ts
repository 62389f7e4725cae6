import type { ImageSummary } from '#shared/contract/commands.ts'

/** What a list shows of images, of the most recently shown ones only. */
export class SummaryCache {
  readonly #byId = new Map<number, ImageSummary>()
  readonly #stale = new Set<number>()
  readonly #atMost: number

  constructor(atMost: number) {
    this.#atMost = atMost
  }

  get size(): number {
    return this.#byId.size
  }

  /** Whether it has to be asked for: it is missing, or may have changed unseen. */
  isWanted(id: number): boolean {
    return !this.#byId.has(id) || this.#stale.has(id)
  }

  /** Shown until the new ones come: a list does not go blank. */
  markStale(): void {
    for (const id of this.#byId.keys()) this.#stale.add(id)
  }

  get(id: number): ImageSummary | undefined {
    return this.#byId.get(id)
  }

  /** A Map keeps the order of insertion: the first is the one that was put longest ago. */
  put(summary: ImageSummary): void {
    this.#stale.delete(summary.id)
    this.#byId.delete(summary.id)
    this.#byId.set(summary.id, summary)
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= this.#atMost) return
      this.delete(id)
    }
  }

  /** In its place, so that a change does not count as a use. */
  change(id: number, by: (summary: ImageSummary) => ImageSummary): void {
    const summary = this.#byId.get(id)
    if (summary !== undefined) this.#byId.set(id, by(summary))
  }

  delete(id: number): void {
    this.#stale.delete(id)
    this.#byId.delete(id)
  }

  clear(): void {
    this.#stale.clear()
    this.#byId.clear()
  }
}
