import { describe, expect, it } from 'vitest'
import { polygonsFromMask } from '#shared/geometry/contours.ts'
import { moveVertices } from '#shared/geometry/edit/polygon-edit.ts'
import { rleToBitmap } from '#shared/geometry/rle-bitmap.ts'
import { simplifyPolygon } from '#shared/geometry/simplify.ts'
import { maskFromPolygons } from '#shared/geometry/contours.ts'
import { strokeMask } from '#shared/geometry/edit/brush.ts'
import type { Brush } from '#shared/geometry/edit/brush.ts'
import type { Line } from '#renderer/canvas/tools/gesture.ts'
import { maskOfTarget } from '#renderer/correction/edit-context.ts'
import type { EditContext } from '#renderer/correction/edit-context.ts'
import {
  boxMask,
  cutEdit,
  modeWithAlt,
  moveEdit,
  pointsOf,
  shapeEdit,
  strokeEdit,
  verticesEdit,
} from '#renderer/correction/gesture-edit.ts'
import { property } from '../../../support/random.ts'
import { randomBitmap } from '../../../support/random-masks.ts'
import { bitmapOfMask, contextOf, editOf, rowsOf, target, targetOf } from './edit-fixture.ts'

function painted(context: EditContext, line: Line, isErasing: boolean, brush: Brush) {
  const points = pointsOf(line)
  const mask = strokeMask(points, brush, context.size)
  return strokeEdit(context, { mask, start: points[0] }, isErasing)
}

const ROUND_1 = { shape: 'round', diameterPx: 1 } as const

const left = target(1, '###.....', '###.....', '###.....', '........')
const right = target(2, '........', '....####', '....####', '........')
const box = (x1: number, y1: number, x2: number, y2: number) => ({
  mask: boxMask([x1, y1, x2, y2], { height: 4, width: 8 }),
  start: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 },
  step: 'Draw box' as const,
})

describe('a box', () => {
  it('covers the pixels that it covers by more than a half, one at least, none beyond the image', () => {
    const size = { height: 4, width: 8 }
    const area = (...edges: [number, number, number, number]) =>
      rleToBitmap(boxMask(edges, size)).reduce((sum, one) => sum + one, 0)
    expect(area(1, 1, 3, 3)).toBe(4)
    expect(area(0.6, 0.6, 3.4, 3.4)).toBe(4)
    expect(area(2.2, 2.2, 2.4, 2.4)).toBe(1)
    expect(area(-50, -50, 2, 2)).toBe(4)
    expect(area(7.9, 3.9, 60, 60)).toBe(1)
    expect(area(-5, 0, -1, 4)).toBe(0)
    expect(area(9, 0, 12, 4)).toBe(0)
  })
})

describe('a move', () => {
  it('is of every selected mask, and what leaves the image is cut off', () => {
    const edit = editOf(moveEdit(contextOf([left, right], [1, 2]), [1, 2], { x: 2, y: -1 }))
    expect(edit).toMatchObject({ step: 'Move', update: [{ annotationId: 1 }, { annotationId: 2 }] })
    expect(edit.update!.map(({ mask }) => rowsOf(mask))).toEqual([
      ['..###...', '..###...', '........', '........'],
      ['......##', '......##', '........', '........'],
    ])
  })

  it('is none where a mask would leave the image whole, or is gone', () => {
    const context = contextOf([left, right], [1, 2])
    expect(moveEdit(context, [1, 2], { x: 4, y: 0 })).toEqual({ kind: 'refused', why: 'leftImage' })
    expect(moveEdit(context, [7], { x: 1, y: 0 })).toEqual({
      kind: 'refused',
      why: 'nothingSelected',
    })
  })
})

describe('a closed shape', () => {
  it('is a new annotation of the active class', () => {
    const edit = editOf(
      shapeEdit(contextOf([left], [1], { overlap: 'cut-new' }), box(4, 0, 6, 2), 'new'),
    )
    expect(edit).toMatchObject({ imageId: 1, step: 'Draw box', overlap: 'cut-new' })
    expect(edit.create).toMatchObject([{ classId: 5, like: null }])
    expect(rowsOf(edit.create![0].mask)).toEqual(['....##..', '....##..', '........', '........'])
    expect(edit.update).toBeUndefined()
  })

  it('cuts a hole into every selected mask that it meets, and names those alone', () => {
    const edit = editOf(shapeEdit(contextOf([left, right], [1, 2]), box(1, 1, 2, 2), 'cut'))
    expect(edit.step).toBe('Cut a hole')
    expect(edit.update).toMatchObject([{ annotationId: 1, expectedMaskHash: left.maskHash }])
    expect(rowsOf(edit.update![0].mask)).toEqual(['###.....', '#.#.....', '###.....', '........'])
  })

  it('cuts what is under it while nothing is selected', () => {
    const edit = editOf(shapeEdit(contextOf([left, right]), box(5, 1, 6, 2), 'cut'))
    expect(edit.update).toMatchObject([{ annotationId: 2 }])
    expect(shapeEdit(contextOf([left]), box(5, 0, 6, 1), 'cut')).toEqual({
      kind: 'refused',
      why: 'nothingUnder',
    })
  })

  it('adds to the mask that was selected last', () => {
    const edit = editOf(shapeEdit(contextOf([left, right], [2, 1]), box(3, 0, 4, 1), 'add'))
    expect(edit.update).toHaveLength(1)
    expect(rowsOf(edit.update![0].mask)[0]).toBe('####....')
  })

  it('keeps of the selected masks what lies in it; an empty one deletes', () => {
    const edit = editOf(shapeEdit(contextOf([left, right], [1, 2]), box(0, 0, 2, 2), 'intersect'))
    expect(edit.update!.map(({ mask }) => rowsOf(mask))).toEqual([
      ['##......', '##......', '........', '........'],
      ['........', '........', '........', '........'],
    ])
  })

  it('is refused with a reason when it covers nothing or there is no class', () => {
    const empty = shapeEdit(contextOf([left]), box(-9, 0, -5, 4), 'new')
    expect(empty).toEqual({ kind: 'refused', why: 'emptyShape' })
    const classless = shapeEdit(contextOf([left], [], { classId: null }), box(0, 0, 2, 2), 'new')
    expect(classless).toEqual({ kind: 'refused', why: 'noClass' })
  })

  it('with Alt cuts, and adds where it would cut', () => {
    expect(modeWithAlt('new', true)).toBe('cut')
    expect(modeWithAlt('cut', true)).toBe('add')
    expect(modeWithAlt('intersect', false)).toBe('intersect')
  })
})

describe('a stroke', () => {
  it('makes an annotation while nothing is selected, and extends the selected one', () => {
    const created = editOf(painted(contextOf([left]), [4.5, 0.5, 6.5, 0.5], false, ROUND_1))
    expect(created).toMatchObject({ step: 'Paint', create: [{ classId: 5 }] })
    expect(rowsOf(created.create![0].mask)[0]).toBe('....###.')
    const extended = editOf(painted(contextOf([left], [1]), [3.5, 0.5, 4.5, 0.5], false, ROUND_1))
    expect(extended.create).toBeUndefined()
    expect(rowsOf(extended.update![0].mask)[0]).toBe('#####...')
  })

  it('of the eraser cuts the topmost mask where it begins, and only that', () => {
    const small = target(3, '........', '.#......', '........', '........')
    const edit = editOf(painted(contextOf([left, small]), [1.5, 1.5, 0.5, 1.5], true, ROUND_1))
    expect(edit).toMatchObject({ step: 'Erase', update: [{ annotationId: 3 }] })
    // Nothing is left of it: the application deletes it.
    expect(rowsOf(edit.update![0].mask).join('')).not.toContain('#')
  })

  it('of the eraser cuts all that is selected', () => {
    const line = [0.5, 2.5, 7.5, 2.5]
    const edit = editOf(painted(contextOf([left, right], [1, 2]), line, true, ROUND_1))
    expect(edit.update!.map(({ annotationId }) => annotationId)).toEqual([1, 2])
  })

  it('that changes no pixel makes no step', () => {
    const built = painted(contextOf([left], [1]), [0.5, 0.5, 1.5, 0.5], false, ROUND_1)
    expect(built).toEqual({ kind: 'refused', why: 'unchanged' })
  })

  it('of random masks and strokes is what single pixels say', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        const { width, height } = bitmap
        const one = targetOf(1, bitmap)
        const line = Array.from({ length: 2 * random.integer(1, 4) }, (_, i) =>
          random.between(-3, (i % 2 === 0 ? width : height) + 3),
        )
        const isErasing = random.next() < 0.5
        const brush = {
          shape: random.pick(['round', 'square'] as const),
          diameterPx: random.integer(1, 6),
        }
        const context = contextOf([one], [1])
        const built = painted(context, line, isErasing, brush)
        const alone = painted(contextOf([one]), line, false, brush)
        const stroke =
          alone.kind === 'edit'
            ? bitmapOfMask(alone.edit.create![0].mask)
            : new Uint8Array(width * height)
        const expected = bitmap.pixels.map((pixel, i) =>
          isErasing ? pixel & ~stroke[i] & 1 : pixel | stroke[i],
        )
        const isSame = expected.every((pixel, i) => pixel === bitmap.pixels[i])
        if (isSame) expect(built.kind).toBe('refused')
        else expect(bitmapOfMask(editOf(built).update![0].mask)).toEqual(expected)
      },
      { cases: 300 },
    )
  })
})

describe('a cutting line', () => {
  const wide = target(1, '........', '.######.', '.######.', '.######.', '.######.', '........')

  it('gives the larger part the annotation, and the other one a new one like it', () => {
    const edit = editOf(cutEdit(contextOf([wide], [1]), [3, 0, 3, 6]))
    expect(edit).toMatchObject({ step: 'Split', create: [{ classId: 1, like: 1 }] })
    expect(edit.overlap).toBeUndefined()
    expect(rowsOf(edit.update![0].mask)[1]).toBe('...####.')
    expect(rowsOf(edit.create![0].mask)[1]).toBe('.##.....')
  })

  it('cuts what it meets first while nothing is selected', () => {
    expect(editOf(cutEdit(contextOf([wide]), [3, 0, 3, 6])).update).toHaveLength(1)
    expect(cutEdit(contextOf([wide]), [0.2, 0, 0.2, 6])).toEqual({
      kind: 'refused',
      why: 'nothingUnder',
    })
  })

  it('that divides nothing says so', () => {
    expect(cutEdit(contextOf([wide], [1]), [3, 0, 3, 2])).toEqual({
      kind: 'refused',
      why: 'notCut',
    })
  })
})

describe('moved vertices', () => {
  it('change the mask between the old and the new outline, and no pixel elsewhere', () => {
    property(
      (random) => {
        const bitmap = randomBitmap(random)
        const one = targetOf(1, bitmap)
        if (one.area === 0) return
        const before = polygonsFromMask(maskOfTarget(one)).map((polygon) =>
          simplifyPolygon(polygon, random.pick([0, 1, 2])),
        )
        const polygon = random.integer(0, before.length - 1)
        const vertex = random.integer(0, before[polygon].outer.length / 2 - 1)
        const by = { x: random.integer(-5, 5), y: random.integer(-5, 5) }
        const after = moveVertices(before, [{ polygon, ring: 0, vertex }], by)
        const [old, moved] = [before, after].map((polygons) =>
          rleToBitmap(maskFromPolygons(polygons, bitmap)),
        )
        const expected = bitmap.pixels.map((pixel, i) => (old[i] === moved[i] ? pixel : moved[i]))
        const built = verticesEdit(contextOf([one], [1]), 1, before, after)
        if (built.kind === 'edit') {
          expect(bitmapOfMask(built.edit.update![0].mask)).toEqual(expected)
        } else {
          const isEmpty = !expected.includes(1)
          expect(isEmpty || expected.every((pixel, i) => pixel === bitmap.pixels[i])).toBe(true)
        }
      },
      { cases: 300 },
    )
  })

  it('that were not moved change nothing, however much the outline is simplified', () => {
    const stairs = target(1, '#.......', '##......', '###.....', '####....')
    const outline = polygonsFromMask(maskOfTarget(stairs)).map((one) => simplifyPolygon(one, 2))
    expect(verticesEdit(contextOf([stairs], [1]), 1, outline, outline)).toEqual({
      kind: 'refused',
      why: 'unchanged',
    })
  })
})
