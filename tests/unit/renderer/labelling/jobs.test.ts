import { describe, expect, it } from 'vitest'
import type { ListedJob } from '#shared/contract/commands.ts'
import type { JobProgress } from '#shared/contract/events.ts'
import type { ProviderReport } from '#shared/contract/providers.ts'
import JobsBar from '../../../../src/renderer/src/labelling/JobsBar.vue'
import ProviderNotice from '../../../../src/renderer/src/labelling/ProviderNotice.vue'
import { jobAtHand, type ShownJob } from '../../../../src/renderer/src/labelling/job-view.ts'
import { useJobsStore } from '../../../../src/renderer/src/stores/jobs.ts'
import { FakeApplication, inWindow, Refusal, settled, vocabularyOf } from './application-fixture.ts'

const items = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 }
const job = (id: number, changes: Partial<ListedJob> = {}): ListedJob => ({
  id,
  runId: id,
  kind: 'prelabel',
  state: 'running',
  isPaused: false,
  error: null,
  createdMs: 0,
  finishedMs: null,
  items: { ...items, queued: 6, done: 4 },
  ...changes,
})
const onCpu: ProviderReport = {
  requested: 'auto',
  used: 'cpu',
  isMeasured: false,
  share: null,
  refused: [],
  sessions: [],
}
const shown = (id: number, changes: Partial<ListedJob> = {}): ShownJob => ({
  ...job(id, changes),
  imagesPerSecond: null,
  remainingMs: null,
})

describe('the job that the bar is about', () => {
  const done = shown(3, { state: 'done' })
  const paused = shown(2, { state: 'queued', isPaused: true })
  const queued = shown(1, { state: 'queued' })

  it.each([
    ['what is worked on', [shown(4), queued, done], 4],
    ['what is next in turn', [shown(9, { state: 'queued' }), queued, done], 1],
    ['what waits to be gone on with', [done, paused], 2],
    ['what ended just now', [done], 3],
  ])('is %s', (_, jobs, id) => {
    expect(jobAtHand(jobs, new Set([3]))?.id).toBe(id)
  })

  it('is none for what ended in an earlier session', () => {
    expect(jobAtHand([done], new Set())).toBeNull()
  })
})

describe('the bar of jobs', () => {
  const barOf = async (application: FakeApplication) => {
    const { wrapper } = await inWindow(application, useJobsStore, JobsBar)
    const button = (name: string) =>
      wrapper
        .findAll('button')
        .find((one) => one.text() === name || one.attributes('aria-label') === name)
    return { wrapper, button }
  }

  it('shows how far a run is, its pace and the provider in use', async () => {
    const application = new FakeApplication({
      'jobs.list': () => [job(1)],
      'inference.get': () => ({ state: 'busy', provider: onCpu, pack: 'rcnn', error: null }),
    })
    const { wrapper } = await barOf(application)
    application.emit('job.progress', {
      jobId: 1,
      state: 'running',
      isPaused: false,
      items: { ...items, queued: 2, done: 8 },
      imagesPerSecond: 2.5,
      remainingMs: 61_000,
    })
    await settled()
    expect(wrapper.text()).toContain('8 of 10')
    expect(wrapper.text()).toContain('2.5 images/s')
    expect(wrapper.text()).toContain('1 min 1 sec left')
    expect(wrapper.text()).toContain('CPU · rcnn')
  })

  it('marks a provider that is not the one that was asked for, and says why once a run', async () => {
    const report: ProviderReport = {
      ...onCpu,
      requested: 'cuda',
      refused: [{ provider: 'cuda', code: 'libraries-missing', detail: 'no cuda.so' }],
    }
    const application = new FakeApplication({
      'jobs.list': () => [job(1), job(2, { state: 'queued' })],
      'inference.get': () => ({ state: 'ready', provider: report, pack: 'rcnn', error: null }),
    })
    const { wrapper, value: jobs } = await inWindow(application, useJobsStore, ProviderNotice)
    expect(wrapper.text()).toBe('')
    const progress = (jobId: number): JobProgress => ({
      ...{ jobId, state: 'running', isPaused: false, items: { ...items, queued: 2, done: 1 } },
      ...{ imagesPerSecond: null, remainingMs: null },
    })
    application.emit('job.progress', progress(1))
    await settled()
    expect(wrapper.text()).toContain('This run uses CPU instead')
    expect(wrapper.text()).toContain('Not on CUDA: its libraries are not installed (no cuda.so)')

    jobs.putFallbacksAway()
    application.emit('job.progress', progress(1))
    await settled()
    expect(wrapper.text()).toBe('')

    application.emit('job.progress', {
      ...progress(1),
      state: 'done',
      items: { ...items, done: 3 },
    })
    application.emit('job.progress', progress(2))
    await settled()
    expect(wrapper.text()).toContain('Not on CUDA')
  })

  it('offers to go on with what an earlier session left, and does not do it by itself', async () => {
    const application = new FakeApplication({
      'jobs.list': () => [job(1, { state: 'queued', isPaused: true })],
      'jobs.resume': () => ({ queued: 6 }),
    })
    const { wrapper, button } = await barOf(application)
    expect(wrapper.text()).toContain('Unfinished run')
    expect(wrapper.text()).toContain('6 images left')
    expect(application.inputsOf('jobs.resume')).toEqual([])
    await button('Resume')?.trigger('click')
    expect(application.inputsOf('jobs.resume')).toHaveLength(1)
  })

  it('offers to try again when the inference process was given up, with the reason', async () => {
    const failed = {
      state: 'failed',
      provider: null,
      pack: null,
      error: 'It ended three times.',
    }
    const application = new FakeApplication({
      'jobs.list': () => [job(1)],
      'inference.get': () => failed,
      'inference.retry': () => ({ ...failed, state: 'ready', error: null }),
    })
    const { wrapper, button } = await barOf(application)
    expect(wrapper.get('[role="alert"]').text()).toContain('It ended three times.')
    await button('Retry')?.trigger('click')
    await settled()
    expect(application.inputsOf('inference.retry')).toHaveLength(1)
  })

  it('sums a finished run up, and puts it away', async () => {
    const application = new FakeApplication({
      'jobs.list': () => [job(1)],
      'jobs.failures': () => [{ imageId: 7, name: 'broken.jpg', reason: 'It is truncated.' }],
    })
    const { wrapper, button } = await barOf(application)
    application.emit('job.progress', {
      jobId: 1,
      state: 'running',
      isPaused: false,
      items: { ...items, queued: 1, done: 9 },
      imagesPerSecond: null,
      remainingMs: null,
    })
    application.emit('job.progress', {
      jobId: 1,
      state: 'done',
      isPaused: false,
      items: { ...items, done: 9, failed: 1 },
      imagesPerSecond: null,
      remainingMs: null,
    })
    await settled()
    expect(wrapper.text()).toContain('9 images labelled')
    expect(wrapper.text()).toContain('1 failed')
    expect(button('Undo this run')).toBeDefined()
    await button('Put away')?.trigger('click')
    expect(wrapper.text()).toContain('No run is under way')
  })
})

describe('starting a run', () => {
  it('uses the words that the person sees, after their edits are in', async () => {
    const application = new FakeApplication({
      'vocabulary.get': () => vocabularyOf(4, 'bus'),
      'prelabel.start': () => ({ jobId: 8, runId: 8, images: 1, unservedWords: [] }),
    })
    const { value } = await inWindow(application, useJobsStore)
    await value.start({ images: { imageIds: [1] }, recipe: { name: 'detector' } })
    expect(application.inputsOf('prelabel.start')).toEqual([
      { images: { imageIds: [1] }, recipe: { name: 'detector' }, vocabularyRevision: 4 },
    ])
  })

  it('answers null when it could not start', async () => {
    const application = new FakeApplication({
      'prelabel.start': () => {
        throw new Refusal('PACK_MISSING', 'No pack is there.')
      },
    })
    const { value } = await inWindow(application, useJobsStore)
    const started = await value.start({ images: { filter: {} }, recipe: { name: 'crop' } })
    expect(started).toBeNull()
    expect(value.isAsking).toBe(false)
  })
})
