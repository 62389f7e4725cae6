import type { ImageSummary } from '#shared/contract/commands.ts'

/** What a list shows of images, of the most recently shown ones only. */
export class SummaryCache {
  readonly #byId = new Map<number, ImageSummary>()
  readonly #atMost: number

  constructor(atMost: number) {
    this.#atMost = atMost
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: number): ImageSummary | undefined {
    return this.#byId.get(id)
  }

  /** A Map keeps the order of insertion: the first is the one that was put longest ago. */
  put(summary: ImageSummary): void {
    this.#byId.delete(summary.id)
    this.#byId.set(summary.id, summary)
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= this.#atMost) return
      this.#byId.delete(id)
    }
  }

  /** In its place, so that a change does not count as a use. */
  change(id: number, by: (summary: ImageSummary) => ImageSummary): void {
    const summary = this.#byId.get(id)
    if (summary !== undefined) this.#byId.set(id, by(summary))
  }

  delete(id: number): void {
    this.#byId.delete(id)
  }

  clear(): void {
    this.#byId.clear()
  }
}
