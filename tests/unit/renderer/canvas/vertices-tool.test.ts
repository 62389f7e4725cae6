import { describe, expect, test } from 'vitest'
import type { MaskPolygon } from '#shared/geometry/contours.ts'
import { ALT, Hand, SHIFT } from './tool-hand.ts'

const SQUARE: MaskPolygon = { outer: [20, 20, 80, 20, 80, 80, 20, 80], holes: [] }
const target = { annotationId: 7, polygons: [SQUARE] }
const hand = (scale = 1): Hand => new Hand('vertices', scale).aim(target)

const chosen = (one: Hand): readonly number[] => {
  const [shape] = one.shown
  return shape.kind === 'vertices' ? shape.chosen.map(({ vertex }) => vertex) : []
}
const outer = (one: Hand): readonly number[] => {
  const [shape] = one.shown
  return shape.kind === 'vertices' ? shape.polygons[0].outer : []
}

describe('editing vertices', () => {
  test('a drag moves a vertex; the gesture has the outline before and after', () => {
    const one = hand().drag([81, 21], [90, 10], [101, 11])
    const after = [{ outer: [20, 20, 100, 10, 80, 80, 20, 80], holes: [] }]
    expect(one.gestures).toEqual([{ kind: 'vertices', annotationId: 7, before: [SQUARE], after }])
  })

  test('a press without a move chooses, and changes nothing', () => {
    const one = hand().click(80, 20)
    expect(one.gestures).toEqual([])
    expect(chosen(one)).toEqual([1])
  })

  test('several, chosen with Shift, move together; Shift once more lets one go', () => {
    const one = hand().click(80, 20).click(80, 80, SHIFT)
    expect(chosen(one)).toEqual([1, 2])
    one.drag([80, 80], [90, 80])
    expect(outer(one)).toEqual([20, 20, 90, 20, 90, 80, 20, 80])
    one.click(90, 20, SHIFT)
    expect(chosen(one)).toEqual([2])
  })

  test('a drag over the ground chooses what lies in its box; a click there lets all go', () => {
    const one = hand().drag([10, 60], [50, 95], [95, 95])
    expect(chosen(one)).toEqual([2, 3])
    one.click(50, 50)
    expect(chosen(one)).toEqual([])
    expect(one.done).toEqual([])
    one.click(50, 50)
    expect(one.done).toMatchObject([{ kind: 'click', at: { x: 50, y: 50 } }])
  })

  test('a press on an edge adds a vertex there, which the same drag moves', () => {
    const one = hand().drag([50, 22], [50, 10], [50, 2])
    expect(outer(one)).toEqual([20, 20, 50, 0, 80, 20, 80, 80, 20, 80])
    // The new vertex lies on the old outline: before and after differ by the move alone.
    expect(one.gestures).toMatchObject([
      { before: [{ outer: [20, 20, 50, 20, 80, 20, 80, 80, 20, 80] }] },
    ])
  })

  test('Delete takes the chosen vertices out, and never deletes the annotation', () => {
    const one = hand().click(80, 20)
    expect(one.key('Delete')).toBe(true)
    expect(one.gestures).toMatchObject([{ after: [{ outer: [20, 20, 80, 80, 20, 80] }] }])
    expect(one.key('Delete')).toBe(true)
    one.click(20, 20).click(80, 80, SHIFT)
    expect(one.key('Backspace')).toBe(true)
    expect(one.gestures).toHaveLength(1)
  })

  test('Escape takes a drag back, then the choice', () => {
    const one = hand().press(80, 20).move(95, 5).escape()
    expect(outer(one)).toEqual(SQUARE.outer)
    expect(chosen(one)).toEqual([1])
    expect(chosen(one.escape())).toEqual([])
    expect(one.release(95, 5).gestures).toEqual([])
  })

  test('its own edit comes back and the choice stays; another outline begins anew', () => {
    const one = hand().drag([80, 20], [90, 20])
    const [edit] = one.gestures
    if (edit.kind !== 'vertices') throw new Error('No edit.')
    one.aim({ annotationId: 7, polygons: edit.after })
    expect(chosen(one)).toEqual([1])
    one.aim({ annotationId: 7, polygons: [SQUARE] })
    expect(chosen(one)).toEqual([])
    expect(outer(one)).toEqual(SQUARE.outer)
  })

  test('how near is near is of the screen', () => {
    expect(chosen(hand(10).click(812, 212))).toEqual([])
    expect(chosen(hand(0.1).click(8.5, 2.5))).toEqual([1])
  })

  test('without an outline a press does nothing, with Alt neither', () => {
    const one = new Hand('vertices').click(20, 20, ALT)
    expect(one.done).toEqual([])
    expect(one.shown).toEqual([])
  })
})
