import { describe, expect, it } from 'vitest'
import {
  GRID_GAP_PX,
  layOutGrid,
  positionAfterKey,
  thumbnailSidePx,
} from '#renderer/images/grid-layout.ts'

describe('the grid of thumbnails', () => {
  it('fills the width with cells of at least the size that was set', () => {
    for (let width = 64; width < 900; width += 37) {
      const { columns, cellPx } = layOutGrid(1000, width, 128)
      expect(columns * cellPx + (columns - 1) * GRID_GAP_PX).toBeLessThanOrEqual(width)
      if (width >= 128) expect(cellPx).toBeGreaterThanOrEqual(128)
    }
  })

  it('has one column where not even one cell fits', () => {
    expect(layOutGrid(3, 100, 128)).toMatchObject({ columns: 1, rows: 3, cellPx: 100 })
  })

  it('has a row for a last image alone', () => {
    expect(layOutGrid(7, 128 * 3 + 12, 128)).toMatchObject({ columns: 3, rows: 3 })
    expect(layOutGrid(0, 300, 128).rows).toBe(0)
  })

  it('asks for few sizes of thumbnails, never too small ones', () => {
    expect(thumbnailSidePx(128, 1)).toBe(128)
    expect(thumbnailSidePx(129, 1)).toBe(256)
    expect(thumbnailSidePx(128, 2)).toBe(256)
    expect(thumbnailSidePx(320, 3)).toBe(640)
  })
})

describe('keys in the grid', () => {
  const after = (key: string, position: number) =>
    positionAfterKey(key, position, 8, { columns: 3 }, 2)

  it('lead to the neighbours', () => {
    expect(after('ArrowRight', 2)).toBe(3)
    expect(after('ArrowLeft', 3)).toBe(2)
    expect(after('ArrowDown', 1)).toBe(4)
    expect(after('ArrowUp', 4)).toBe(1)
  })

  it('stop at the ends', () => {
    expect(after('ArrowLeft', 0)).toBe(0)
    expect(after('ArrowRight', 7)).toBe(7)
    expect(after('ArrowUp', 1)).toBe(1)
    expect(after('ArrowDown', 6)).toBe(6)
  })

  it('lead from above a gap in the last row to its last image', () => {
    expect(after('ArrowDown', 5)).toBe(7)
  })

  it('lead by pages and to the ends', () => {
    expect(after('PageDown', 0)).toBe(6)
    expect(after('PageUp', 7)).toBe(1)
    expect(after('Home', 5)).toBe(0)
    expect(after('End', 5)).toBe(7)
  })

  it('begin with the first image, and mean nothing in an empty grid', () => {
    expect(after('ArrowDown', -1)).toBe(0)
    expect(positionAfterKey('End', -1, 0, { columns: 3 }, 2)).toBeNull()
    expect(after('x', 2)).toBeNull()
  })
})
