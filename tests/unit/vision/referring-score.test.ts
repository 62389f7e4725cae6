import { describe, expect, it } from 'vitest'
import type { Box } from '#shared/geometry/box.ts'
import { rankAmong, referringWeights, type Instance } from '#main/vision/referring-score.ts'
import type { SpatialKind } from '#shared/vocabulary/referring.ts'

const IMAGE = { width: 1000, height: 500 }
const NOWHERE = { spatial: [], near: null }

const at = (x: number, y: number, side = 100, score = 0.81): Instance => ({
  box: [x - side / 2, y - side / 2, x + side / 2, y + side / 2],
  ...{ score, attribute: null },
})
const bestOf = (weights: readonly number[]): number => weights.indexOf(Math.max(...weights))
const pick = (instances: readonly Instance[], kind: SpatialKind, rank = 1): number =>
  bestOf(referringWeights(instances, { spatial: [{ kind, rank }], near: null }, IMAGE))

describe('the one that a phrase means', () => {
  const three = [at(500, 250), at(100, 400, 50), at(900, 100, 200)]

  it('is the one of that place or size', () => {
    const kinds = ['left', 'right', 'top', 'bottom', 'middle', 'largest', 'smallest'] as const
    expect(kinds.map((kind) => pick(three, kind))).toEqual([1, 2, 2, 1, 0, 2, 1])
  })

  it('is the one of a rank', () => {
    expect(pick(three, 'left', 2)).toBe(0)
    expect(pick(three, 'right', 3)).toBe(1)
    expect(pick(three, 'largest', 2)).toBe(0)
    expect([0, 1, 2].map((i) => rankAmong('left', three, i, IMAGE))).toEqual([2, 1, 3])
  })

  it('has the weights of the formula', () => {
    const [first, second] = referringWeights(
      [at(200, 250), at(300, 250, 100, 0.49)],
      { spatial: [{ kind: 'left', rank: 1 }], near: null },
      IMAGE,
    )
    expect(first).toBeCloseTo(0.9)
    expect(second).toBeCloseTo(0.7 * Math.exp(-0.8))
  })

  it('is the more certain one where two stand side by side, and the outer one elsewhere', () => {
    expect(pick([at(100, 250, 100, 0.2), at(130, 250, 100, 0.9)], 'left')).toBe(1)
    expect(pick([at(100, 250, 100, 0.2), at(400, 250, 100, 0.9)], 'left')).toBe(0)
  })

  it('is the nearest to what is named, measured between boxes', () => {
    const near: Box[] = [[600, 0, 1000, 500]]
    const instances = [at(100, 250), at(540, 250), at(480, 250)]
    const weights = referringWeights(instances, { spatial: [], near }, IMAGE)
    expect(bestOf(weights)).toBe(1)
    expect(referringWeights(instances, { spatial: [], near: [] }, IMAGE)).toEqual(
      referringWeights(instances, NOWHERE, IMAGE),
    )
  })

  it('is the one of which the rest of the phrase is true', () => {
    const instances = [
      { ...at(100, 250), attribute: 0.2 },
      { ...at(900, 250), attribute: 0.8 },
    ]
    expect(referringWeights(instances, NOWHERE, IMAGE)).toEqual([0.9 * 0.2, 0.9 * 0.8])
  })

  it('is none among none', () => {
    expect(referringWeights([], { spatial: [{ kind: 'left', rank: 1 }], near: [] }, IMAGE)).toEqual(
      [],
    )
  })
})
