import { describe, expect, it } from 'vitest'
import { maskPatch } from '#main/recipes/mask-patch.ts'

/** Two regions of a head with a background and three classes, masks of one cell. */
const MASKS = {
  probabilities: Float32Array.of(1, 0.25, 0.5, 0, /* second region */ 1, 0.5, 0.25, 0.75),
  channels: 4,
  size: 1,
}
const posterior = (...pairs: readonly (readonly [number, number])[]) => ({
  classes: Uint16Array.from(pairs, ([detectorClass]) => detectorClass),
  probabilities: Float32Array.from(pairs, ([, p]) => p),
})
const cellOf = (...given: Parameters<typeof maskPatch>): number => {
  const { probabilities, offset } = maskPatch(...given)
  return probabilities[offset]
}

describe('the mask of a region', () => {
  const likely = posterior([1, 0.5], [2, 0.25], [0, 0.25])

  it('is that of its likeliest class, of no background', () => {
    expect(cellOf(MASKS, 0, likely, 'best-class')).toBe(0.5)
    expect(cellOf(MASKS, 1, likely, 'best-class')).toBe(0.25)
  })

  it('is the highest of all classes, of no background', () => {
    expect(cellOf(MASKS, 0, likely, 'maximum')).toBe(0.5)
    expect(cellOf(MASKS, 1, likely, 'maximum')).toBe(0.75)
  })

  it('is the mean of its classes, each as it is likely', () => {
    expect(cellOf(MASKS, 0, likely, 'mean')).toBeCloseTo(0.5 * 0.5 + 0.25 * 0 + 0.25 * 0.25, 6)
    // Probabilities of what is kept need not sum to 1.
    expect(cellOf(MASKS, 1, posterior([2, 0.1]), 'mean')).toBeCloseTo(0.75, 6)
  })

  it('is the highest of all when no class is likely', () => {
    expect(cellOf(MASKS, 1, posterior(), 'mean')).toBe(0.75)
    expect(cellOf(MASKS, 1, posterior(), 'best-class')).toBe(0.75)
  })

  it('is the only one of a head that has one for all classes', () => {
    const masks = { probabilities: Float32Array.of(0.125, 0.375), channels: 1, size: 1 }
    for (const choice of ['best-class', 'maximum', 'mean'] as const) {
      expect(cellOf(masks, 1, likely, choice)).toBe(0.375)
    }
  })
})
