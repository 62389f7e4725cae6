import { describe, expect, it } from 'vitest'
import { coverageOf, paintCoverage, roundedRectangle } from '#main/imaging/fill-shape.ts'

const total = (alpha: Uint8Array): number => alpha.reduce((sum, value) => sum + value / 255, 0)

describe('coverage of a shape', () => {
  it('is the share of each pixel that lies in it', () => {
    const shape = [[0.5, 0, 2, 0, 2, 1.25, 0.5, 1.25]]
    expect(coverageOf(shape)).toEqual({
      ...{ x: 0, y: 0, width: 2, height: 2 },
      alpha: Uint8Array.of(128, 255, 32, 64),
    })
  })

  it('keeps the area of a slanted shape, wherever it lies', () => {
    for (const [dx, dy] of [
      [0, 0],
      [-7.3, 2.6],
      [100.25, -40.75],
    ]) {
      const triangle = [[dx, dy, dx + 12, dy + 3, dx + 2, dy + 9]]
      expect(total(coverageOf(triangle).alpha)).toBeCloseTo(51, 0)
    }
  })

  it('cuts a hole where a ring turns the other way', () => {
    const outer = [0, 0, 4, 0, 4, 4, 0, 4]
    const hole = [1, 1, 1, 3, 3, 3, 3, 1]
    const { alpha } = coverageOf([outer, hole])
    expect(Array.from(alpha.subarray(4, 8))).toEqual([255, 0, 0, 255])
    expect(total(alpha)).toBe(12)
  })

  it('of nothing is nothing', () => {
    expect(coverageOf([])).toMatchObject({ width: 0, height: 0 })
  })

  it('of a rounded rectangle lacks its corners only', () => {
    const { alpha } = coverageOf(roundedRectangle(0, 0, 20, 10, 4))
    expect(alpha[0]).toBe(0)
    expect(alpha[10]).toBe(255)
    expect(total(alpha)).toBeCloseTo(200 - (4 - Math.PI) * 16, 0)
  })
})

describe('painting', () => {
  it('blends by coverage and opacity, and leaves out what lies beyond the picture', () => {
    const picture = { width: 2, height: 1, rgb: Uint8Array.of(0, 100, 200, 0, 100, 200) }
    const alpha = Uint8Array.of(255, 255, 51)
    paintCoverage(picture, { x: -1, y: 0, width: 3, height: 1, alpha }, [100, 100, 100], 0.5)
    expect(Array.from(picture.rgb)).toEqual([50, 100, 150, 10, 100, 190])
  })
})
