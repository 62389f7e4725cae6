import { describe, expect, it } from 'vitest'
import {
  averageDirection,
  distinctPrompts,
  normaliseRows,
  wordVector,
} from '#shared/vocabulary/text-vectors.ts'

describe('normaliseRows', () => {
  it('brings each row to length 1', () => {
    const rows = normaliseRows(Float32Array.of(3, 4, 0, -2), 2)
    expect([...rows]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, -1])
  })

  it('refuses rows without direction', () => {
    expect(() => normaliseRows(Float32Array.of(1, 0, 0, 0), 2)).toThrow(/row 1 has length 0/)
    expect(() => normaliseRows(Float32Array.of(NaN, 1), 2)).toThrow(/row 0 has length NaN/)
    expect(() => normaliseRows(Float32Array.of(1, 2, 3), 2)).toThrow(/3 numbers are no rows of 2/)
  })
})

describe('averageDirection', () => {
  it('lets every sentence count alike, however long its vector', () => {
    const mean = averageDirection(Float32Array.of(100, 0, 0, 1), 2)
    expect(mean[0]).toBeCloseTo(Math.SQRT1_2, 6)
    expect(mean[1]).toBeCloseTo(Math.SQRT1_2, 6)
  })

  it('is normalised again after the mean', () => {
    const mean = averageDirection(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 3)
    expect(Math.hypot(...mean)).toBeCloseTo(1, 6)
    expect(mean[0]).toBeCloseTo(1 / Math.sqrt(3), 6)
  })

  it('refuses opposite vectors, whose mean points nowhere', () => {
    expect(() => averageDirection(Float32Array.of(1, 0, -1, 0), 2)).toThrow(/no direction/)
    expect(() => averageDirection(new Float32Array(0), 2)).toThrow(/no vector/)
  })
})

describe('words of a vocabulary', () => {
  const words = [{ prompts: ['a cat', 'the cat'] }, { prompts: ['the cat', 'the dog'] }]
  const vectors = new Map([
    ['a cat', Float32Array.of(2, 0)],
    ['the cat', Float32Array.of(0, 5)],
  ])

  it('send each sentence to the encoder once', () => {
    expect(distinctPrompts(words)).toEqual(['a cat', 'the cat', 'the dog'])
  })

  it('have a vector once all their sentences have one', () => {
    const cat = wordVector(words[0], vectors)
    expect(cat?.[0]).toBeCloseTo(Math.SQRT1_2, 6)
    expect(cat?.[1]).toBeCloseTo(Math.SQRT1_2, 6)
    expect(wordVector(words[1], vectors)).toBeNull()
  })
})
