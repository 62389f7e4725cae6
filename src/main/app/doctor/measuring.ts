import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import type { Measurement, MeasureProgress } from '#shared/contract/measurement.ts'
import { measurePack, type MeasureOrder } from './measure-pack.ts'

/** The measurement of a window: one at a time, telling of itself through events. */
export class Measuring {
  readonly #tell: (progress: MeasureProgress) => void
  readonly #keep: (measurement: Measurement) => Promise<void>
  #running: { readonly abort: AbortController; readonly ended: Promise<void> } | null = null

  /** @param tell gets `done` once the result is kept */
  constructor(
    tell: (progress: MeasureProgress) => void,
    keep: (measurement: Measurement) => Promise<void>,
  ) {
    this.#tell = tell
    this.#keep = keep
  }

  /** @throws LexmaskError CONFLICT when one goes on already */
  begin(order: Omit<MeasureOrder, 'signal' | 'onProgress'>): MeasureProgress {
    if (this.#running) {
      throw new LexmaskError('CONFLICT', 'This machine is being measured already.')
    }
    const abort = new AbortController()
    const begun = progressOf(order.pack.name, 'running')
    const ended = this.#run(order, abort.signal, begun).finally(() => (this.#running = null))
    this.#running = { abort, ended }
    return begun
  }

  /** @returns whether there was anything to cancel */
  async cancel(): Promise<boolean> {
    const running = this.#running
    running?.abort.abort()
    await running?.ended
    return running !== null
  }

  async #run(
    order: Omit<MeasureOrder, 'signal' | 'onProgress'>,
    signal: AbortSignal,
    begun: MeasureProgress,
  ): Promise<void> {
    const { name } = order.pack
    let last = begun
    const onProgress = (progress: MeasureProgress): void => this.#tell((last = progress))
    try {
      await this.#keep(await measurePack({ ...order, signal, onProgress }))
      this.#tell({ ...progressOf(name, 'done'), done: last.total, total: last.total })
    } catch (error) {
      const failure = failureOfError(error)
      if (signal.aborted || failure.code === 'CANCELLED') this.#tell(progressOf(name, 'cancelled'))
      else this.#tell({ ...progressOf(name, 'failed'), failure })
    }
  }
}

const progressOf = (pack: string, state: MeasureProgress['state']): MeasureProgress => ({
  ...{ pack, state, way: null, done: 0, total: 0, remainingMs: null, failure: null },
})
