import { describe, expect, it } from 'vitest'
import { onOneLine, printable } from '#main/cli/terminal.ts'

describe('what comes from elsewhere, on a terminal', () => {
  it.each([
    ['a name that clears the screen', 'a\u001b[2J.jpg', 'a\\u001b[2J.jpg'],
    ['a bell, a backspace and a return', '\u0007\b\r', '\\u0007\\u0008\\u000d'],
    ['a C1 control sequence', '\u009b31m', '\\u009b31m'],
    ['a name that is turned around', 'photo\u202egpj.exe', 'photo\\u202egpj.exe'],
    ['lines and columns of ours', 'a\n\tb', 'a\n\tb'],
    ['letters of any language', '街道 é שלום 🚌', '街道 é שלום 🚌'],
  ])('shows %s as it is', (_what, text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  it('cannot pretend to be a line of its own', () => {
    expect(onOneLine('failed a\nfailed b.jpg\tc')).toBe('failed a\\u000afailed b.jpg\\u0009c')
  })

  it('leaves JSON what it is', () => {
    const value = { name: 'photo\u202egpj\u0085\u001b\n.exe' }
    expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value)
  })
})
