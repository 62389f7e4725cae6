/** Who waits: a person before the canvas, or a batch. */
export type Urgency = 'prompt' | 'batch'

interface Turn {
  readonly begin: () => void
}

/**
 * The queue for the model, which does one thing at a time. What a person waits for goes before all
 * images of a batch, and so waits for one at most; otherwise turns come in the order of asking.
 */
export class ModelQueue {
  readonly #waiting: Record<Urgency, Turn[]> = { prompt: [], batch: [] }
  #isBusy = false

  /** @throws what the work throws; the queue goes on */
  async run<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) {
      await new Promise<void>((begin) => this.#waiting[urgency].push({ begin }))
    }
    this.#isBusy = true
    try {
      return await work()
    } finally {
      const next = this.#waiting.prompt.shift() ?? this.#waiting.batch.shift()
      // Still busy while a turn is handed on, so that nobody slips in between.
      if (next) next.begin()
      else this.#isBusy = false
    }
  }
}
