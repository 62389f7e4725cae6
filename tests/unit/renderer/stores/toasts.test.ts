import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useToastsStore } from '#renderer/stores/toasts.ts'
import { openTestWindow } from '../window-fixture.ts'

describe('toasts', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    openTestWindow()
  })
  afterEach(() => void vi.useRealTimers())

  it('go by themselves, but not under the pointer', () => {
    const toasts = useToastsStore()
    const held = toasts.show({ message: 'held' })
    toasts.show({ message: 'left alone' })
    toasts.hold(held)
    vi.advanceTimersByTime(60_000)
    expect(toasts.shown.map(({ message }) => message)).toEqual(['held'])
    toasts.release(held)
    vi.advanceTimersByTime(60_000)
    expect(toasts.shown).toEqual([])
  })

  it('do their one action and are gone', () => {
    const toasts = useToastsStore()
    const run = vi.fn()
    const id = toasts.show({ message: 'removed', action: { label: 'Undo', run } })
    toasts.act(id)
    expect(run).toHaveBeenCalledOnce()
    expect(toasts.shown).toEqual([])
  })

  it('never pile up', () => {
    const toasts = useToastsStore()
    for (let i = 0; i < 20; i++) toasts.show({ message: `${i}` })
    expect(toasts.shown.map(({ message }) => message)).toEqual(['16', '17', '18', '19'])
  })
})
