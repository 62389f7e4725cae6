import { describe, expect, it } from 'vitest'
import { cropScorer, type CropScorerOptions } from '#main/vision/crop-scorer.ts'
import {
  cosine,
  meaning,
  region,
  scoresByName,
  softmaxOfFirst,
  unit,
  word,
} from '../../support/scoring.ts'

const options: CropScorerOptions = {
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

describe('classes on crops', () => {
  it('share a region by the softmax of their cosines', () => {
    const score = cropScorer(
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
    expect(scoresByName(cropScorer(alone, options)([seen(10)]))).toEqual({ '0 0': 1 })
    const found = scoresByName(cropScorer(background, options)([seen(10)]))
    expect(found).toEqual({ '0 0': close(softmaxOfFirst(logit(80), logit(10))) })
    expect(found['0 0']).toBeLessThan(0.001)
  })

  it('are emitted, negatives never', () => {
    const score = cropScorer(
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
    const found = cropScorer(meaning([tram, [word('car', { degrees: 60 })]]), options)([seen(15)])
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
      scoresByName(cropScorer(synonyms, { ...options, synonyms: rule })([seen(0)]))['0 0']
    expect(by('max')).toBeCloseTo(softmaxOfFirst(logit(0), logit(90)), 5)
    expect(by('mean')).toBeCloseTo(softmaxOfFirst((logit(0) + logit(60)) / 2, logit(90)), 5)
  })

  it('that no text encoder serves have no chance and take none from others', () => {
    const vocabulary = meaning([[word('unknown')], [word('a', { degrees: 0 })]])
    for (const alpha of [0, 0.5, 1]) {
      const found = cropScorer(vocabulary, { ...options, alpha })([seen(0, { objectness: 1 })])
      expect(scoresByName(found)).toEqual({ '0 1': 1 })
    }
    expect(cropScorer(meaning([[word('unknown')]]), options)([seen(0)])).toEqual([])
  })

  it('are not looked for in regions without a vector', () => {
    const score = cropScorer(meaning([[word('a', { degrees: 0 })]]), options)
    expect(score([region([[0, 0.9]]), seen(0)]).map(({ candidate }) => candidate)).toEqual([1])
  })

  it('stay finite at any logit scale', () => {
    const score = cropScorer(
      meaning([[word('a', { degrees: 0 })]], [word('wall', { degrees: 180 })]),
      { ...options, logitScale: 10_000 },
    )
    expect(scoresByName(score([seen(0), seen(180)]))).toEqual({ '0 0': 1, '1 0': 0 })
  })

  it('are left out under the floor', () => {
    const score = cropScorer(meaning([[word('a', { degrees: 0 })], [word('b', { degrees: 90 })]]), {
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
  const scored = (detectorClasses: number[], more: Partial<CropScorerOptions>): number =>
    scoresByName(cropScorer(vocabulary(detectorClasses), { ...options, ...more })([candidate]))[
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
})
