import { describe, expect, it } from 'vitest'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { emptyDiff } from '#shared/history/record-diff.ts'
import {
  countAnnotations,
  countsAfter,
} from '../../../../src/renderer/src/vocabulary/class-counts.ts'
import {
  barsOf,
  countCandidates,
  countFrom,
  steppedScore,
} from '../../../../src/renderer/src/vocabulary/score-counts.ts'

const bins = Array.from({ length: 100 }, (_, i) => i)

describe('the count beside a threshold', () => {
  it('is what a look at every score would count, at every step', () => {
    for (let step = 0; step <= 100; step++) {
      const threshold = steppedScore(step / 100)
      const counted = bins.filter((_, i) => i >= step).reduce((a, b) => a + b, 0)
      expect(countFrom(bins, threshold)).toBe(counted)
    }
  })

  it('takes a score on the threshold as reaching it, as the application does', () => {
    const one = { maskHash: '', bbox: [0, 0, 1, 1] as const, area: 1 }
    const candidates = [
      { candidateId: 1, classId: 1, score: 0.3, ...one },
      { candidateId: 2, classId: 1, score: 0.29, ...one },
      { candidateId: 3, classId: 2, score: 0.9, ...one },
    ]
    expect(countCandidates(candidates, 1, 0.3)).toEqual({ reaching: 1, all: 2 })
  })
})

describe('the bars of a histogram', () => {
  it('show every score that there is, the most at full height', () => {
    const few = bins.map((_, i) => (i === 3 ? 400 : i === 90 ? 1 : 0))
    const bars = barsOf(few, 50)
    expect(bars[1]).toBe(1)
    expect(bars[45]).toBeGreaterThan(0)
    expect(bars.filter((height) => height > 0)).toHaveLength(2)
  })
  it('are flat where nothing was scored', () => {
    expect(barsOf(Array<number>(100).fill(0), 10)).toEqual(Array(10).fill(0))
  })
})

describe('annotations by class', () => {
  const annotation = (id: number, classId: number, state: AnnotationRecord['state']) =>
    ({ id, classId, state }) as AnnotationRecord

  it('do not count what was rejected, before a change and after it', () => {
    const before = [annotation(1, 1, 'proposed'), annotation(2, 1, 'rejected')]
    const counts = countAnnotations(before)
    expect(counts.get(1)).toBe(1)
    const after = countsAfter(counts, {
      ...emptyDiff(),
      added: { 'annotation:3': annotation(3, 2, 'accepted') },
      updated: { 'annotation:1': [before[0], annotation(1, 1, 'rejected')] },
    })
    expect([after.get(1), after.get(2)]).toEqual([0, 1])
  })
})
