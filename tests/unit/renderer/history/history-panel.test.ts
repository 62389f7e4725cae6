import { describe, expect, it } from 'vitest'
import type { ChangeSummary } from '#shared/contract/records.ts'
import HistoryPanel from '#renderer/history/HistoryPanel.vue'
import { useCurrentImageStore } from '#renderer/stores/current-image.ts'
import { useSelectionStore } from '#renderer/stores/selection.ts'
import {
  FakeApplication,
  inWindow,
  openedImage,
  settled,
} from '../labelling/application-fixture.ts'

const step = (id: number, label: string, changes: Partial<ChangeSummary> = {}): ChangeSummary => ({
  ...{ id, imageId: 1, label, jobId: null, createdMs: 1_790_000_000_000, madeBy: 'Anna' },
  isUndone: false,
  ...changes,
})
const STEPS = [
  step(4, 'Delete', { isUndone: true }),
  step(3, 'Move'),
  step(2, 'Paint'),
  step(1, 'Auto-label', { jobId: 7, madeBy: null }),
]

async function show(steps: readonly ChangeSummary[]) {
  let listed = steps
  const application = new FakeApplication({
    'images.open': () => openedImage(1, []),
    'history.list': () => listed,
    'history.undo': () => ({ undo: null, redo: null }),
    'history.redo': () => ({ undo: null, redo: null }),
  })
  const { value, wrapper } = await inWindow(
    application,
    () => ({ current: useCurrentImageStore(), selection: useSelectionStore() }),
    HistoryPanel,
  )
  value.selection.open(1)
  await settled()
  const asked = () =>
    application.asked.map(({ name }) => name).filter((name) => /^history\.(un|re)do$/.test(name))
  const become = (next: readonly ChangeSummary[]) => (listed = next)
  return { application, wrapper, asked, become }
}

describe('the history of the image', () => {
  it('names its steps, who made them, which of them is the last that holds, and the beginning', async () => {
    const { wrapper } = await show(STEPS)
    const rows = wrapper.findAll('li button')
    expect(rows.map((row) => (row.find('.name').exists() ? row.get('.name') : row).text())).toEqual(
      ['Delete', 'Move', 'Paint', 'Auto-label', 'Beginning'],
    )
    expect(rows.map((row) => row.attributes('aria-current') ?? '')).toEqual([
      '',
      'step',
      '',
      '',
      '',
    ])
    expect(rows[0].text()).toContain('(undone)')
    expect(rows[1].text()).toContain('Anna')
    expect(rows[3].text()).toContain('Auto-label run')
    wrapper.unmount()
  })

  it('goes back to a step, forward to one that was undone, and to before the first', async () => {
    const { wrapper, asked, become } = await show(STEPS)
    await wrapper.findAll('li button')[3].trigger('click')
    await settled()
    expect(asked()).toEqual(['history.undo', 'history.undo'])
    become(STEPS.map((one) => ({ ...one, isUndone: one.id > 1 })))
    await wrapper.findAll('li button')[4].trigger('click')
    await settled()
    expect(asked()).toHaveLength(5)
    await wrapper.findAll('li button')[0].trigger('click')
    await settled()
    expect(asked().slice(5)).toEqual(['history.redo', 'history.redo', 'history.redo'])
    wrapper.unmount()
  })

  it('says so where nothing was done', async () => {
    const { wrapper } = await show([])
    expect(wrapper.text()).toContain('Nothing has been done to this image yet.')
    wrapper.unmount()
  })
})
