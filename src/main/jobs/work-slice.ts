import { setImmediate } from 'node:timers/promises'

/** Of work in the application's one thread: longer, and whoever else asks would notice. */
const SLICE_MS = 8

/**
 * Long work of small steps that gives way: it asks after each step whether its slice `isOver`, and then
 * lets all others be served that wait.
 *
 *     const slice = new WorkSlice()
 *     for (const step of steps) {
 *       do(step)
 *       if (slice.isOver) await slice.giveWay()
 *     }
 */
export class WorkSlice {
  #endMs = performance.now() + SLICE_MS

  get isOver(): boolean {
    return performance.now() >= this.#endMs
  }

  /** Begins the next slice when the others have been served: what they changed is to be looked at. */
  async giveWay(): Promise<void> {
    await setImmediate()
    this.#endMs = performance.now() + SLICE_MS
  }
}
