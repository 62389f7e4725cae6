export type Stage = 'decode' | 'proposals' | 'classes' | 'masks' | 'paste' | 'crops' | 'vectors'

/** Milliseconds an image spends in each stage of its recipe. */
export class StageClock {
  readonly ms: Partial<Record<Stage, number>> = {}

  async time<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await work()
    } finally {
      this.ms[stage] = (this.ms[stage] ?? 0) + performance.now() - startedAt
    }
  }
}
