import type { JobRecord } from '#shared/contract/records.ts'
import type { JobProgress } from '#shared/contract/events.ts'
import { failureOfError, type Failure } from '#shared/contract/errors.ts'
import type { ClaimedItem } from '#main/storage/job-repository.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { ProgressMeter } from './progress-meter.ts'

/** While the model has one image, the next is decoded; a third would only take memory. */
const IMAGES_IN_FLIGHT = 2

/** What a job does with an image. */
export interface JobWork<Result> {
  /** The slow part, outside of any transaction. */
  perform(item: ClaimedItem): Promise<Result>
  /** In the transaction that marks the item as done; answers what to do once that is saved. */
  commit(item: ClaimedItem, result: Result): () => void
  /** In the transaction that marks the item as failed; answers what to do once that is saved. */
  commitFailure(item: ClaimedItem, failure: Failure): () => void
  /** What happened to the process and not to the image: the whole job ends. */
  endsJob(failure: Failure): boolean
  /** What ends no job, but lets none go on before a person has done something: all stays queued. */
  pausesWork(failure: Failure): boolean
}

/** Works through the persisted queue, a few images at once, one transaction an image. */
export class JobRunner<Result> {
  readonly #project: ProjectDatabase
  readonly #work: JobWork<Result>
  readonly #tell: (progress: JobProgress) => void
  /** Jobs that were begun here and whose end was not told yet. */
  readonly #begun = new Set<number>()
  #meter = new ProgressMeter()
  #running: Promise<void> | null = null
  #isPaused = false

  constructor(
    project: ProjectDatabase,
    work: JobWork<Result>,
    tell: (progress: JobProgress) => void,
  ) {
    this.#project = project
    this.#work = work
    this.#tell = tell
  }

  /**
   * Work until nothing is queued; joins the work that is going on.
   *
   * @throws LexmaskError when the queue itself cannot be written, such as on a full disk
   */
  run(): Promise<void> {
    // In a later turn: the loop takes itself out when it ends, which must come after this line.
    this.#running ??= Promise.resolve().then(() => this.#loop())
    return this.#running
  }

  /** Take no further image; resolves when those in work have ended. What is left stays queued. */
  async pause(): Promise<void> {
    this.#isPaused = true
    this.#tellOpenJobs()
    await this.#running
  }

  /** Lets `run` take images again. */
  resume(): void {
    this.#isPaused = false
  }

  /** Whether a job has open images that nothing works on. */
  isPaused({ state }: Pick<JobRecord, 'state'>): boolean {
    const isOpen = state === 'queued' || state === 'running'
    return isOpen && (this.#isPaused || this.#running === null)
  }

  /** For what happened to a job elsewhere: that it was started or cancelled. */
  tellJob(jobId: number): void {
    const job = this.#project.jobs.get(jobId)
    if (!job) return
    if (job.finishedMs !== null) this.#begun.delete(jobId)
    this.#tell(this.#progressOf(job))
  }

  async #loop(): Promise<void> {
    const inFlight = new Set<Promise<void>>()
    let runId: number | null = null
    // The time between two jobs is not the time of an image.
    this.#meter = new ProgressMeter()
    try {
      for (;;) {
        const item = this.#isPaused ? null : this.#claim()
        if (item) {
          // Another run may need other models, and each would turn out those of the other.
          if (item.runId !== runId) await Promise.all(inFlight)
          runId = item.runId
          const ended: Promise<void> = this.#process(item).finally(() => inFlight.delete(ended))
          inFlight.add(ended)
        }
        if (inFlight.size === 0) return
        if (!item || inFlight.size >= IMAGES_IN_FLIGHT) await Promise.race(inFlight)
      }
    } catch (error) {
      await Promise.allSettled(inFlight)
      throw error
    } finally {
      // In this turn: a job that is queued in the next one has to start a loop of its own.
      this.#running = null
    }
  }

  #claim(): ClaimedItem | null {
    const { jobs } = this.#project
    const item = this.#project.transaction(() => jobs.claimNextItem())
    if (item === null) {
      // A job also ends when its last open images were removed from the project.
      for (const id of [...this.#begun]) {
        if (jobs.get(id)?.finishedMs !== null) this.tellJob(id)
      }
    } else if (!this.#begun.has(item.jobId)) {
      this.#begun.add(item.jobId)
      this.tellJob(item.jobId)
    }
    return item
  }

  async #process(item: ClaimedItem): Promise<void> {
    const failure = await this.#work.perform(item).then(
      (result) => this.#commit(item, result),
      (error: unknown) => failureOfError(error),
    )
    if (failure) this.#fail(item, failure)
    this.#meter.itemEnded(performance.now())
    this.tellJob(item.jobId)
  }

  /** An image whose result cannot be stored has failed; a full disk fails them all, and the job. */
  #commit(item: ClaimedItem, result: Result): Failure | null {
    try {
      const afterwards = this.#project.transaction(() => {
        const saved = this.#work.commit(item, result)
        this.#project.jobs.finishItem(item.jobId, item.imageId)
        return saved
      })
      afterwards()
      return null
    } catch (error) {
      return failureOfError(error)
    }
  }

  #fail(item: ClaimedItem, failure: Failure): void {
    const { jobs } = this.#project
    const afterwards = this.#project.transaction(() => {
      if (failure.code === 'CANCELLED') {
        jobs.releaseItem(item.jobId, item.imageId)
      } else if (this.#work.pausesWork(failure)) {
        jobs.releaseItem(item.jobId, item.imageId)
        this.#isPaused = true
        return () => this.#tellOpenJobs()
      } else if (this.#work.endsJob(failure)) {
        jobs.releaseItem(item.jobId, item.imageId)
        jobs.fail(item.jobId, failure.message)
      } else {
        const saved = this.#work.commitFailure(item, failure)
        jobs.failItem(item.jobId, item.imageId, failure.message)
        return saved
      }
      return () => undefined
    })
    afterwards()
  }

  #tellOpenJobs(): void {
    for (const { id } of this.#project.jobs.findResumable()) this.tellJob(id)
  }

  #progressOf(job: JobRecord): JobProgress {
    return {
      jobId: job.id,
      state: job.state,
      isPaused: this.isPaused(job),
      items: job.items,
      imagesPerSecond: this.#meter.imagesPerSecond,
      remainingMs: this.#meter.remainingMs(job.items.queued + job.items.running),
    }
  }
}
