import { describe, expect, it } from 'vitest'
import { displayWidth, padColumns } from '#main/cli/display-width.ts'

describe('the columns that a text takes', () => {
  it.each([
    ['poodle', 6],
    ['汽车', 4],
    ['汽车 car', 8],
    ['ｗｉｄｅ', 8],
    ['ねこ', 4],
    ['강아지', 6],
    ['éclair', 6],
    ['e\u0301clair', 6],
    ['🐩', 2],
    ['“dog”', 5],
    ['', 0],
  ])('%j: %i', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })

  it('are filled up with spaces', () => {
    expect(padColumns('汽车', 6)).toBe('汽车  ')
    expect(padColumns('poodle', 4)).toBe('poodle')
  })
})
