import { readFileSync } from 'node:fs'
import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { labelsFor } from '#main/electron/labels.ts'
import { menuTemplate, type MenuFacts } from '#main/electron/menu.ts'

/** The window's table, as text: what it imports is for a browser. First keys by id. */
function keysOfWindow(): Map<string, string> {
  const table = new URL('../../../src/renderer/src/keyboard/actions.ts', import.meta.url)
  const rows = readFileSync(table, 'utf8').matchAll(/row\('([\w.]+)', \['([^']+)'/g)
  return new Map(Array.from(rows, ([, id, keys]) => [id, keys]))
}

const facts: MenuFacts = {
  labels: labelsFor('en', 'de'),
  isMac: false,
  isPackaged: true,
  hasProject: true,
  recent: [],
  shortcuts: {},
}
const actions = { choose: vi.fn(), openProject: vi.fn(), closeProject: vi.fn() }

function itemsOf(template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) =>
    Array.isArray(item.submenu) ? [item, ...itemsOf(item.submenu)] : [item],
  )
}

function itemsWith(changed: Partial<MenuFacts>): MenuItemConstructorOptions[] {
  return itemsOf(menuTemplate({ ...facts, ...changed }, actions))
}

const click = (item: MenuItemConstructorOptions | undefined): void =>
  item?.click?.(...([] as unknown as Parameters<NonNullable<typeof item.click>>))

describe('the menu', () => {
  it('chooses actions that the window has, under the keys of its own table', () => {
    const own = itemsWith({}).filter(({ id, accelerator }) => id !== undefined && accelerator)
    expect(own.length).toBeGreaterThan(8)
    const table = keysOfWindow()
    for (const item of own) {
      const keys = table.get(item.id as string)?.replace('Mod', 'CmdOrCtrl')
      expect(item.accelerator, item.id).toBe(keys === '?' ? 'Shift+/' : keys)
      click(item)
      expect(actions.choose).toHaveBeenLastCalledWith(item.id)
    }
  })

  it('leaves the keys to the page, but on a Mac, which gives them to the menu first', () => {
    const undo = (isMac: boolean) => itemsWith({ isMac }).find(({ id }) => id === 'history.undo')
    expect(undo(false)?.registerAccelerator).toBe(false)
    expect(undo(true)?.registerAccelerator).toBe(true)
  })

  it('shows the keys that the person chose, and none where they were taken away', () => {
    const shortcuts = {
      'project.new': ['Mod+Alt+ArrowLeft'],
      'history.undo': [],
      'images.add': ['J'],
    }
    const items = itemsWith({ shortcuts, isMac: true })
    const item = (id: string) => items.find((one) => one.id === id)
    expect(item('project.new')?.accelerator).toBe('CmdOrCtrl+Alt+Left')
    expect(item('history.undo')).not.toHaveProperty('accelerator')
    // A menu of a Mac would take the letter from a text that is being typed.
    expect(item('images.add')).toMatchObject({ accelerator: 'J', registerAccelerator: false })
    expect(item('project.export')?.accelerator).toBe('CmdOrCtrl+E')
  })

  it('offers what needs a project only when one is open', () => {
    const disabled = itemsWith({ hasProject: false }).filter(({ enabled }) => enabled === false)
    const names = ['No recent projects', 'Add images…', 'Export…', 'Close project']
    expect(disabled.map(({ label }) => label)).toEqual(names)
  })

  it('opens recent projects that are there', () => {
    const recent = [
      { path: '/a & b.lexmask', name: 'a & b', openedMs: 2, isThere: true },
      { path: '/gone.lexmask', name: 'gone', openedMs: 1, isThere: false },
    ]
    const items = itemsWith({ recent })
    expect(items.some(({ label }) => label?.includes('gone'))).toBe(false)
    click(items.find(({ label }) => label === '/a && b.lexmask'))
    expect(actions.openProject).toHaveBeenCalledWith('/a & b.lexmask')
  })

  it.each([
    ['system', 'zh-CN', '文件'],
    ['system', 'zh-TW', '文件'],
    ['system', 'fr', 'File'],
    ['zh-CN', 'en', '文件'],
    ['en', 'zh', 'File'],
  ] as const)('speaks the language of the setting %s on a system in %s', (locale, system, word) => {
    const [file] = menuTemplate({ ...facts, labels: labelsFor(locale, system) }, actions)
    expect(file.label).toBe(word)
  })

  it('has tools for developers in no package', () => {
    const hasTools = (isPackaged: boolean): boolean =>
      itemsWith({ isPackaged }).some(({ role }) => role === 'toggleDevTools')
    expect([hasTools(true), hasTools(false)]).toEqual([false, true])
  })
})
