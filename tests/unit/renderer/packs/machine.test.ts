import { flushPromises, mount } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { describe, expect, it } from 'vitest'
import { h, type Component } from 'vue'
import type { MachineReport } from '#shared/contract/machine.ts'
import type { Measurement, MeasureProgress } from '#shared/contract/measurement.ts'
import MachinePanel from '#renderer/packs/MachinePanel.vue'
import MeasurePanel from '#renderer/packs/MeasurePanel.vue'
import { useWorkspaceStore } from '#renderer/stores/workspace.ts'
import { openTestWindow, testWorkspace, type Answers } from '../window-fixture.ts'

const report: MachineReport = {
  system: {
    ...{ platform: 'linux', name: 'Debian', architecture: 'x64', processor: 'EPYC', cores: 2 },
    ...{ memoryBytes: 24e9, freeMemoryBytes: 12e9, lexmask: '1', node: '24', electron: null },
    locale: 'en-US',
  },
  runtime: { version: '1.30.0', backends: [{ name: 'cpu', isBundled: true }] },
  graphics: { adapters: [{ name: 'RTX 4070', driver: null }], vulkan: null },
  machine: 'this one',
  asked: 'cuda',
  providers: [
    {
      ...{ provider: 'cuda', isUsed: false, share: null },
      refusal: { provider: 'cuda', code: 'libraries-missing', detail: 'no libcuda' },
    },
    { provider: 'webgpu', isUsed: false, share: 0.97, refusal: null },
    { provider: 'cpu', isUsed: true, share: null, refusal: null },
  ],
  trial: {
    pack: 'rcnn',
    report: {
      ...{ requested: 'cuda', used: 'cpu', isMeasured: false, share: null, refused: [] },
      sessions: [{ role: 'mask-head', file: 'mask.onnx', provider: 'cpu', refusal: null }],
    },
  },
  ...{ failure: null, packs: [], refusedPacks: [], packFolders: [], disks: [], findings: [] },
  sandbox: { isAvailable: true, why: 'system' },
  measurement: null,
}

const measurement: Measurement = {
  ...{ pack: 'rcnn', packSha256: 'a', machine: 'this one', measuredMs: 0, images: 3 },
  reference: { provider: 'cpu', precision: 'fp32' },
  ways: [
    {
      ...{ provider: 'cpu', precision: 'fp32', medianMs: 130, runs: 7, refusal: null },
      agreement: { regions: 20, found: 1, scoreDifference: 0, maskIou: 1 },
    },
    {
      ...{ provider: 'cpu', precision: 'int8', medianMs: 65, runs: 7, refusal: null },
      agreement: { regions: 20, found: 0.95, scoreDifference: 0.05, maskIou: 0.93 },
    },
    {
      ...{ provider: 'webgpu', precision: 'int8', medianMs: 9, runs: 7, refusal: null },
      agreement: { regions: 20, found: 0.1, scoreDifference: 0.5, maskIou: 0.2 },
    },
    {
      ...{ provider: 'cuda', precision: 'fp32', medianMs: null, runs: 0, agreement: null },
      refusal: { provider: 'cuda', code: 'absent', detail: '' },
    },
  ],
}

async function show(panel: Component, answers: Answers = {}, measurements: Measurement[] = []) {
  const workspace = {
    ...testWorkspace,
    settings: { ...testWorkspace.settings, measurements },
  }
  const there = openTestWindow({ 'workspace.get': () => workspace, ...answers })
  await useWorkspaceStore().load()
  const wrapper = mount(
    { render: () => h(TooltipProvider, () => h(panel)) },
    { global: there.global as never },
  )
  const press = async (text: string): Promise<void> => {
    await wrapper
      .findAll('button')
      .find((one) => one.text().includes(text))
      ?.trigger('click')
    await flushPromises()
  }
  return { ...there, wrapper, press }
}

describe('the panel of this machine', () => {
  it('tells what each provider came to, and what runs each graph', async () => {
    const { wrapper, press } = await show(MachinePanel, { 'machine.examine': () => report })
    expect(wrapper.text()).not.toContain('RTX')
    await press('Examine')
    const text = wrapper.text()
    expect(text).toContain('RTX 4070')
    expect(text).toMatch(/CUDA.*its libraries are not installed \(no libcuda\)/)
    expect(text).toMatch(/WebGPU.*works too \(97% of the work\)/)
    expect(text).toMatch(/CPU.*runs the models/)
    expect(wrapper.find('table').text()).toMatch(/Mask head.*CPU.*mask\.onnx/)
  })
})

describe('the panel of speed', () => {
  it('says in a sentence what is the fastest that finds the same, and shows all in a table', async () => {
    const { wrapper } = await show(MeasurePanel, {}, [measurement])
    expect(wrapper.text()).toContain(
      'CPU · int8 is the fastest that finds the same: 2 times as fast as CPU · fp32.',
    )
    const rows = wrapper.findAll('tbody tr').map((row) => row.text())
    expect(rows[0]).toMatch(/130 ms.*compared with/)
    expect(rows[1]).toMatch(/65 ms.*agrees: 95% of 20 regions/)
    expect(rows[2]).toMatch(/9 ms.*differs: 10% of 20/)
    expect(rows[3]).toMatch(/–.*not part of ONNX Runtime/)
    expect(wrapper.findAll('tr.fastest')).toHaveLength(1)
  })

  it('shows how far it is and how long it takes, and is cancelled', async () => {
    const begun: MeasureProgress = {
      ...{ pack: 'rcnn', state: 'running', way: null, done: 0, total: 0 },
      ...{ remainingMs: null, failure: null },
    }
    const { wrapper, press, tell, asksOf } = await show(MeasurePanel, {
      'machine.measure': () => begun,
      'machine.cancelMeasure': () => ({ isCancelled: true }),
    })
    await press('Measure')
    tell({
      name: 'measure.progress',
      data: {
        ...begun,
        ...{ way: { provider: 'webgpu', precision: 'fp32' }, done: 2, total: 4 },
        remainingMs: 61_000,
      },
    })
    await flushPromises()
    expect(wrapper.text()).toContain('3 of 4: WebGPU · fp32 · 1 min 1 sec left')
    await press('Cancel')
    expect(asksOf('machine.cancelMeasure')).toHaveLength(1)
    tell({ name: 'measure.progress', data: { ...begun, state: 'cancelled' } })
    await flushPromises()
    expect(wrapper.find('[role="progressbar"]').exists()).toBe(false)

    tell({
      name: 'measure.progress',
      data: {
        ...begun,
        state: 'failed',
        failure: { code: 'INVALID_INPUT', message: 'Sure of nothing.', details: {} },
      },
    })
    await flushPromises()
    expect(wrapper.text()).toContain('sure of too little in the first photos')
  })
})
