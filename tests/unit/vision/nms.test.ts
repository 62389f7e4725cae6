import { describe, expect, it } from 'vitest'
import { suppressOverlaps, topScores } from '#main/vision/nms.ts'
import { property, type SeededRandom } from '../../support/random.ts'

describe('the best scores', () => {
  it('come highest first, and equal ones in their order', () => {
    const scores = Float32Array.of(0.5, 0.9, 0.5, 0.1, 0.9, 0.5)
    expect(Array.from(topScores(scores, 10))).toEqual([1, 4, 0, 2, 5, 3])
  })

  it('are at most as many as asked for, cut in the middle of equals by order', () => {
    expect(Array.from(topScores(Float32Array.of(0.5, 0.9, 0.5, 0.5), 2))).toEqual([1, 0])
    expect(Array.from(topScores(Float32Array.of(0.5), 0))).toEqual([])
  })

  it('include a score that is just the floor, and no number that is none', () => {
    const scores = Float32Array.of(0.25, 0.24, NaN, 0.26)
    expect(Array.from(topScores(scores, 10, 0.25))).toEqual([3, 0])
    expect(Array.from(topScores(scores, 10))).toEqual([3, 0, 1])
  })

  it('agree with a plain stable sort', () => {
    property(
      (random) => {
        const scores = Float32Array.from(
          { length: random.integer(0, 60) },
          () => random.integer(0, 8) / 8,
        )
        const atMost = random.integer(0, 60)
        const floor = random.integer(0, 8) / 8
        const expected = Array.from(scores.entries())
          .filter(([, score]) => score >= floor)
          .sort(([, a], [, b]) => b - a)
          .map(([index]) => index)
          .slice(0, atMost)
        expect(Array.from(topScores(scores, atMost, floor))).toEqual(expected)
      },
      { cases: 300 },
    )
  })
})

interface GridBoxes {
  readonly boxes: Float32Array
  /** The pixels of each box, as "x y". */
  readonly pixels: readonly ReadonlySet<string>[]
}

/** Boxes of whole pixels, so that areas can be counted. */
function gridBoxes(random: SeededRandom, convention: 'inclusive' | 'exclusive'): GridBoxes {
  const rows = Array.from({ length: random.integer(1, 25) }, () => {
    const x = random.integer(0, 9)
    const y = random.integer(0, 9)
    return { x, y, width: random.integer(1, 6), height: random.integer(1, 6) }
  })
  const last = convention === 'inclusive' ? 1 : 0
  return {
    boxes: Float32Array.from(
      rows.flatMap(({ x, y, width, height }) => [x, y, x + width - last, y + height - last]),
    ),
    pixels: rows.map(({ x, y, width, height }) => {
      const inside = new Set<string>()
      for (let dx = 0; dx < width; dx++) {
        for (let dy = 0; dy < height; dy++) inside.add(`${x + dx} ${y + dy}`)
      }
      return inside
    }),
  }
}

/** Suppression as it is defined: pixels counted, every pair looked at. */
function suppressSlowly(
  pixels: readonly ReadonlySet<string>[],
  order: readonly number[],
  iouThreshold: number,
): number[] {
  const kept: number[] = []
  for (const index of order) {
    const overlaps = kept.some((other) => {
      const shared = Array.from(pixels[index]).filter((one) => pixels[other].has(one)).length
      // Both sides are exact for thresholds that are multiples of 1/4.
      return shared > iouThreshold * (pixels[index].size + pixels[other].size - shared)
    })
    if (!overlaps) kept.push(index)
  }
  return kept
}

describe('suppressing overlaps', () => {
  it.each(['inclusive', 'exclusive'] as const)('counts the pixels of %s boxes', (convention) => {
    property(
      (random) => {
        const { boxes, pixels } = gridBoxes(random, convention)
        const order = pixels
          .map((_, index) => ({ index, score: random.next() }))
          .sort((a, b) => b.score - a.score)
          .map(({ index }) => index)
        const iouThreshold = random.pick([0, 0.25, 0.5, 0.75, 1])
        const expected = suppressSlowly(pixels, order, iouThreshold)
        expect(suppressOverlaps(boxes, order, { iouThreshold, convention })).toEqual(expected)
        const atMost = random.integer(0, 5)
        expect(suppressOverlaps(boxes, order, { iouThreshold, convention, atMost })).toEqual(
          expected.slice(0, atMost),
        )
      },
      { cases: 400 },
    )
  })

  it('keeps a box that overlaps by just the threshold', () => {
    // 2 of 4 pixels in common with a union of 4: IoU 1/2.
    const boxes = Float32Array.of(0, 0, 4, 1, 0, 0, 2, 1)
    const options = { convention: 'exclusive' } as const
    expect(suppressOverlaps(boxes, [0, 1], { ...options, iouThreshold: 0.5 })).toEqual([0, 1])
    expect(suppressOverlaps(boxes, [0, 1], { ...options, iouThreshold: 0.49 })).toEqual([0])
  })

  it('looks only at the boxes of the order that it is given', () => {
    const boxes = Float32Array.of(0, 0, 4, 4, 0, 0, 4, 4, 8, 8, 9, 9)
    const options = { iouThreshold: 0.5, convention: 'exclusive' } as const
    expect(suppressOverlaps(boxes, [2, 1], options)).toEqual([2, 1])
    expect(suppressOverlaps(boxes, [], options)).toEqual([])
  })

  it('lets a suppressed box suppress no other', () => {
    // 0 covers 1, 1 covers 2, and 0 does not cover 2.
    const boxes = Float32Array.of(0, 0, 10, 1, 4, 0, 14, 1, 8, 0, 18, 1)
    const options = { iouThreshold: 0.4, convention: 'exclusive' } as const
    expect(suppressOverlaps(boxes, [0, 1, 2], options)).toEqual([0, 2])
  })
})
