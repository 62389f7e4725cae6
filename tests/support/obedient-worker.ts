import { setTimeout } from 'node:timers/promises'
import type { ImageAnalysis, WorkerMessage, WorkerRequest } from '#main/inference/protocol.ts'
import type { WorkerProcess } from '#main/inference/worker-process.ts'
import type { ProviderReport } from '#shared/contract/providers.ts'
import type { Candidate } from '#main/vision/candidate.ts'

/** Inference processes that do as a test says, inside the test's own process. */
export class ObedientWorkers {
  /** Every process ends over its first image. */
  isDeadly = false
  /** Paths of the images that were asked for, in order. */
  readonly analysed: string[] = []
  starts = 0
  /** What they say that runs them. */
  provider: ProviderReport = {
    requested: 'cpu',
    used: 'cpu',
    isMeasured: false,
    share: null,
    refused: [],
    sessions: [],
  }
  readonly #detectorClasses: readonly string[]
  readonly #candidates: readonly Candidate[]
  #tell: (message: WorkerMessage) => void = () => undefined
  #held: (() => void)[] | null = null

  constructor(detectorClasses: readonly string[], candidates: readonly Candidate[]) {
    this.#detectorClasses = detectorClasses
    this.#candidates = candidates
  }

  /** Images are not answered until `release`. */
  hold(): void {
    this.#held ??= []
  }

  release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const answer of held) answer()
  }

  /** A graph leaves its provider in the middle of the work. */
  fallBack(report: ProviderReport): void {
    this.#tell({ kind: 'provider', report })
  }

  readonly launch = (): WorkerProcess => {
    this.starts++
    const tell = (message: WorkerMessage): void => this.#tell(message)
    let exit: (how: string) => void = () => undefined
    const answer = (id: number, output: unknown): void => tell({ kind: 'answer', id, output })
    const analyse = (id: number, path: string): void => {
      this.analysed.push(path)
      if (this.isDeadly) {
        exit('signal SIGKILL')
        return
      }
      if (path.endsWith('broken.jpg')) {
        const failure = {
          code: 'IMAGE_TRUNCATED',
          message: 'The file is cut off.',
          details: {},
        } as const
        tell({ kind: 'failure', id, failure })
        return
      }
      const analysis: ImageAnalysis = {
        ...{ width: 8, height: 6, sha256: 'a'.repeat(64), candidates: this.#candidates },
        ...{ stageMs: {}, runMs: 1 },
      }
      if (this.#held) this.#held.push(() => answer(id, analysis))
      else answer(id, analysis)
    }
    const draw = (id: number): void => {
      if (this.isDeadly) {
        exit('signal SIGKILL')
        return
      }
      const [{ box, mask, posterior }] = this.#candidates
      const { width, height } = mask
      answer(id, { width, height, box, mask, posterior, vector: null, score: 0.5 })
    }
    const receive = async (request: WorkerRequest): Promise<void> => {
      await setTimeout(1)
      if (request.call === 'analyse') analyse(request.id, request.input.path)
      else if (request.call === 'maskInBox') draw(request.id)
      else if (request.call === 'memory') answer(request.id, { residentBytes: 0, peakBytes: 0 })
      else if (request.call === 'load') {
        const provider = this.provider
        const detectorClasses = this.#detectorClasses
        const packs = [{ name: 'obedient', precision: 'int8', sha256: {} }]
        answer(request.id, { packs, provider, detectorClasses, clip: null })
      }
    }
    return {
      pid: undefined,
      send: (request) => void receive(request),
      onMessage: (listener) => (this.#tell = listener),
      onExit: (listener) => (exit = listener),
      kill: () => Promise.resolve(),
    }
  }
}
