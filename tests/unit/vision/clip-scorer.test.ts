import { describe, expect, it } from 'vitest'
import { clipScorer, type ClipScorerOptions } from '#main/vision/clip-scorer.ts'
import {
  cosine,
  meaning,
  region,
  scoresByName,
  softmaxOfFirst,
  unit,
  word,
} from '../../support/scoring.ts'

const options: ClipScorerOptions = {
  scoreFloor: 0,
  synonyms: 'max',
  logitScale: 10,
  fusion: 'objectness',
  // The score is the softmax alone, unless a test says otherwise.
  alpha: 0,
}

const seen = (degrees: number, more: Parameters<typeof region>[1] = {}) =>
  region([], { vector: unit(degrees), ...more })
const close = (value: number): number => expect.closeTo(value, 5) as number
const logit = (degrees: number): number => 10 * cosine(degrees)

describe('classes by CLIP', () => {
  it('share a region by the softmax of their cosines', () => {
    const score = clipScorer(
      meaning([[word('a', { degrees: 0 })], [word('b', { degrees: 60 })]]),
      options,
    )
    expect(scoresByName(score([seen(20)]))).toEqual({
      '0 0': close(softmaxOfFirst(logit(20), logit(40))),
      '0 1': close(softmaxOfFirst(logit(40), logit(20))),
    })
  })

  it('do not win by default: one class alone is up against the background', () => {
    const alone = meaning([[word('a', { degrees: 90 })]])
    const background = meaning([[word('a', { degrees: 90 })]], [word('wall', { degrees: 0 })])
    expect(scoresByName(clipScorer(alone, options)([seen(10)]))).toEqual({ '0 0': 1 })
    const found = scoresByName(clipScorer(background, options)([seen(10)]))
    expect(found).toEqual({ '0 0': close(softmaxOfFirst(logit(80), logit(10))) })
    expect(found['0 0']).toBeLessThan(0.001)
  })

  it('are emitted, negatives never', () => {
    const score = clipScorer(
      meaning([[word('a', { degrees: 0 })]], [word('wall', { degrees: 10 })]),
      options,
    )
    expect(score([seen(10)]).map(({ isNegative, classIndex }) => [isNegative, classIndex])).toEqual(
      [[false, 0]],
    )
  })

  it('compete with their own negatives, and other classes do not', () => {
    const tram = {
      names: [word('tram', { degrees: 0 })],
      negatives: [word('bus', { degrees: 15 })],
    }
    const found = clipScorer(meaning([tram, [word('car', { degrees: 60 })]]), options)([seen(15)])
    expect(scoresByName(found)).toEqual({
      '0 0': close(softmaxOfFirst(logit(15), logit(45), logit(0))),
      '0 1': close(softmaxOfFirst(logit(45), logit(15))),
    })
  })

  it('take their best synonym, or the mean of them when that is asked for', () => {
    const synonyms = meaning([
      [word('a', { degrees: 0 }), word('a too', { degrees: 60 })],
      [word('b', { degrees: 90 })],
    ])
    const by = (rule: 'max' | 'mean'): number =>
      scoresByName(clipScorer(synonyms, { ...options, synonyms: rule })([seen(0)]))['0 0']
    expect(by('max')).toBeCloseTo(softmaxOfFirst(logit(0), logit(90)), 5)
    expect(by('mean')).toBeCloseTo(softmaxOfFirst((logit(0) + logit(60)) / 2, logit(90)), 5)
  })

  it('that no text encoder serves have no chance and take none from others', () => {
    const vocabulary = meaning([[word('unknown')], [word('a', { degrees: 0 })]])
    for (const alpha of [0, 0.5, 1]) {
      const found = clipScorer(vocabulary, { ...options, alpha })([seen(0, { objectness: 1 })])
      expect(scoresByName(found)).toEqual({ '0 1': 1 })
    }
    expect(clipScorer(meaning([[word('unknown')]]), options)([seen(0)])).toEqual([])
  })

  it('are not looked for in regions without a vector', () => {
    const score = clipScorer(meaning([[word('a', { degrees: 0 })]]), options)
    expect(score([region([[0, 0.9]]), seen(0)]).map(({ candidate }) => candidate)).toEqual([1])
  })

  it('stay finite at any logit scale', () => {
    const score = clipScorer(
      meaning([[word('a', { degrees: 0 })]], [word('wall', { degrees: 180 })]),
      { ...options, logitScale: 10_000 },
    )
    expect(scoresByName(score([seen(0), seen(180)]))).toEqual({ '0 0': 1, '1 0': 0 })
  })

  it('are left out under the floor', () => {
    const score = clipScorer(meaning([[word('a', { degrees: 0 })], [word('b', { degrees: 90 })]]), {
      ...options,
      scoreFloor: 0.5,
    })
    expect(score([seen(0)]).map(({ classIndex }) => classIndex)).toEqual([0])
  })
})

describe('fusion', () => {
  const vocabulary = (detectorClasses: number[]) =>
    meaning([[word('a', { degrees: 0, detectorClasses })]], [word('wall', { degrees: 60 })])
  const p = softmaxOfFirst(logit(0), logit(60))
  const candidate = region(
    [
      [3, 0.5],
      [4, 0.2],
    ],
    { vector: unit(0), objectness: 0.36 },
  )
  const scored = (detectorClasses: number[], more: Partial<ClipScorerOptions>): number =>
    scoresByName(clipScorer(vocabulary(detectorClasses), { ...options, ...more })([candidate]))[
      '0 0'
    ]

  it.each([0, 0.3, 0.5, 1])('with objectness weighs it by alpha %d', (alpha) => {
    expect(scored([], { alpha })).toBeCloseTo(0.36 ** alpha * p ** (1 - alpha), 5)
  })

  it('with the detector gives a class that it knows its probability, weighed 0.65', () => {
    expect(scored([3], { fusion: 'detector' })).toBeCloseTo(0.5 ** 0.65 * p ** 0.35, 5)
  })

  it('with the detector adds the probabilities of all classes that the words mean', () => {
    expect(scored([3, 4, 9], { fusion: 'detector' })).toBeCloseTo(0.7 ** 0.65 * p ** 0.35, 5)
  })

  it('with the detector has nothing for a known class that it does not see', () => {
    expect(scored([9], { fusion: 'detector' })).toBe(0)
  })

  it('with the detector gives a class that it does not know the objectness, weighed 0.35', () => {
    expect(scored([], { fusion: 'detector' })).toBeCloseTo(0.36 ** 0.35 * p ** 0.65, 5)
  })

  it.each([0, 0.3, 1])('with the class weighs its probability by alpha %d', (alpha) => {
    const fusion = 'class'
    expect(scored([3, 4], { fusion, alpha })).toBeCloseTo(0.7 ** alpha * p ** (1 - alpha), 5)
    expect(scored([], { fusion, alpha })).toBeCloseTo(0.36 ** alpha * p ** (1 - alpha), 5)
  })

  it("by ViLD's weights gives two thirds to the side that knows the class", () => {
    expect(scored([3], { fusion: 'vild' })).toBeCloseTo(0.5 ** (2 / 3) * p ** (1 / 3), 5)
    expect(scored([], { fusion: 'vild' })).toBeCloseTo(0.36 ** (1 / 3) * p ** (2 / 3), 5)
  })

  it("by Detic's is the square root of the product, whatever alpha is", () => {
    for (const alpha of [0, 0.9]) {
      expect(scored([3], { fusion: 'detic', alpha })).toBeCloseTo(Math.sqrt(0.36 * p), 5)
    }
  })

  it('is a number for a region without any objectness', () => {
    const nothing = region([], { vector: unit(0), objectness: 0 })
    for (const fusion of ['objectness', 'class', 'detector', 'vild', 'detic'] as const) {
      const score = clipScorer(vocabulary([]), { ...options, fusion, alpha: 0.5 })
      expect(scoresByName(score([nothing]))).toEqual({ '0 0': 0 })
    }
  })
})
