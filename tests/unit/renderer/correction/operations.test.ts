import { describe, expect, it } from 'vitest'
import { operationEdit } from '#renderer/correction/operations.ts'
import type { Operation } from '#renderer/correction/operations.ts'
import { densified, OutlineMemory, outlineTolerance } from '#renderer/correction/outlines.ts'
import { steppedDiameter } from '#renderer/correction/correction-options.ts'
import { contextOf, editOf, rowsOf, target } from './edit-fixture.ts'

const ring = target(1, '........', '.####...', '.#..#...', '.####...', '........', '........')
const block = target(2, '........', '...####.', '...####.', '...####.', '........', '........')
const apart = target(3, '##......', '##......', '........', '......##', '......##', '......##')
const far = target(4, '........', '........', '........', '........', '........', '#.......')

const after = (operation: Operation, selectedIds: readonly number[], amountPx = 1) =>
  operationEdit(operation, contextOf([ring, block, apart, far], selectedIds), amountPx)

describe('operations on the selected masks', () => {
  it('fill holes of all that have some', () => {
    const { step, update } = editOf(after('fillHoles', [1, 2]))
    expect(step).toBe('Fill holes')
    expect(update!.map(({ annotationId }) => annotationId)).toEqual([1])
    expect(rowsOf(update![0].mask)[2]).toBe('.####...')
    expect(after('fillHoles', [2])).toEqual({ kind: 'refused', why: 'unchanged' })
  })

  it('keep the largest part, or make each part an instance', () => {
    const kept = editOf(after('largestPart', [3]))
    expect(rowsOf(kept.update![0].mask).join('').split('#')).toHaveLength(7)
    const split = editOf(after('splitParts', [3]))
    expect(split.step).toBe('Split parts')
    expect(rowsOf(split.update![0].mask)[0]).toBe('........')
    expect(split.create).toMatchObject([{ like: 3, classId: 1 }])
    expect(rowsOf(split.create![0].mask)[0]).toBe('##......')
    expect(after('splitParts', [2])).toEqual({ kind: 'refused', why: 'onePart' })
  })

  it('merge into that which was selected first', () => {
    const edit = editOf(after('merge', [2, 1]))
    expect(edit.update).toMatchObject([{ annotationId: 2, expectedMaskHash: block.maskHash }])
    expect(edit.remove).toEqual([{ annotationId: 1, expectedMaskHash: ring.maskHash }])
    expect(rowsOf(edit.update![0].mask).slice(1, 4)).toEqual(['.######.', '.#.####.', '.######.'])
  })

  it('cut the smallest out of the others', () => {
    const edit = editOf(after('subtract', [1, 2]))
    expect(edit.update).toMatchObject([{ annotationId: 2 }])
    expect(rowsOf(edit.update![0].mask).slice(1, 4)).toEqual(['.....##.', '...#.##.', '.....##.'])
    expect(edit.remove ?? []).toEqual([])
    expect(after('subtract', [1, 4])).toEqual({ kind: 'refused', why: 'noOverlap' })
  })

  it('keep what all share', () => {
    const edit = editOf(after('intersect', [1, 2]))
    expect(edit.remove).toMatchObject([{ annotationId: 2 }])
    expect(rowsOf(edit.update![0].mask).slice(1, 4)).toEqual(['...##...', '....#...', '...##...'])
    expect(after('intersect', [1, 4])).toEqual({ kind: 'refused', why: 'noOverlap' })
  })

  it('grow and shrink by pixels, and never until nothing is left', () => {
    expect(rowsOf(editOf(after('grow', [4])).update![0].mask).slice(4)).toEqual([
      '#.......',
      '##......',
    ])
    expect(rowsOf(editOf(after('shrink', [2])).update![0].mask)[2]).toBe('....##..')
    expect(after('shrink', [1])).toEqual({ kind: 'refused', why: 'nothingLeft' })
  })

  it('simplify and smooth leave a pixel alone', () => {
    expect(after('simplify', [4], 5)).toEqual({ kind: 'refused', why: 'unchanged' })
    expect(after('smooth', [4], 5)).toEqual({ kind: 'refused', why: 'unchanged' })
  })

  it('say what is missing', () => {
    expect(after('fillHoles', [])).toEqual({ kind: 'refused', why: 'nothingSelected' })
    expect(after('merge', [1])).toEqual({ kind: 'refused', why: 'needsTwo' })
  })
})

describe('outlines with vertices', () => {
  it('come back with the mask that they were edited to', () => {
    const memory = new OutlineMemory()
    const own = memory.of(block)
    expect(own).toEqual([{ outer: [3, 1, 7, 1, 7, 4, 3, 4], holes: [] }])
    const edited = densified(own)
    memory.keep(block.mask.counts, edited)
    expect(memory.of(block)).toBe(edited)
    expect(memory.of(ring)[0].holes).toHaveLength(1)
  })

  it('get vertices in the middle of their longest edges', () => {
    expect(densified([{ outer: [0, 0, 8, 0, 8, 4], holes: [] }])[0].outer).toEqual([
      0, 0, 4, 0, 8, 0, 8, 4, 4, 2,
    ])
  })

  it('are as fine as the mask is small', () => {
    expect(outlineTolerance(1)).toBe(0)
    expect(outlineTolerance(10_000)).toBe(1.3)
    expect(outlineTolerance(4_000_000)).toBe(10)
  })
})

describe('the size of the brush', () => {
  it('moves by a pixel at least, and by a share when it is large', () => {
    expect(steppedDiameter(1, 1)).toBe(2)
    expect(steppedDiameter(1, -1)).toBe(1)
    expect(steppedDiameter(100, 1)).toBe(115)
    expect(steppedDiameter(3, -1)).toBe(2)
  })
})
