import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { defineComponent, h } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { withSettings } from '#shared/contract/settings.ts'
import type { Settings } from '#shared/contract/settings.ts'
import ShortcutSettings from '#renderer/settings/ShortcutSettings.vue'
import { useSettingsStore } from '#renderer/stores/settings.ts'
import { useWorkspaceStore } from '#renderer/stores/workspace.ts'
import { openTestWindow, testWorkspace } from '../window-fixture.ts'

enableAutoUnmount(afterEach)

async function open(shortcuts: Settings['shortcuts'] = {}) {
  const settings = withSettings(testWorkspace.settings, { shortcuts })
  const there = openTestWindow({
    'workspace.get': () => ({ ...testWorkspace, project: null, settings }),
    'settings.change': (change) => withSettings(settings, change),
  })
  const page = mount(
    defineComponent(() => () => h(TooltipProvider, () => h(ShortcutSettings))),
    { global: there.global as never, attachTo: document.body },
  )
  await useWorkspaceStore().load()
  await flushPromises()
  const row = (id: string) => page.get(`[data-action="${id}"]`)
  return {
    page,
    row,
    /** Records a press for an action, in place of its key at that place, or as one more. */
    record: async (id: string, at: number | 'more', key: string, rest: KeyboardEventInit = {}) => {
      const buttons = at === 'more' ? row(id).findAll('.adder button') : row(id).findAll('.key')
      await buttons[at === 'more' ? 0 : at].trigger('click')
      await row(id)
        .get('.recorder')
        .trigger('keydown', { key, ...rest })
      await flushPromises()
    },
    keys: () => useSettingsStore().settings.shortcuts,
  }
}

describe('the settings of shortcuts', () => {
  it('take the key that is pressed, in place of another or as one more', async () => {
    const { record, keys } = await open()
    await record('images.next', 0, 'i')
    expect(keys()).toEqual({ 'images.next': ['I', 'PageDown'] })
    await record('images.next', 'more', 'k', { ctrlKey: true })
    expect(keys()).toEqual({ 'images.next': ['I', 'PageDown', 'Mod+K'] })
  })

  it('wait for the key behind a modifier', async () => {
    const { record, keys, row } = await open()
    await record('images.next', 0, 'Control', { ctrlKey: true })
    expect(keys()).toEqual({})
    expect(row('images.next').find('.recorder').exists()).toBe(true)
  })

  it('are left with Escape, and a key is taken away with Backspace', async () => {
    const { record, keys, row } = await open()
    await record('images.next', 0, 'Escape')
    expect(keys()).toEqual({})
    expect(row('images.next').find('.recorder').exists()).toBe(false)
    await record('images.next', 0, 'Backspace')
    expect(keys()).toEqual({ 'images.next': ['PageDown'] })
  })

  it('let no other part of the window answer the press', async () => {
    const { record } = await open()
    const reached = vi.fn()
    window.addEventListener('keydown', reached)
    await record('images.next', 0, 'z', { ctrlKey: true })
    window.removeEventListener('keydown', reached)
    expect(reached).not.toHaveBeenCalled()
  })

  it('name a conflict before anything is changed, and give the key over when asked to', async () => {
    const { record, keys, row } = await open()
    await record('labelling.start', 0, 'd')
    expect(keys()).toEqual({})
    const warning = row('labelling.start').get('[role="alert"]')
    expect(warning.text()).toContain('D is already “Next image” (Label).')
    await warning.findAll('button')[0].trigger('click')
    expect(keys()).toEqual({ 'labelling.start': ['D'], 'images.next': ['PageDown'] })
  })

  it('leave a conflict alone when asked to', async () => {
    const { record, keys, row } = await open()
    await record('labelling.start', 0, 'd')
    await row('labelling.start').findAll('[role="alert"] button')[1].trigger('click')
    expect(keys()).toEqual({})
    expect(row('labelling.start').find('[role="alert"]').exists()).toBe(false)
  })

  it('tell conflicts that stand in the file at both actions', async () => {
    const { page, row } = await open({ 'labelling.start': ['D'] })
    expect(row('labelling.start').text()).toContain('D is also “Next image” (Label).')
    expect(row('images.next').text()).toContain('D is also “Auto-label” (Label).')
    expect(page.get('[role="status"]').text()).toBe('One key means two actions')
  })

  it('take any digit where one names a class', async () => {
    const { record, keys, row } = await open()
    await record('annotations.setClassByNumber', 0, 'q')
    expect(keys()).toEqual({})
    const four = { key: '4', ctrlKey: true, altKey: true, code: 'Digit4' }
    await row('annotations.setClassByNumber').get('.recorder').trigger('keydown', four)
    expect(keys()).toEqual({ 'annotations.setClassByNumber': ['Mod+Alt+1–9'] })
  })

  it('refuse Space, which moves the image', async () => {
    const { record, keys, row } = await open()
    await record('images.next', 0, ' ')
    expect(keys()).toEqual({})
    expect(row('images.next').text()).toContain('Space moves the image')
  })

  it('go back to the usual keys of one action', async () => {
    const { row, keys } = await open({ 'images.next': ['J'], 'images.previous': ['K'] })
    await row('images.next').findAll('.adder button')[1].trigger('click')
    expect(keys()).toEqual({ 'images.previous': ['K'] })
  })

  it('mark keys that a browser keeps', async () => {
    const { row } = await open()
    const [kept, other] = row('project.new').findAll('.chip')
    expect(kept.text()).toContain('not in a browser')
    expect(other.text()).not.toContain('not in a browser')
  })

  it.each([
    ['next im', ['images.next', 'mask.duplicate']],
    ['ctrl+shift+z', ['history.redo']],
    ['PGUP', ['images.previous']],
  ])('find “%s”', async (words, ids) => {
    const { page } = await open()
    await page.get('input').setValue(words)
    expect(page.findAll('[data-action]').map((one) => one.attributes('data-action'))).toEqual(ids)
  })
})
