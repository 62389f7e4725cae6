import { afterEach, describe, expect, it } from 'vitest'
import { openerOf } from '#renderer/design/opener.ts'

afterEach(() => document.body.replaceChildren())

function show(html: string): void {
  document.body.innerHTML = html
}
const named = (id: string): Element | null => document.getElementById(id)

describe('what a dialog gives the focus back to', () => {
  it('is what had it', () => {
    show('<button id="a"></button>')
    expect(openerOf(named('a'))).toBe(named('a'))
  })

  it('is, of a row of a menu in a menu, the button that opened the first', () => {
    show(`
      <button id="more"></button>
      <div role="menu" aria-labelledby="more"><div id="theme" role="menuitem"></div></div>
      <div role="menu" aria-labelledby="theme"><div id="dark" role="menuitem"></div></div>`)
    expect(openerOf(named('dark'))).toBe(named('more'))
  })

  it('is nothing where nothing had it, or only the row of a menu that no button opened', () => {
    show('<div role="menu"><div id="row" role="menuitem"></div></div>')
    expect(openerOf(document.body)).toBeNull()
    expect(openerOf(null)).toBeNull()
    expect(openerOf(named('row'))).toBeNull()
  })
})
