import { describe, expect, test } from 'vitest'
import {
  commandOfKey,
  neighbourId,
  tabTarget,
} from '../../../../src/renderer/src/canvas/canvas-keys.ts'
import { CHIP_HEIGHT_PX, placeLabels } from '../../../../src/renderer/src/canvas/labels.ts'
import type { LabelWish } from '../../../../src/renderer/src/canvas/labels.ts'
import { halvedSizes, levelFor } from '../../../../src/renderer/src/canvas/stage/picture-levels.ts'
import { wheelMeaning } from '../../../../src/renderer/src/canvas/wheel-meaning.ts'
import { property } from '../../../support/random.ts'

describe('labels', () => {
  const wish = (item: number, bbox: LabelWish['bbox'], isWanted = false): LabelWish => ({
    item,
    bbox,
    widthPx: 60,
    isWanted,
  })

  test('never cover each other', () => {
    property(
      (random) => {
        const scale = random.between(0.2, 4)
        const wishes = Array.from({ length: 80 }, (_, i) =>
          wish(i, [
            random.integer(0, 900),
            random.integer(0, 900),
            random.integer(1, 300),
            random.integer(1, 300),
          ]),
        )
        const boxes = placeLabels(wishes, scale).map(({ anchor, offset, widthPx }) => {
          const x = anchor.x * scale + offset.x
          const y = anchor.y * scale + offset.y
          return [x, y, x + widthPx, y + CHIP_HEIGHT_PX]
        })
        boxes.forEach((a, i) =>
          boxes.slice(i + 1).forEach((b) => {
            expect(a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]).toBe(false)
          }),
        )
      },
      { cases: 50 },
    )
  })

  test('are left out on what is too small, unless it is the selected one', () => {
    expect(placeLabels([wish(1, [0, 0, 10, 10])], 1)).toEqual([])
    expect(placeLabels([wish(1, [0, 0, 10, 10])], 8)).toHaveLength(1)
    expect(placeLabels([wish(1, [0, 0, 10, 10], true)], 1)).toHaveLength(1)
  })

  test('the first asked for gets the better place', () => {
    const box = [100, 100, 40, 30] as const
    const [first, second] = placeLabels([wish(7, box), wish(8, box)], 1)
    expect(first).toMatchObject({ item: 7, anchor: { x: 100, y: 100 } })
    expect(second.item).toBe(8)
  })
})

describe('the wheel', () => {
  const still = { deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, metaKey: false }
  const turned = (changes: object) => wheelMeaning({ ...still, shiftKey: false, ...changes })

  test('zooms in notches, away from the hand to come nearer', () => {
    expect(turned({ deltaY: -100 })).toMatchObject({ kind: 'zoom' })
    expect(turned({ deltaY: -3, deltaMode: 1 })).toMatchObject({ kind: 'zoom' })
    const nearer = turned({ deltaY: -120 })
    const farther = turned({ deltaY: 120 })
    expect(nearer.kind === 'zoom' && nearer.factor).toBeGreaterThan(1)
    expect(farther.kind === 'zoom' && farther.factor).toBeLessThan(1)
  })

  test('of two fingers pans, and of a pinch or with Ctrl zooms', () => {
    expect(turned({ deltaX: 4, deltaY: 100 })).toEqual({ kind: 'pan', dx: -4, dy: -100 })
    expect(turned({ deltaY: 7.5 })).toEqual({ kind: 'pan', dx: 0, dy: -7.5 })
    expect(turned({ deltaY: -3.2, ctrlKey: true }).kind).toBe('zoom')
    expect(turned({ deltaY: 120, ctrlKey: true }).kind).toBe('zoom')
  })

  test('with Shift pans sideways', () => {
    expect(turned({ deltaY: 120, shiftKey: true })).toEqual({ kind: 'pan', dx: -120, dy: 0 })
  })
})

describe('keys', () => {
  const plain = { code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false }

  test('are the canvas’s only without the window’s modifiers', () => {
    expect(commandOfKey({ ...plain, key: '0' })).toBe('fit')
    expect(commandOfKey({ ...plain, key: '1' })).toBe('actual-size')
    expect(commandOfKey({ ...plain, key: '+', shiftKey: true })).toBe('zoom-in')
    expect(commandOfKey({ ...plain, key: '1', ctrlKey: true })).toBeNull()
    expect(commandOfKey({ ...plain, key: 'q' })).toBeNull()
  })

  test('arrows go around, Tab leaves at the ends', () => {
    expect(neighbourId([4, 5, 6], 6, 1)).toBe(4)
    expect(neighbourId([4, 5, 6], null, -1)).toBe(6)
    expect(neighbourId([], null, 1)).toBeNull()
    expect(tabTarget([4, 5, 6], null, 1)).toBe(4)
    expect(tabTarget([4, 5, 6], 4, 1)).toBe(5)
    expect(tabTarget([4, 5, 6], 6, 1)).toBeNull()
    expect(tabTarget([4, 5, 6], 4, -1)).toBeNull()
    expect(tabTarget([4, 5, 6], null, -1)).toBeNull()
  })
})

describe('the levels of a picture', () => {
  test('halve it until it is small', () => {
    expect(halvedSizes({ width: 4096, height: 3072 })).toEqual([
      { width: 2048, height: 1536 },
      { width: 1024, height: 768 },
      { width: 512, height: 384 },
    ])
    expect(halvedSizes({ width: 640, height: 480 })).toEqual([])
  })

  test('the one that is drawn has pixels enough, and no more than needed', () => {
    const levels = [4096, 2048, 1024].map((width) => ({ width, height: 1 }))
    expect(levelFor(levels, 900).width).toBe(1024)
    expect(levelFor(levels, 1025).width).toBe(2048)
    expect(levelFor(levels, 9000).width).toBe(4096)
  })
})
