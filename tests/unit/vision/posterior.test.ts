import { describe, expect, it } from 'vitest'
import { sparsePosterior } from '#main/vision/posterior.ts'

describe('the posterior of a region', () => {
  it('names the likely classes, the likeliest first, and leaves out the rest', () => {
    const row = Float32Array.of(0.2, 0.0005, 0.5, 0, 0.2)
    const { classes, probabilities } = sparsePosterior(row, 0, 5)
    expect(Array.from(classes)).toEqual([2, 0, 4])
    expect(Array.from(probabilities)).toEqual(Array.from(Float32Array.of(0.5, 0.2, 0.2)))
  })

  it('counts classes from the start of its own row, after the background', () => {
    // [2, 4]: background and three classes a region.
    const rows = Float32Array.of(0.9, 0.1, 0, 0, 0.25, 0, 0.25, 0.5)
    const { classes, probabilities } = sparsePosterior(rows, 1 * 4 + 1, 3)
    expect(Array.from(classes)).toEqual([2, 1])
    expect(Array.from(probabilities)).toEqual([0.5, 0.25])
  })

  it('is empty for a region that is background alone', () => {
    const { classes, probabilities } = sparsePosterior(Float32Array.of(1, 0, 0), 1, 2)
    expect([classes.length, probabilities.length]).toEqual([0, 0])
  })

  it('has at most 16 classes', () => {
    const { classes } = sparsePosterior(new Float32Array(80).fill(1 / 80), 0, 80)
    expect(Array.from(classes)).toEqual(Array.from({ length: 16 }, (_, i) => i))
  })
})
