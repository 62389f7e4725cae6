import type { ImageAnalysis, WorkerMemory } from '#main/inference/protocol.ts'
import { peakResidentBytes } from '#main/processes/peak-memory.ts'

/** How a session's auto-labelling went, for the summary and the benchmark. */
export interface RunStatistics {
  readonly images: number
  /** From the first image that was handed out to the last that was saved; without loading the model. */
  readonly wallMs: number
  /** Sum over the images, inside ONNX Runtime. */
  readonly modelMs: number
  /** Sums over the images, in the inference process; decoding overlaps the rest. */
  readonly stageMs: Readonly<Record<string, number>>
  /** Sum over the images, in the application: scoring and the transaction. */
  readonly commitMs: number
  /** Resident memory of the inference process after so many images. */
  readonly workerMemory: readonly { readonly image: number; readonly bytes: number }[]
  /** The most that this process had resident. */
  readonly peakBytes: number
}

/** Images between two looks at the inference process's memory. */
const MEMORY_EVERY = 100

export class StatisticsCollector {
  readonly #workerMemory: () => Promise<WorkerMemory>
  readonly #stageMs: Record<string, number> = {}
  readonly #memory: { image: number; bytes: number }[] = []
  #images = 0
  #modelMs = 0
  #commitMs = 0
  #firstMs: number | null = null
  #lastMs = 0

  constructor(workerMemory: () => Promise<WorkerMemory>) {
    this.#workerMemory = workerMemory
  }

  imageStarted(): void {
    this.#firstMs ??= performance.now()
  }

  imageSaved({ stageMs, runMs }: ImageAnalysis, commitMs: number): void {
    this.#images++
    this.#modelMs += runMs
    this.#commitMs += commitMs
    for (const [stage, ms] of Object.entries(stageMs)) {
      this.#stageMs[stage] = (this.#stageMs[stage] ?? 0) + (ms ?? 0)
    }
    this.#lastMs = performance.now()
    if (this.#images % MEMORY_EVERY !== 0) return
    const image = this.#images
    // A process that is restarted at this moment has no memory to tell of.
    this.#workerMemory().then(
      ({ residentBytes }) => this.#memory.push({ image, bytes: residentBytes }),
      () => undefined,
    )
  }

  summary(): RunStatistics {
    return {
      images: this.#images,
      wallMs: this.#firstMs === null || this.#images === 0 ? 0 : this.#lastMs - this.#firstMs,
      modelMs: this.#modelMs,
      stageMs: { ...this.#stageMs },
      commitMs: this.#commitMs,
      workerMemory: [...this.#memory],
      peakBytes: peakResidentBytes(),
    }
  }
}
