import { describe, expect, test } from 'vitest'
import { offsetOf } from '#renderer/canvas/tools/select-tool.ts'
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

describe('the select tool on a selected mask', () => {
  const ON = { isOnSelected: true }
  const offset = ({ machine: { tool } }: Hand) =>
    tool.name === 'select' ? offsetOf(tool.state) : null

  test('moves it by whole pixels, seen all the way, told once', () => {
    const hand = new Hand('select', 4).press(40, 40, ON).move(50, 41)
    expect(offset(hand)).toEqual({ x: 3, y: 0 })
    hand.move(38, 61)
    expect(offset(hand)).toEqual({ x: 0, y: 5 })
    hand.release(38, 61)
    expect(hand.done).toEqual([{ kind: 'gesture', gesture: { kind: 'move', by: { x: 0, y: 5 } } }])
    expect(offset(hand)).toBeNull()
  })

  test('a press that trembles is a click', () => {
    const hand = new Hand().press(10, 10, ON).move(12, 11).release(12, 11)
    expect(kinds(hand)).toEqual(['click'])
  })

  test('a drag back to where it began moves nothing', () => {
    const hand = new Hand().press(10, 10, ON).move(30, 10).move(10, 10).release(10, 10)
    expect(hand.done).toEqual([])
  })

  test('with Shift on the way it goes straight', () => {
    const hand = new Hand().press(10, 10, ON).move(30, 13, SHIFT).release(30, 13, SHIFT)
    expect(hand.gestures).toEqual([{ kind: 'move', by: { x: 20, y: 0 } }])
  })

  test.each(['escape', 'interrupt'] as const)('%s leaves it where it was', (end) => {
    const hand = new Hand().press(10, 10, ON).move(30, 10)
    hand[end]()
    expect(offset(hand)).toBeNull()
    expect(hand.release(30, 10).gestures).toEqual([])
  })

  test('a drag with Shift or Ctrl from the press on sweeps as ever', () => {
    const hand = new Hand().press(10, 10, { ...ON, modifiers: SHIFT }).move(60, 50)
    expect(kinds(hand.release(60, 50))).toEqual(['sweep'])
  })

  test('the middle button and space move the image as ever', () => {
    const hand = new Hand().press(10, 10, { ...ON, button: 'middle' }).move(20, 10)
    expect(kinds(hand.release(20, 10))).toEqual(['pan'])
  })
})

describe('keys that move the selected masks', () => {
  test('are one step from the first press to the last release', () => {
    const hand = new Hand().nudge(1, 0).nudge(1, 0).nudge(10, 0).nudge(0, -1)
    expect(hand.done).toEqual([])
    expect(hand.keysUp().gestures).toEqual([{ kind: 'move', by: { x: 12, y: -1 } }])
    expect(hand.keysUp().gestures).toHaveLength(1)
  })

  test('that lead back move nothing', () => {
    expect(new Hand().nudge(1, 0).nudge(-1, 0).keysUp().done).toEqual([])
  })

  test('are done before a press of the pointer is', () => {
    const hand = new Hand().nudge(1, 0).press(5, 5).release(5, 5)
    expect(kinds(hand)).toEqual(['gesture', 'click'])
  })

  test('do nothing during a drag, nor with another tool', () => {
    const dragging = new Hand().press(5, 5).move(50, 5).nudge(1, 0).keysUp()
    expect(dragging.gestures).toEqual([])
    expect(new Hand('brush').nudge(1, 0).keysUp().done).toEqual([])
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
