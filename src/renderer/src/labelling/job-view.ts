import type { ListedJob } from '#shared/contract/commands.ts'
import type { JobProgress } from '#shared/contract/events.ts'
import type { JobRecord } from '#shared/contract/records.ts'

/** A job with its pace. */
export interface ShownJob extends ListedJob {
  readonly imagesPerSecond: number | null
  readonly remainingMs: number | null
}

export type JobPhase = 'running' | 'paused' | 'done' | 'cancelled' | 'failed'

export function isOpen({ state }: Pick<JobRecord, 'state'>): boolean {
  return state === 'queued' || state === 'running'
}

export function phaseOf({ state, isPaused }: Pick<ListedJob, 'state' | 'isPaused'>): JobPhase {
  if (state === 'queued' || state === 'running') return isPaused ? 'paused' : 'running'
  return state
}

export function totalOf({ items }: Pick<JobRecord, 'items'>): number {
  return Object.values(items).reduce((sum, count) => sum + count, 0)
}

/** Items that nothing will be done about any more. */
export function finishedOf({ items }: Pick<JobRecord, 'items'>): number {
  return items.done + items.failed + items.cancelled
}

/** The list after news of one job; null for a job that is not in it. */
export function jobsAfter(jobs: readonly ShownJob[], progress: JobProgress): ShownJob[] | null {
  if (!jobs.some(({ id }) => id === progress.jobId)) return null
  const { jobId, ...news } = progress
  return jobs.map((job) => (job.id === jobId ? { ...job, ...news } : job))
}

/**
 * The one job that the bar at the bottom is about: what is worked on, else what waits to be gone on
 * with, else what has just ended and was not put away.
 */
export function jobAtHand(
  jobs: readonly ShownJob[],
  recentIds: ReadonlySet<number>,
): ShownJob | null {
  const isAtWork = (job: ShownJob): boolean => isOpen(job) && !job.isPaused
  return (
    jobs.find((job) => job.state === 'running' && isAtWork(job)) ??
    jobs.findLast(isAtWork) ??
    jobs.find(isOpen) ??
    jobs.find(({ id }) => recentIds.has(id)) ??
    null
  )
}
