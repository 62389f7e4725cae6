import { describe, expect, test } from 'vitest'
import { isToolBusy } from '#renderer/canvas/tools/tool-machine.ts'
import type { ToolName } from '#renderer/canvas/tools/tool-machine.ts'
import { ALT, Hand, SHIFT } from './tool-hand.ts'

const triangle = (hand: Hand): Hand => hand.click(10, 10).click(60, 10).click(60, 50)
const TRIANGLE = [10, 10, 60, 10, 60, 50]

describe('the polygon tool', () => {
  test('clicks make points, and the first point closes', () => {
    const hand = triangle(new Hand('polygon'))
    expect(hand.gestures).toEqual([])
    hand.click(13, 12)
    expect(hand.gestures).toEqual([{ kind: 'polygon', ring: TRIANGLE, isAlt: false }])
    expect(isToolBusy(hand.machine)).toBe(false)
  })

  test('Enter closes, with Alt as another meaning; a double click closes without a point of its own', () => {
    const entered = triangle(new Hand('polygon'))
    expect(entered.key('Enter', ALT)).toBe(true)
    expect(entered.gestures).toEqual([{ kind: 'polygon', ring: TRIANGLE, isAlt: true }])
    const doubled = new Hand('polygon').click(10, 10).click(60, 10).click(60, 50).click(60, 51)
    expect(doubled.double(60, 51).gestures).toEqual([
      { kind: 'polygon', ring: TRIANGLE, isAlt: false },
    ])
  })

  test('two points are no polygon: neither Enter nor the first point closes them', () => {
    const hand = new Hand('polygon').click(10, 10).click(60, 10)
    expect(hand.key('Enter')).toBe(false)
    hand.click(11, 11)
    expect(hand.gestures).toEqual([])
  })

  test('Backspace takes a point back, and a freehand stretch as one', () => {
    const hand = triangle(new Hand('polygon'))
    hand.drag([60, 80], [70, 90], [80, 95], [90, 90])
    expect(hand.key('Backspace')).toBe(true)
    expect(hand.shown).toMatchObject([{ points: [...TRIANGLE, 60, 80] }])
    hand.key('Backspace')
    expect(hand.shown).toMatchObject([{ points: TRIANGLE }])
    hand.key('Backspace')
    hand.key('Backspace')
    hand.key('Backspace')
    expect(hand.shown).toEqual([])
    expect(hand.key('Backspace')).toBe(false)
  })

  test('a drag draws freehand, in steps that can be seen, and closes where it began', () => {
    const hand = new Hand('polygon')
    hand.press(10, 10).move(11, 10).move(20, 10).move(21, 10).move(60, 10).move(60, 60).move(12, 12)
    hand.release(12, 12)
    expect(hand.gestures).toEqual([
      { kind: 'polygon', ring: [10, 10, 20, 10, 60, 10, 60, 60, 12, 12], isAlt: false },
    ])
  })

  test('Shift keeps to the eight directions', () => {
    const hand = new Hand('polygon').click(10, 10).click(60, 14, SHIFT).click(80, 36, SHIFT)
    hand.key('Enter')
    expect(hand.gestures).toMatchObject([{ ring: [10, 10, 60, 10, 83, 33] }])
  })

  test('Escape gives it up, and tells what was given up when it was a polygon', () => {
    const hand = triangle(new Hand('polygon')).escape()
    expect(hand.gestures).toEqual([{ kind: 'dropped', ring: TRIANGLE }])
    expect(hand.shown).toEqual([])
    const short = new Hand('polygon').click(10, 10).click(60, 10).escape()
    expect(short.gestures).toEqual([])
    expect(short.shown).toEqual([])
  })

  test('points are of the image whatever the zoom; how near is near is of the screen', () => {
    const hand = new Hand('polygon', 0.1)
    hand.click(10, 10).click(60, 10).click(60, 50).click(15, 15)
    expect(hand.gestures).toEqual([
      { kind: 'polygon', ring: [100, 100, 600, 100, 600, 500], isAlt: false },
    ])
    const close = new Hand('polygon', 10).click(10, 10).click(60, 10).click(60, 50).click(25, 25)
    expect(close.gestures).toEqual([])
  })

  test('the image can be moved and zoomed in between', () => {
    const hand = new Hand('polygon').click(10, 10).click(60, 10)
    hand.press(30, 30, { button: 'middle' }).move(40, 40).release(40, 40)
    hand.press(30, 30, { isSpaceHeld: true }).move(40, 40).release(40, 40)
    hand.click(60, 50)
    hand.key('Enter')
    expect(hand.gestures).toMatchObject([{ ring: TRIANGLE }])
  })

  test('a second finger takes the press back, not the polygon', () => {
    const hand = triangle(new Hand('polygon')).press(90, 90).interrupt()
    hand.key('Enter')
    expect(hand.gestures).toMatchObject([{ kind: 'polygon', ring: TRIANGLE }])
  })

  test('shows where the next point would be, and when the click would close', () => {
    const hand = triangle(new Hand('polygon')).move(80, 80)
    expect(hand.shown).toMatchObject([{ next: { x: 80, y: 80 }, isClosing: false }])
    expect(hand.move(12, 12).shown).toMatchObject([{ isClosing: true }])
  })
})

describe('brush and eraser', () => {
  test('a stroke is all places from press to release', () => {
    const hand = new Hand('brush').drag([10, 10], [20, 12], [30, 12], [31, 14])
    expect(hand.gestures).toEqual([
      { kind: 'stroke', line: [10, 10, 20, 12, 30, 12, 31, 14], isErasing: false },
    ])
  })

  test('a click is a dot', () => {
    const [dot] = new Hand('eraser').click(10, 10).gestures
    expect(dot).toEqual({ kind: 'stroke', line: [10, 10], isErasing: true })
  })

  test('Shift draws straight on from where the last stroke ended', () => {
    const hand = new Hand('brush').drag([10, 10], [20, 10]).move(50, 50, SHIFT)
    expect(hand.shown).toMatchObject([{ kind: 'cut', line: [20, 10, 50, 50] }, { kind: 'brush' }])
    hand.click(50, 50, SHIFT)
    expect(hand.gestures[1]).toMatchObject({ line: [20, 10, 50, 50] })
  })

  test('Alt makes the one the other', () => {
    expect(new Hand('brush').click(5, 5, ALT).gestures).toMatchObject([{ isErasing: true }])
    expect(new Hand('eraser').click(5, 5, ALT).gestures).toMatchObject([{ isErasing: false }])
  })

  test('Escape ends a stroke without a trace, and the brush stays', () => {
    const hand = new Hand('brush').press(5, 5).move(40, 5).escape().release(40, 5)
    expect(hand.gestures).toEqual([])
    expect(hand.shown).toMatchObject([{ kind: 'brush', at: { x: 40, y: 5 } }])
  })

  test('the wheel with Alt asks for another size', () => {
    const hand = new Hand('brush')
    hand.feed({ kind: 'wheel', notches: 1 })
    hand.feed({ kind: 'wheel', notches: -1 })
    expect(hand.done).toEqual([
      { kind: 'resize', notches: 1 },
      { kind: 'resize', notches: -1 },
    ])
  })
})

describe.each(['box', 'box-prompt'] as const)('the tool %s', (tool) => {
  test('a drag in any direction is a box', () => {
    const hand = new Hand(tool, 2).drag([60, 80], [20, 10])
    expect(hand.gestures).toEqual([{ kind: tool, box: [10, 5, 30, 40] }])
  })

  test('with Shift a square, and a click nothing', () => {
    const hand = new Hand(tool).press(10, 10).move(40, 20, SHIFT).release(40, 20, SHIFT)
    expect(hand.gestures).toEqual([{ kind: tool, box: [10, 10, 40, 40] }])
    expect(new Hand(tool).click(10, 10).gestures).toEqual([])
  })

  test('Escape ends the drag', () => {
    const hand = new Hand(tool).press(10, 10).move(40, 20).escape().release(40, 20)
    expect(hand.gestures).toEqual([])
    expect(hand.shown).toEqual([])
  })
})

describe('the cutting line', () => {
  test('follows the hand, and is straight with Shift', () => {
    const drawn = new Hand('cut').drag([0, 0], [10, 5], [20, 0])
    expect(drawn.gestures).toEqual([{ kind: 'cut', line: [0, 0, 10, 5, 20, 0] }])
    const straight = new Hand('cut').press(0, 0).move(10, 5, SHIFT).release(20, 0, SHIFT)
    expect(straight.gestures).toEqual([{ kind: 'cut', line: [0, 0, 20, 0] }])
  })

  test('a click that trembles cuts nothing', () => {
    expect(new Hand('cut').drag([0, 0], [4, 4]).gestures).toEqual([])
  })
})

describe('the points tool', () => {
  test('asks with every click for all points so far, and keeps with Enter', () => {
    const hand = new Hand('points').click(10, 10).click(20, 10, ALT)
    const points = [
      { x: 10, y: 10, isPositive: true },
      { x: 20, y: 10, isPositive: false },
    ]
    expect(hand.gestures).toEqual([
      { kind: 'point-prompt', points: points.slice(0, 1) },
      { kind: 'point-prompt', points },
    ])
    hand.key('Enter')
    expect(hand.gestures[2]).toEqual({ kind: 'accept-points', points })
    expect(hand.shown).toEqual([])
  })

  test('Backspace takes a point back; Escape takes all, and what was shown for them', () => {
    const hand = new Hand('points').click(10, 10).click(20, 10)
    hand.key('Backspace')
    expect(hand.gestures.at(-1)).toMatchObject({ points: [{ x: 10 }] })
    hand.escape()
    expect(hand.gestures.at(-1)).toEqual({ kind: 'point-prompt', points: [] })
    expect(hand.key('Enter')).toBe(false)
  })
})

describe('every drawing tool', () => {
  const tools: readonly ToolName[] = [
    ...(['polygon', 'vertices', 'brush', 'eraser'] as const),
    ...(['box', 'box-prompt', 'points', 'cut'] as const),
  ]
  test.each(tools)('%s lets space and the middle button move the image', (tool) => {
    for (const options of [{ button: 'middle' as const }, { isSpaceHeld: true }]) {
      const hand = new Hand(tool).press(10, 10, options).move(15, 12).release(15, 12)
      expect(hand.done).toEqual([{ kind: 'pan', dx: 5, dy: 2 }])
    }
  })

  test.each(tools)('%s leaves the menu to the secondary button', (tool) => {
    const hand = new Hand(tool).press(10, 10, { button: 'secondary' }).release(10, 10)
    expect(hand.done).toEqual([])
    expect(isToolBusy(hand.machine)).toBe(false)
  })

  test.each(tools)('%s has no use for keys while nothing is drawn', (tool) => {
    const hand = new Hand(tool)
    expect([hand.key('Enter'), hand.key('Backspace'), hand.key('Delete')]).toEqual([
      false,
      false,
      false,
    ])
  })
})
