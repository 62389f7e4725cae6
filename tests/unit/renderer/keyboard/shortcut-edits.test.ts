import { afterEach, describe, expect, it, vi } from 'vitest'
import { ACTIONS } from '#renderer/keyboard/actions.ts'
import { addActionHandler, dispatchKeys } from '#renderer/keyboard/dispatch-keys.ts'
import { keysOfAction, takeShortcuts, usableKeys } from '#renderer/keyboard/keys-in-force.ts'
import {
  conflictsOf,
  isChanged,
  withDefaults,
  withKeys,
  withoutKey,
} from '#renderer/keyboard/shortcut-edits.ts'

afterEach(() => takeShortcuts({}))

const press = (key: string, rest: KeyboardEventInit = {}): void =>
  dispatchKeys(new KeyboardEvent('keydown', { key, ...rest }), () => true)

describe('a changed shortcut', () => {
  it('works in place of the usual keys, and is shown', () => {
    const run = vi.fn()
    const remove = addActionHandler('images.next', { run, isEnabled: () => true })
    takeShortcuts({ 'images.next': ['J', 'Alt+J'] })
    press('d')
    expect(run).not.toHaveBeenCalled()
    press('j')
    press('j', { altKey: true, code: 'KeyJ' })
    expect(run).toHaveBeenCalledTimes(2)
    expect(keysOfAction('images.next')).toBe('J')
    remove()
  })

  it('can be none', () => {
    takeShortcuts({ 'images.next': [] })
    expect(keysOfAction('images.next')).toBeUndefined()
    expect(usableKeys('images.next')).toEqual([])
  })

  it('of an action that this version does not have disturbs nothing', () => {
    takeShortcuts({ 'images.fold': ['D'], constructor: ['A'] })
    expect(keysOfAction('images.next')).toBe('D')
    expect(conflictsOf({ 'images.fold': ['D'] }, 'images.next')).toEqual([])
  })
})

describe('the choice', () => {
  it('keeps only what differs from the table', () => {
    const changed = withKeys({}, 'images.next', ['J'])
    expect(changed).toEqual({ 'images.next': ['J'] })
    expect(isChanged(changed, 'images.next')).toBe(true)
    expect(withKeys(changed, 'images.next', ['D', 'PageDown'])).toEqual({})
  })

  it('keeps each key of an action once', () => {
    expect(withKeys({}, 'images.next', ['J', 'J'])).toEqual({ 'images.next': ['J'] })
  })

  it('takes a key from an action and leaves it the others', () => {
    expect(withoutKey({}, 'images.next', 'D')).toEqual({ 'images.next': ['PageDown'] })
  })

  it('goes back to the table, and keeps what another version knows', () => {
    const shortcuts = { 'images.next': ['J'], 'later.action': ['K'] }
    expect(withDefaults(shortcuts)).toEqual({ 'later.action': ['K'] })
  })
})

describe('conflicts', () => {
  const rivals = (shortcuts: Record<string, string[]>, id: Parameters<typeof conflictsOf>[1]) =>
    conflictsOf(shortcuts, id).map(({ keys, action }) => `${keys}: ${action.id}`)

  it('are none in the table', () => {
    expect(ACTIONS.flatMap(({ id }) => rivals({}, id))).toEqual([])
  })

  it('are told at both actions, where both count', () => {
    const shortcuts = { 'labelling.start': ['D'] }
    expect(rivals(shortcuts, 'labelling.start')).toEqual(['D: images.next'])
    expect(rivals(shortcuts, 'images.next')).toEqual(['D: labelling.start'])
  })

  it('are told between a view and the canvas that is in it, and between a view and the whole window', () => {
    expect(rivals({ 'labelling.start': ['F'] }, 'labelling.start')).toEqual(['F: canvas.fit'])
    expect(rivals({ 'history.undo': ['Shift+A'] }, 'history.undo')).toEqual([
      'Shift+A: review.acceptImage',
    ])
  })

  it('are none between views that are never on show together', () => {
    expect(rivals({ 'labelling.start': ['Shift+A'] }, 'labelling.start')).toEqual([])
  })

  it('are told where a digit would name a class too', () => {
    expect(rivals({ 'images.next': ['3'] }, 'images.next')).toEqual([
      '3: annotations.setClassByNumber',
    ])
    expect(rivals({ 'annotations.setClassByNumber': ['Alt+1–9'] }, 'view.label')).toEqual([
      'Alt+2: annotations.setClassByNumber',
    ])
  })
})
