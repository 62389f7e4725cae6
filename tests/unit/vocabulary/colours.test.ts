import { describe, expect, it } from 'vitest'
import { assignColours, nextColour } from '#shared/vocabulary/colours.ts'

const none = (count: number): null[] => Array<null>(count).fill(null)

describe('assignColours', () => {
  it('gives colours that are #rrggbb and all different', () => {
    const colours = assignColours(none(200))
    for (const colour of colours) expect(colour).toMatch(/^#[0-9a-f]{6}$/)
    expect(new Set(colours).size).toBe(200)
  })

  it('gives the same ones again, and a class keeps its own when others come', () => {
    const few = assignColours(none(5))
    expect(assignColours(none(5))).toEqual(few)
    expect(assignColours(none(30)).slice(0, 5)).toEqual(few)
    expect(assignColours([...few, null])).toEqual(assignColours(none(6)))
    expect(nextColour(few)).toBe(assignColours(none(6))[5])
  })

  it('keeps the first dozen apart for the eye', () => {
    const channels = assignColours(none(12)).map((colour) =>
      [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)),
    )
    let nearest = Infinity
    channels.forEach((p, i) => {
      for (const q of channels.slice(i + 1)) {
        nearest = Math.min(nearest, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]))
      }
    })
    // Of the 441 from black to white.
    expect(nearest).toBeGreaterThan(80)
  })

  it('stays away from colours that a person chose', () => {
    const [first] = assignColours(none(1))
    const colours = assignColours([null, first, null])
    expect(colours[1]).toBe(first)
    expect(new Set(colours).size).toBe(3)
  })

  it('gives every class a colour, even of a vocabulary as large as that of LVIS', () => {
    const colours = assignColours(none(1203))
    expect(colours).toHaveLength(1203)
    const uses = new Map<string, number>()
    for (const colour of colours) uses.set(colour, (uses.get(colour) ?? 0) + 1)
    expect(Math.max(...uses.values()) - Math.min(...uses.values())).toBeLessThanOrEqual(1)
  })
})
