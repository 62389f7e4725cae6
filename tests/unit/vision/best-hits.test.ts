import { expect, it } from 'vitest'
import { BestHits } from '#main/vision/best-hits.ts'
import { hammingDistance, nearGroups } from '#main/vision/near-fingerprints.ts'
import {
  posteriorSimilarity,
  textSimilarity,
  vectorSimilarity,
  withObjectness,
} from '#main/vision/region-similarity.ts'
import { float16FromVector } from '#main/vision/float16.ts'
import { property } from '../../support/random.ts'

it('keeps the best, as sorting everything would', () => {
  property(
    (random) => {
      const scores = Array.from({ length: random.integer(0, 60) }, () => random.integer(0, 20))
      const limit = random.integer(1, 12)
      const best = new BestHits<{ score: number }>(limit)
      for (const score of scores) best.add({ score })
      const wanted = scores.sort((a, b) => b - a).slice(0, limit)
      expect(best.sorted().map(({ score }) => score)).toEqual(wanted)
      expect(best.bar).toBe(wanted.length < limit ? -Infinity : wanted[limit - 1])
    },
    { cases: 300 },
  )
})

const empty = { classes: new Uint16Array(), probabilities: new Float32Array() }

it('compares region vectors by their cosine', () => {
  const like = vectorSimilarity(float16FromVector(Float32Array.of(0.6, 0.8)))
  const region = (...values: number[]) => ({
    vector: float16FromVector(Float32Array.from(values)),
    posterior: empty,
    detectorClass: null,
  })
  expect(like(region(0.6, 0.8))).toBeCloseTo(1, 3)
  expect(like(region(0.8, -0.6))).toBeCloseTo(0, 3)
  expect(like(region(-0.6, -0.8))).toBe(0)
  expect(like(region(1, 0, 0))).toBe(0)
  expect(like({ ...region(), vector: null })).toBe(0)
})

it('compares what the detector sees by Bhattacharyya’s coefficient', () => {
  const seen = (...pairs: [number, number][]) => ({
    classes: Uint16Array.from(pairs, ([one]) => one),
    probabilities: Float32Array.from(pairs, ([, p]) => p),
  })
  const like = posteriorSimilarity(seen([3, 0.4], [5, 0.4]))
  const of = (posterior: ReturnType<typeof seen>, detectorClass: number | null = 3) =>
    like({ vector: null, posterior, detectorClass })
  expect(of(seen([3, 0.1], [5, 0.1]))).toBeCloseTo(1, 6)
  expect(of(seen([3, 0.8]))).toBeCloseTo(Math.SQRT1_2, 6)
  expect(of(seen([3, 0.8]), 5)).toBe(0)
  expect(of(seen([7, 1]), 7)).toBe(0)
  expect(like({ vector: null, posterior: empty, detectorClass: null })).toBe(0)
})

it('counts the bits in which fingerprints differ', () => {
  expect(hammingDistance('0000000000000000', '0000000000000000')).toBe(0)
  expect(hammingDistance('ffffffffffffffff', '0000000000000000')).toBe(64)
  expect(hammingDistance('8000000000000001', '0000000100000001')).toBe(2)
})

it('groups near fingerprints, as comparing all with all would', () => {
  property(
    (random) => {
      const digits = () => random.integer(0, 0xffff).toString(16).padStart(4, '0')
      const seeds = Array.from({ length: 4 }, () => digits() + digits() + digits() + digits())
      const fingerprints = Array.from({ length: 30 }, (_, i) => {
        let bits = BigInt(`0x${random.pick(seeds)}`)
        for (let n = random.integer(0, 6); n > 0; n--) bits ^= 1n << BigInt(random.integer(0, 63))
        return { id: i + 1, hash: bits.toString(16).padStart(16, '0') }
      })
      const distance = random.integer(0, 12)
      const grouping = nearGroups(fingerprints, distance)
      let step = grouping.next()
      while (!step.done) step = grouping.next()
      expect(step.value).toEqual(groupsByAll(fingerprints, distance))
    },
    { cases: 200 },
  )
})

function groupsByAll(all: { id: number; hash: string }[], distance: number): number[][] {
  const left = new Set(all)
  const groups: number[][] = []
  for (const first of all) {
    if (!left.delete(first)) continue
    const group = [first]
    for (const one of group) {
      for (const other of left) {
        if (hammingDistance(one.hash, other.hash) > distance) continue
        left.delete(other)
        group.push(other)
      }
    }
    if (group.length > 1) groups.push(group.map(({ id }) => id).sort((a, b) => a - b))
  }
  return groups.sort((a, b) => a[0] - b[0])
}

it('puts regions in the order of softmax times objectness, so that a corner of a thing is behind it', () => {
  const scale = 60
  const rank = withObjectness(textSimilarity([Float32Array.of(1, 0)]), scale)
  const of = (cosine: number, objectness: number) => ({
    posterior: { classes: new Uint16Array(), probabilities: new Float32Array() },
    detectorClass: null,
    vector: float16FromVector(Float32Array.of(cosine, Math.sqrt(1 - cosine ** 2))),
    objectness,
  })
  const [thing, corner] = [of(0.28, 0.9), of(0.3, 0.04)]
  expect(rank(thing)).toBeGreaterThan(rank(corner))
  expect(rank(thing) / rank(corner)).toBeCloseTo(
    (Math.exp(0.28 * scale) * 0.9) ** (1 / scale) / (Math.exp(0.3 * scale) * 0.04) ** (1 / scale),
    3,
  )
  expect(rank({ ...thing, vector: null })).toBe(0)
})
