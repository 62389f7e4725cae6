import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChangeReceipt, ProjectInfo } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { useSavedStateStore } from '#renderer/stores/saved-state.ts'
import { useToastsStore } from '#renderer/stores/toasts.ts'
import { useWorkspaceStore } from '#renderer/stores/workspace.ts'
import { openTestWindow, testProject, testWorkspace } from '../window-fixture.ts'

const DELETION = { imageId: 1, annotationIds: [7] }

async function open(deletion: () => Promise<ChangeReceipt>, project: Partial<ProjectInfo> = {}) {
  const opened = { ...testProject, revision: 4, ...project }
  const there = openTestWindow({
    'workspace.get': () => ({ ...testWorkspace, project: opened }),
    'project.snapshot': () => ({
      revision: 4,
      project: opened,
      vocabulary: { revision: 0, classes: [], negatives: [] },
      images: [],
      annotations: [],
    }),
    'project.info': () => opened,
    'history.get': () => ({ undo: null, redo: null }),
    'annotations.delete': deletion,
  })
  const saved = useSavedStateStore()
  await useWorkspaceStore().load()
  await flushPromises()
  const remove = async (): Promise<void> => {
    await there.client.request('annotations.delete', DELETION).catch(useToastsStore().showError)
  }
  return { ...there, saved, remove }
}

const full = (): never => {
  throw new LexmaskError('DISK_FULL', 'The disk that holds site.lexmask is full.')
}
const done = (): Promise<ChangeReceipt> => Promise.resolve({ changeId: 1, revision: 5 })

describe('the saved state', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is that of the file when a project is opened, and names the change that came last', async () => {
    const { saved, tell } = await open(done)
    expect([saved.state, saved.revision, saved.savedMs]).toEqual(['saved', 4, null])
    vi.setSystemTime(1000)
    const diff = { added: {}, removed: {}, updated: {} }
    tell({ name: 'records.changed', data: { revision: 5, changeId: 1, diff } })
    expect([saved.state, saved.revision, saved.savedMs]).toEqual(['saved', 5, 1000])
  })

  it('is "saving" only when a step takes longer than a moment', async () => {
    let answer: (receipt: ChangeReceipt) => void = () => undefined
    const { saved, remove } = await open(() => new Promise((resolve) => (answer = resolve)))
    const removed = remove()
    await vi.advanceTimersByTimeAsync(100)
    expect(saved.state).toBe('saved')
    await vi.advanceTimersByTimeAsync(100)
    expect(saved.state).toBe('saving')
    answer({ changeId: 1, revision: 5 })
    await removed
    expect(saved.state).toBe('saved')
  })

  it('is not "saving" while something is only read', async () => {
    const { saved, client } = await open(done)
    void client.request('history.get', { imageId: null })
    vi.advanceTimersByTime(1000)
    expect(saved.state).toBe('saved')
  })

  it('stays "not saved" with its reason, told once, until the step is made again', async () => {
    const answers = [full, full, done]
    const { saved, remove, asksOf } = await open(() =>
      Promise.resolve().then(answers.shift() ?? full),
    )
    await remove()
    expect(saved.state).toBe('unsaved')
    expect(saved.unsaved?.code).toBe('DISK_FULL')
    expect(useToastsStore().shown).toEqual([])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(saved.state).toBe('unsaved')
    await saved.retry()
    expect(saved.state).toBe('unsaved')
    await saved.retry()
    expect(saved.state).toBe('saved')
    expect(asksOf('annotations.delete')).toEqual([DELETION, DELETION, DELETION])
  })

  it('can be had again by giving the step up', async () => {
    const { saved, remove } = await open(() => Promise.resolve().then(full))
    await remove()
    saved.dismiss()
    expect(saved.state).toBe('saved')
  })

  it('stays "not saved" when another step goes well, until this one is made', async () => {
    let isFull = true
    const { saved, remove, client } = await open(() => (isFull ? full() : done()))
    await remove()
    isFull = false
    await client.request('annotations.delete', { imageId: 1, annotationIds: [8] })
    expect(saved.state).toBe('unsaved')
    await remove()
    expect(saved.state).toBe('saved')
  })

  it('is not lost by a refusal that has nothing to do with the disk', async () => {
    const { saved, remove } = await open(() =>
      Promise.reject(new LexmaskError('CONFLICT', 'It was changed meanwhile.')),
    )
    await remove()
    expect(saved.state).toBe('saved')
    expect(useToastsStore().shown.map(({ message }) => message)).toEqual([
      'It was changed meanwhile.',
    ])
  })

  it('is "read-only" for a project that is open so', async () => {
    const { saved } = await open(done, { isReadOnly: true })
    expect(saved.state).toBe('read-only')
  })
})
