import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeWindow, readWindowState, writeWindowState } from '#main/electron/window-state.ts'

const primary = { x: 0, y: 25, width: 1920, height: 1055 }
const second = { x: -2560, y: 0, width: 2560, height: 1440 }
const small = { x: 0, y: 0, width: 1024, height: 700 }
const at = (x: number, y: number, width = 1200, height = 800) => ({
  bounds: { x, y, width, height },
  isMaximised: false,
})

describe('the window opens', () => {
  it('in the middle of the first display at first', () => {
    expect(placeWindow(null, [primary, second])).toEqual(at(240, 103, 1440, 900))
  })

  it.each([
    ['where it was left', at(100, 100), [primary]],
    ['on the second display, when that is there', at(-2000, 300), [primary, second]],
    [
      'partly outside, as it was left, while its title bar can be reached',
      at(1700, 900),
      [primary],
    ],
  ])('%s', (_what, left, areas) => {
    expect(placeWindow(left, areas)).toBe(left)
  })

  it.each([
    ['its display is gone', at(-2000, 300)],
    ['only its edge would be seen', at(1850, 300)],
    ['its title bar is above the display', at(300, -200)],
    ['its title bar is below the display', at(300, 1070)],
  ])('in the middle, in its size, when %s', (_what, left) => {
    expect(placeWindow(left, [primary])).toEqual(at(360, 153))
  })

  it('no larger than the display, and maximised if it was', () => {
    const left = { ...at(-5000, 300, 2500, 1400), isMaximised: true }
    expect(placeWindow(left, [small])).toEqual({ bounds: small, isMaximised: true })
  })
})

describe('what is kept of it', () => {
  it('comes back, and is left out when it cannot be read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lexmask-state-'))
    const file = join(folder, 'config', 'window.json')
    expect(readWindowState(file)).toBeNull()
    writeWindowState(file, at(1, 2))
    expect(readWindowState(file)).toEqual(at(1, 2))
    for (const text of ['', '[]', '{"bounds":{"x":1,"y":2,"width":-5,"height":3}}']) {
      writeFileSync(file, text)
      expect(readWindowState(file)).toBeNull()
    }
    // What cannot be written is left out, too.
    writeWindowState(join(file, 'window.json'), at(1, 2))
    rmSync(folder, { recursive: true })
  })
})
