import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { CommandRequest, JobFailure, StartedJob } from '#shared/contract/commands.ts'
import type { InferenceState, JobProgress } from '#shared/contract/events.ts'
import { fallbacksOf, type ProviderFallback } from '#shared/contract/providers.ts'
import { isOpen, jobAtHand, jobsAfter, type ShownJob } from '../labelling/job-view.ts'
import { useClient } from '../transport/use-client.ts'
import { useVocabularyStore } from './vocabulary.ts'
import { useToastsStore } from './toasts.ts'

const STOPPED: InferenceState = {
  state: 'stopped',
  provider: null,
  pack: null,
  error: null,
}

export type StartRequest = Omit<CommandRequest<'prelabel.start'>, 'vocabularyRevision'>

/** Runs over many images, and the process that does them. */
export const useJobsStore = defineStore('jobs', () => {
  const client = useClient()
  const toasts = useToastsStore()
  const vocabulary = useVocabularyStore()

  const jobs = shallowRef<readonly ShownJob[]>([])
  const inference = shallowRef(STOPPED)
  /** Worked on since the window opened, and not put away. */
  const recentIds = shallowRef<ReadonlySet<number>>(new Set())
  const failuresByJob = shallowRef<ReadonlyMap<number, readonly JobFailure[]>>(new Map())
  const toldRunIds = shallowRef<ReadonlySet<number>>(new Set())
  const isAsking = shallowRef(false)

  const atHand = computed(() => jobAtHand(jobs.value, recentIds.value))
  const queuedBehind = computed(
    () => jobs.value.filter((job) => isOpen(job) && job.id !== atHand.value?.id).length,
  )

  let progressSince: JobProgress[] = []
  let isReading = false

  async function read(): Promise<void> {
    isReading = true
    progressSince = []
    try {
      const paces = new Map(jobs.value.map((job) => [job.id, job]))
      const [found, state] = await Promise.all([
        client.request('jobs.list'),
        client.request('inference.get'),
      ])
      jobs.value = found.map((job) => ({
        ...job,
        imagesPerSecond: paces.get(job.id)?.imagesPerSecond ?? null,
        remainingMs: paces.get(job.id)?.remainingMs ?? null,
      }))
      inference.value = state
      for (const progress of progressSince) {
        jobs.value = jobsAfter(jobs.value, progress) ?? jobs.value
      }
    } finally {
      isReading = false
    }
  }

  function receive(progress: JobProgress): void {
    if (isReading) progressSince.push(progress)
    if (isOpen(progress) && !progress.isPaused) remember(progress.jobId)
    const after = jobsAfter(jobs.value, progress)
    if (after !== null) jobs.value = after
    else if (!isReading) read().catch(toasts.showError)
    if (!isOpen(progress) && progress.items.failed > 0) void readFailures(progress.jobId)
  }

  function remember(jobId: number): void {
    if (!recentIds.value.has(jobId)) recentIds.value = new Set([...recentIds.value, jobId])
  }

  async function readFailures(jobId: number): Promise<void> {
    try {
      const found = await client.request('jobs.failures', { jobId })
      failuresByJob.value = new Map([...failuresByJob.value, [jobId, found]])
    } catch (error) {
      toasts.showError(error)
    }
  }

  /** Asks, tells a failure, and reads what has become of the jobs. */
  async function ask<Answer>(request: () => Promise<Answer>): Promise<Answer | null> {
    if (isAsking.value) return null
    isAsking.value = true
    try {
      const answer = await request()
      await read()
      return answer
    } catch (error) {
      toasts.showError(error)
      return null
    } finally {
      isAsking.value = false
    }
  }

  function start(request: StartRequest): Promise<StartedJob | null> {
    return ask(async () => {
      await vocabulary.settled()
      const started = await client.request('prelabel.start', {
        ...request,
        vocabularyRevision: vocabulary.vocabulary.revision,
      })
      remember(started.jobId)
      return started
    })
  }

  /** Of what was asked for, what the models do not run on; of the run at hand, until it is put away. */
  const fallbacks = computed((): readonly ProviderFallback[] => {
    const runId = atHand.value?.runId
    const { provider } = inference.value
    if (!runId || !provider || !recentIds.value.has(atHand.value.id)) return []
    return toldRunIds.value.has(runId) ? [] : fallbacksOf(provider)
  })

  /** Not again in this run. */
  function putFallbacksAway(): void {
    const runId = atHand.value?.runId
    if (runId) toldRunIds.value = new Set([...toldRunIds.value, runId])
  }

  function putAway(jobId: number): void {
    recentIds.value = new Set([...recentIds.value].filter((id) => id !== jobId))
  }

  client.subscribe('job.progress', receive)
  client.subscribe('inference.state', (state) => (inference.value = state))
  client.subscribe('snapshot.received', () => {
    recentIds.value = new Set(
      [...recentIds.value].filter((id) => jobs.value.some((job) => job.id === id)),
    )
    read().catch(toasts.showError)
  })
  // Without an open project there is nothing to read; its opening sends a snapshot.
  read().catch(() => undefined)

  return {
    jobs,
    inference,
    atHand,
    queuedBehind,
    failuresByJob,
    isAsking,
    /** Not left over by an earlier session. */
    isOfThisWindow: (jobId: number) => recentIds.value.has(jobId),
    start,
    pause: () => ask(() => client.request('jobs.pause')),
    resume: () => ask(() => client.request('jobs.resume')),
    cancel: (jobId: number) => ask(() => client.request('jobs.cancel', { jobId })),
    retry: () => ask(() => client.request('inference.retry')),
    undoRun: (runId: number) => ask(() => client.request('history.undoRun', { runId })),
    readFailures,
    fallbacks,
    putFallbacksAway,
    putAway,
  }
})
