import { describe, expect, test } from 'vitest'
import type { ToolEffect } from '#renderer/canvas/tools/tool.ts'
import { CONTROL, Hand, SHIFT } from './tool-hand.ts'

const kinds = ({ done }: Hand): string[] => done.map(({ kind }) => kind)

describe('the select tool', () => {
  test('a press that trembles is a click where it began', () => {
    const hand = new Hand().press(10, 10).move(12, 11).release(12, 11)
    expect(hand.done).toMatchObject([{ kind: 'click', at: { x: 10, y: 10 } }])
  })

  test('a drag moves the image, by as much as the pointer moves in all', () => {
    const hand = new Hand().press(10, 10).move(20, 10).move(25, 30).release(25, 30)
    expect(hand.done).toEqual([
      { kind: 'pan', dx: 10, dy: 0 },
      { kind: 'pan', dx: 5, dy: 20 },
    ])
  })

  test('a drag with Shift sweeps up to add, with Ctrl to toggle', () => {
    const swept = (modifiers: typeof SHIFT): readonly ToolEffect[] =>
      new Hand().press(10, 10, { modifiers }).move(60, 50).move(70, 5).release(70, 5).done
    const box = { from: { x: 10, y: 10 }, to: { x: 70, y: 5 } }
    expect(swept(SHIFT)).toEqual([{ kind: 'sweep', ...box, mode: 'add' }])
    expect(swept(CONTROL)).toEqual([{ kind: 'sweep', ...box, mode: 'toggle' }])
  })

  test('Escape ends a sweep without choosing anything', () => {
    const hand = new Hand().press(10, 10, { modifiers: SHIFT }).move(60, 50)
    hand.escape().release(60, 50)
    expect(hand.done).toEqual([])
  })

  test('hovers while nothing is pressed, and not during a drag', () => {
    const hand = new Hand().move(5, 5).press(5, 5).move(50, 5).release(50, 5).move(51, 5)
    expect(kinds(hand)).toEqual(['hover', 'pan', 'hover'])
    hand.feed({ kind: 'leave' })
    expect(hand.done.at(-1)).toEqual({ kind: 'hover', at: null })
  })

  test('the secondary button starts nothing', () => {
    const hand = new Hand().press(5, 5, { button: 'secondary' }).release(5, 5)
    expect(hand.done).toEqual([])
  })
})

describe('every tool', () => {
  test.each([{ button: 'middle' as const }, { isSpaceHeld: true, modifiers: SHIFT }])(
    'lends its grip to the middle button and to space: %j',
    (options) => {
      const hand = new Hand().press(10, 10, options).move(11, 12).release(11, 12)
      expect(hand.done).toEqual([{ kind: 'pan', dx: 1, dy: 2 }])
    },
  )

  test('goes on as before after the grip', () => {
    const hand = new Hand().press(10, 10, { button: 'middle' }).move(11, 12).release(11, 12)
    hand.press(20, 20).release(20, 20)
    expect(kinds(hand)).toEqual(['pan', 'click'])
  })
})

describe('the pan tool', () => {
  test('moves the image and picks nothing', () => {
    const hand = new Hand('pan').move(1, 1).press(10, 10).move(15, 10).release(15, 10).move(16, 10)
    expect(hand.done).toEqual([{ kind: 'pan', dx: 5, dy: 0 }])
  })
})
