import { afterEach, describe, expect, it, vi } from 'vitest'
import { addActionHandler, dispatchKeys, runAction } from '#renderer/keyboard/dispatch-keys.ts'
import { keyCaps, keysOfEvent } from '#renderer/keyboard/key-names.ts'

const press = (key: string, rest: KeyboardEventInit = {}): KeyboardEvent =>
  new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...rest })

/** What a press does on an element of the page, with all scopes on show. */
function pressOn(element: Element, event: KeyboardEvent): KeyboardEvent {
  const listener = (received: Event): void => dispatchKeys(received as KeyboardEvent, () => true)
  window.addEventListener('keydown', listener)
  element.dispatchEvent(event)
  window.removeEventListener('keydown', listener)
  return event
}

function element(html: string): Element {
  document.body.innerHTML = html
  return document.body.firstElementChild as Element
}

describe('keys', () => {
  const removers: (() => void)[] = []
  const handle = (id: Parameters<typeof addActionHandler>[0], isEnabled = true) => {
    const run = vi.fn()
    removers.push(addActionHandler(id, { run, isEnabled: () => isEnabled }))
    return run
  }
  afterEach(() => removers.splice(0).forEach((remove) => remove()))

  it('run their action and are taken from the page', () => {
    const undo = handle('history.undo')
    const event = pressOn(element('<main></main>'), press('z', { ctrlKey: true }))
    expect(undo).toHaveBeenCalledOnce()
    expect(event.defaultPrevented).toBe(true)
  })

  it.each([
    '<input type="text">',
    '<input type="number">',
    '<textarea></textarea>',
    '<select></select>',
    '<div contenteditable="true"></div>',
  ])('do nothing while someone types in %s', (html) => {
    const next = handle('images.next')
    pressOn(element(html), press('d'))
    expect(next).not.toHaveBeenCalled()
  })

  it('go to another view out of a text field too, and leave it what edits its text', () => {
    const label = handle('view.label')
    const undo = handle('history.undo')
    const field = element('<input type="text">')
    pressOn(field, press('2', { ctrlKey: true }))
    pressOn(field, press('2', { altKey: true, code: 'Digit2' }))
    expect(label).toHaveBeenCalledTimes(2)
    pressOn(field, press('z', { ctrlKey: true }))
    // AltGr, which types characters on many keyboards.
    pressOn(field, press('2', { ctrlKey: true, altKey: true, code: 'Digit2' }))
    expect(undo).not.toHaveBeenCalled()
    expect(label).toHaveBeenCalledTimes(2)
  })

  it('leave the arrows to a slider that has the focus, and nothing else', () => {
    const forward = handle('review.next')
    const skip = handle('review.skip')
    const slider = element('<input type="range">')
    expect(pressOn(slider, press('ArrowRight')).defaultPrevented).toBe(false)
    expect(forward).not.toHaveBeenCalled()
    pressOn(slider, press('s'))
    expect(skip).toHaveBeenCalledOnce()
  })

  it('do nothing while an input method composes', () => {
    const next = handle('images.next')
    pressOn(element('<main></main>'), press('d', { isComposing: true }))
    expect(next).not.toHaveBeenCalled()
  })

  it('do nothing while a dialog is open', () => {
    const next = handle('images.next')
    const page = element('<main></main>')
    document.body.insertAdjacentHTML('beforeend', '<div role="dialog" data-state="open"></div>')
    pressOn(page, press('d'))
    expect(next).not.toHaveBeenCalled()
  })

  it('leave Enter to a button that has the focus', () => {
    const accept = handle('review.accept')
    pressOn(element('<button>Skip</button>'), press('Enter'))
    expect(accept).not.toHaveBeenCalled()
  })

  it('count for nothing where their view is not on show', () => {
    const next = handle('images.next')
    dispatchKeys(press('d'), (scope) => scope === 'window')
    expect(next).not.toHaveBeenCalled()
  })

  it('go to the handler that came last and is enabled', () => {
    const first = handle('images.next')
    const second = handle('images.next')
    const disabled = handle('images.next', false)
    expect(runAction('images.next')).toBe(true)
    expect(second).toHaveBeenCalledOnce()
    expect(first).not.toHaveBeenCalled()
    expect(disabled).not.toHaveBeenCalled()
  })
})

describe('names of keys', () => {
  const event = (key: string, rest: Partial<KeyboardEvent> = {}) => ({
    key,
    code: '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...rest,
  })

  it('are the same for capital letters, and tell Shift apart', () => {
    expect(keysOfEvent(event('d'), false)).toBe('D')
    expect(keysOfEvent(event('Z', { ctrlKey: true, shiftKey: true }), false)).toBe('Mod+Shift+Z')
  })

  it('take a character as it is typed, wherever its Shift stands', () => {
    expect(keysOfEvent(event('?', { shiftKey: true }), false)).toBe('?')
    expect(keysOfEvent(event('+'), false)).toBe('+')
  })

  it('mean Command on a Mac and Control elsewhere', () => {
    expect(keysOfEvent(event('z', { metaKey: true }), true)).toBe('Mod+Z')
    expect(keysOfEvent(event('z', { metaKey: true }), false)).toBe('Z')
    expect(keyCaps('Mod+Z', true)).toEqual(['⌘', 'Z'])
    expect(keyCaps('Mod+Z', false)).toEqual(['Ctrl', 'Z'])
  })

  it('are those of the key where Alt types another character', () => {
    expect(keysOfEvent(event('¡', { altKey: true, code: 'Digit1' }), true)).toBe('Alt+1')
  })
})
