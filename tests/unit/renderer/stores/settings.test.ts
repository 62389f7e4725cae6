import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_SETTINGS, withSettings } from '#shared/contract/settings.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { useSettingsStore } from '#renderer/stores/settings.ts'
import { useToastsStore } from '#renderer/stores/toasts.ts'
import { useWorkspaceStore } from '#renderer/stores/workspace.ts'
import { openTestWindow, testWorkspace } from '../window-fixture.ts'
import type { Answers } from '../window-fixture.ts'

async function open(answers: Answers = {}) {
  const there = openTestWindow({
    'workspace.get': () => ({ ...testWorkspace, project: null }),
    'settings.change': (change) => withSettings(DEFAULT_SETTINGS, change),
    ...answers,
  })
  const settings = useSettingsStore()
  await useWorkspaceStore().load()
  return { ...there, settings }
}

describe('settings', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('show at once, and are written once after a slider came to rest', async () => {
    const { settings, asksOf } = await open()
    for (const maskOpacity of [0.5, 0.6, 0.7]) settings.changeView({ maskOpacity })
    settings.change({ theme: 'light' })
    expect(settings.view.maskOpacity).toBe(0.7)
    expect(settings.settings.theme).toBe('light')
    await vi.advanceTimersByTimeAsync(1000)
    expect(asksOf('settings.change')).toEqual([{ theme: 'light', view: { maskOpacity: 0.7 } }])
    expect(settings.view.maskOpacity).toBe(0.7)
  })

  it('go back, with a message, when they cannot be written', async () => {
    const { settings } = await open({
      'settings.change': () => {
        throw new LexmaskError('FILE_UNWRITABLE', 'The settings cannot be written.')
      },
    })
    settings.change({ theme: 'light' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(settings.settings.theme).toBe('system')
    expect(useToastsStore().shown.map(({ message }) => message)).toEqual([
      'The settings cannot be written.',
    ])
  })
})
