import { describe, expect, it } from 'vitest'
import {
  detectorScorer,
  type DetectorScorerOptions,
  type SemanticSpace,
} from '#main/vision/detector-scorer.ts'
import {
  cosine,
  meaning,
  region,
  scoresByName,
  softmaxOfFirst,
  unit,
  word,
} from '../../support/scoring.ts'

const CAR = 2
const BUS = 5
const TRUCK = 7
const options: DetectorScorerOptions = { scoreFloor: 0.02, synonyms: 'max', logitScale: 10 }

const float = Math.fround

describe('a word that the detector knows', () => {
  it('has the probability of its class in every region of that class', () => {
    const score = detectorScorer(
      meaning([[word('bus', { detectorClasses: [BUS] })]]),
      null,
      options,
    )
    const candidates = [
      region([
        [BUS, 0.8],
        [CAR, 0.1],
      ]),
      region([[CAR, 0.9]]),
      // The same region as its second class sees it, with a box of its own.
      region(
        [
          [CAR, 0.6],
          [BUS, 0.3],
        ],
        { detectorClass: BUS },
      ),
    ]
    expect(scoresByName(score(candidates))).toEqual({ '0 0': float(0.8), '2 0': float(0.3) })
  })

  it('may mean several classes of the detector through its synonyms', () => {
    const vehicle = [
      word('vehicle'),
      word('car', { detectorClasses: [CAR] }),
      word('lorry', { detectorClasses: [TRUCK] }),
    ]
    const score = detectorScorer(meaning([vehicle]), null, options)
    const candidates = [region([[CAR, 0.5]]), region([[TRUCK, 0.4]]), region([[BUS, 0.9]])]
    expect(scoresByName(score(candidates))).toEqual({ '0 0': 0.5, '1 0': float(0.4) })
  })

  it('is found once in a region, also when two of its synonyms mean the same class', () => {
    const car = [word('car', { detectorClasses: [CAR] }), word('auto', { detectorClasses: [CAR] })]
    expect(detectorScorer(meaning([car]), null, options)([region([[CAR, 0.5]])])).toHaveLength(1)
  })

  it('gives a region to every class of the vocabulary that means it', () => {
    const score = detectorScorer(
      meaning([
        [word('car', { detectorClasses: [CAR] })],
        [word('vehicle', { detectorClasses: [CAR, BUS] })],
      ]),
      null,
      options,
    )
    expect(scoresByName(score([region([[CAR, 0.5]])]))).toEqual({ '0 0': 0.5, '0 1': 0.5 })
  })

  it('is not found under the floor, and is found just on it', () => {
    const score = detectorScorer(meaning([[word('bus', { detectorClasses: [BUS] })]]), null, {
      ...options,
      scoreFloor: 0.25,
    })
    const candidates = [region([[BUS, 0.25]]), region([[BUS, 0.2499]]), region([])]
    expect(scoresByName(score(candidates))).toEqual({ '0 0': 0.25 })
  })
})

describe('a negative', () => {
  it('of the whole vocabulary claims the regions of its class against everything', () => {
    const score = detectorScorer(
      meaning(
        [[word('bus', { detectorClasses: [BUS] })]],
        [word('truck', { detectorClasses: [TRUCK] })],
      ),
      null,
      options,
    )
    expect(score([region([[TRUCK, 0.5]])])).toEqual([
      { candidate: 0, classIndex: null, isNegative: true, score: 0.5, servedAs: null },
    ])
  })

  it('of a class claims them against that class', () => {
    const bus = {
      names: [word('bus', { detectorClasses: [BUS] })],
      negatives: [word('truck', { detectorClasses: [TRUCK] })],
    }
    const score = detectorScorer(
      meaning([[word('car', { detectorClasses: [CAR] })], bus]),
      null,
      options,
    )
    expect(score([region([[TRUCK, 0.5]])])).toEqual([
      { candidate: 0, classIndex: 1, isNegative: true, score: 0.5, servedAs: null },
    ])
  })
})

/** Detector class 0 lies at 0 degrees, 1 at 90, and the name of 2 is in no table. */
const space = (...distractors: number[]): SemanticSpace => ({
  detectorVectors: [unit(0), unit(90), null],
  distractors: distractors.map(unit),
})
const asked = (degrees: number): ReturnType<typeof meaning> =>
  meaning([[word('asked for', { degrees })]])
const half = region([
  [0, 0.5],
  [1, 0.5],
])

describe('a word that only the text table knows', () => {
  it('is scored where the region lies between the classes that it looks like', () => {
    // The region lies at 45 degrees: on the word, and 45 degrees away from the distractor.
    const score = detectorScorer(asked(45), space(0), options)
    const expected = softmaxOfFirst(10, 10 * cosine(45))
    expect(scoresByName(score([half]))).toEqual({ '0 0': expect.closeTo(expected, 5) as number })
  })

  it('lies nearer to the likelier class', () => {
    // 0.6 and 0.3 pull to atan(1/2) = 26.565 degrees; the detector is sure of 0.9 in all.
    const score = detectorScorer(asked(45), space(0), options)
    const found = score([
      region([
        [0, 0.6],
        [1, 0.3],
      ]),
    ])
    const expected = 0.9 * softmaxOfFirst(10 * cosine(45 - 26.565051), 10 * cosine(26.565051))
    expect(scoresByName(found)).toEqual({ '0 0': expect.closeTo(expected, 5) as number })
  })

  it('is not found where another word of the table fits', () => {
    const score = detectorScorer(asked(80), space(45), { ...options, logitScale: 100 })
    expect(score([half])).toEqual([])
  })

  it('is not found because nothing else was asked for', () => {
    // One word alone would win every region by default.
    const score = detectorScorer(asked(170), space(0, 45, 90), { ...options, logitScale: 100 })
    expect(score([half, region([[0, 0.9]]), region([[1, 0.9]])])).toEqual([])
  })

  it('loses to a negative of the vocabulary, which is not emitted', () => {
    const negative = meaning([[word('asked for', { degrees: 60 })]], [word('no', { degrees: 45 })])
    const alone = detectorScorer(asked(60), space(), options)([half])
    const against = detectorScorer(negative, space(), options)([half])
    expect(scoresByName(alone)).toEqual({ '0 0': expect.closeTo(1, 5) as number })
    const expected = softmaxOfFirst(10 * cosine(15), 10)
    expect(scoresByName(against)).toEqual({ '0 0': expect.closeTo(expected, 5) as number })
  })

  it('loses the regions of a class of the vocabulary that the detector knows', () => {
    // "cat" is in the vocabulary, so it is no distractor; a cat is still no "kitten".
    const cat = [word('cat', { detectorClasses: [0], degrees: 0 })]
    const kitten = [word('kitten', { degrees: 10 })]
    const score = detectorScorer(meaning([cat, kitten]), space(90), { ...options, logitScale: 100 })
    const expected = 0.9 * softmaxOfFirst(100 * cosine(10), 100, 100 * cosine(90))
    expect(scoresByName(score([region([[0, 0.9]])]))).toEqual({
      '0 0': float(0.9),
      '0 1': expect.closeTo(expected, 4) as number,
    })
  })

  it('competes with the other words of the vocabulary', () => {
    const score = detectorScorer(
      meaning([[word('a', { degrees: 30 })], [word('b', { degrees: 75 })]]),
      space(),
      options,
    )
    const a = softmaxOfFirst(10 * cosine(15), 10 * cosine(30))
    expect(scoresByName(score([half]))).toEqual({
      '0 0': expect.closeTo(a, 5) as number,
      '0 1': expect.closeTo(1 - a, 5) as number,
    })
  })

  it('gains and loses nothing by a synonym that says the same', () => {
    const once = detectorScorer(asked(45), space(0), options)([half])
    const said = [word('a', { degrees: 45 }), word('b', { degrees: 45 })]
    const twice = detectorScorer(meaning([said]), space(0), options)([half])
    expect(twice).toEqual(once)
  })

  it('is as good as its best synonym, or as their mean when that is asked for', () => {
    const synonyms = meaning([[word('a', { degrees: 45 }), word('b', { degrees: 105 })]])
    const by = (rule: 'max' | 'mean'): Record<string, number> =>
      scoresByName(detectorScorer(synonyms, space(0), { ...options, synonyms: rule })([half]))
    const other = 10 * cosine(45)
    expect(by('max')).toEqual({
      '0 0': expect.closeTo(softmaxOfFirst(10, other), 5) as number,
    })
    expect(by('mean')).toEqual({
      '0 0': expect.closeTo(softmaxOfFirst((10 + 10 * cosine(60)) / 2, other), 5) as number,
    })
  })

  it('is scored once a region, by the candidate of its likeliest class', () => {
    const score = detectorScorer(asked(45), space(0), options)
    const posterior = [
      [0, 0.5],
      [1, 0.4],
    ] as const
    const found = score([region(posterior, { detectorClass: 1 }), region(posterior)])
    expect(found.map(({ candidate }) => candidate)).toEqual([1])
  })

  it('is found only as far as the table knows what the detector sees', () => {
    const score = detectorScorer(asked(0), space(), options)
    const found = score([
      region([
        [2, 0.6],
        [0, 0.25],
      ]),
      region([[2, 0.9]]),
    ])
    expect(scoresByName(found)).toEqual({ '0 0': expect.closeTo(0.25, 5) as number })
  })

  it('is not found without a table, nor when the table does not know it', () => {
    expect(detectorScorer(asked(45), null, options)([half])).toEqual([])
    expect(detectorScorer(meaning([[word('unknown')]]), space(0), options)([half])).toEqual([])
  })

  it('is found beside the words of its class that the detector knows', () => {
    const pet = [
      word('known', { detectorClasses: [0], degrees: 0 }),
      word('other', { degrees: 80 }),
    ]
    const score = detectorScorer(meaning([pet]), space(45), { ...options, logitScale: 100 })
    const found = score([region([[0, 0.9]]), region([[1, 0.9]])])
    expect(found.map(({ candidate, servedAs }) => [candidate, servedAs])).toEqual([
      [0, 'exact'],
      [1, 'region-text'],
    ])
  })

  it('loses to a negative of its own class, which is none of the others', () => {
    const asks = (degrees: number) => [word('asked for', { degrees })]
    const words = meaning([
      { names: asks(60), negatives: [word('no', { degrees: 45 })] },
      { names: asks(30), negatives: [] },
    ])
    const found = scoresByName(detectorScorer(words, space(), options)([half]))
    const [one, other] = [10 * cosine(15), 10 * cosine(15)]
    expect(found).toEqual({
      '0 0': expect.closeTo(softmaxOfFirst(one, other, 10), 5) as number,
      '0 1': expect.closeTo(softmaxOfFirst(other, one), 5) as number,
    })
  })

  it('is as near as the nearest of its vectors', () => {
    const bow = { ...word('bow', { degrees: 170 }), vectors: [unit(170), unit(45)] }
    const found = detectorScorer(meaning([[bow]]), space(0), options)([half])
    const expected = softmaxOfFirst(10, 10 * cosine(45))
    expect(scoresByName(found)).toEqual({ '0 0': expect.closeTo(expected, 5) as number })
  })

  it('is not found under the floor', () => {
    const strict = { ...options, scoreFloor: 0.6 }
    const found = detectorScorer(
      asked(0),
      space(),
      strict,
    )([region([[0, 0.7]]), region([[0, 0.5]])])
    expect(found.map(({ candidate }) => candidate)).toEqual([0])
  })
})
