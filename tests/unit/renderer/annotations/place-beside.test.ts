import { describe, expect, it } from 'vitest'
import type { Box } from '#shared/geometry/box.ts'
import { placeBeside } from '#renderer/annotations/place-beside.ts'
import { property } from '../../../support/random.ts'

const ROOM = { width: 800, height: 600 }
const PANEL = { width: 200, height: 300 }

describe('a panel beside a box', () => {
  it('lies right of it, at its level', () => {
    expect(placeBeside([100, 50, 300, 200], PANEL, ROOM)).toEqual({ x: 312, y: 50 })
  })

  it('lies left of it where there is no room at the right', () => {
    expect(placeBeside([400, 50, 780, 200], PANEL, ROOM)).toEqual({ x: 188, y: 50 })
  })

  it('lies below or above what is as wide as the room', () => {
    expect(placeBeside([10, 20, 790, 200], PANEL, ROOM)).toEqual({ x: 12, y: 212 })
    expect(placeBeside([10, 400, 790, 590], PANEL, ROOM)).toEqual({ x: 12, y: 88 })
  })

  it('lies in a corner where the box leaves no room', () => {
    expect(placeBeside([0, 0, 790, 590], PANEL, ROOM)).toEqual({ x: 588, y: 288 })
  })

  it('stays in the room, and covers the box only where no side has room', () => {
    property(
      (random) => {
        const [x1, y1] = [random.integer(-300, 900), random.integer(-300, 700)]
        const box: Box = [x1, y1, x1 + random.integer(1, 900), y1 + random.integer(1, 700)]
        const { x, y } = placeBeside(box, PANEL, ROOM)
        expect(x).toBeGreaterThanOrEqual(12)
        expect(y).toBeGreaterThanOrEqual(12)
        expect(x + PANEL.width).toBeLessThanOrEqual(ROOM.width - 12)
        expect(y + PANEL.height).toBeLessThanOrEqual(ROOM.height - 12)
        const isCovered =
          x < box[2] && x + PANEL.width > box[0] && y < box[3] && y + PANEL.height > box[1]
        const hasRoom =
          box[2] + 24 + PANEL.width <= ROOM.width ||
          box[0] - 24 - PANEL.width >= 0 ||
          box[3] + 24 + PANEL.height <= ROOM.height ||
          box[1] - 24 - PANEL.height >= 0
        if (hasRoom) expect(isCovered).toBe(false)
      },
      { cases: 500 },
    )
  })
})
