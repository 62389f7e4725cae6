import { describe, expect, it } from 'vitest'
import { settleClaims, type Claims, type NegativeClaims } from '#shared/vocabulary/claims.ts'
import type { LexiconRelation } from '#shared/vocabulary/lexicon.ts'

type Told = Record<string, LexiconRelation>
const claims = (told: Told): Claims => new Map(Object.entries(told))

/** What each class gets, and what each negative takes, as lists of names. */
function settled(
  classes: readonly Told[],
  negatives: readonly { classIndex?: number; claims: Told }[] = [],
  allowsSeveral = false,
) {
  const against = negatives.map(({ classIndex = null, claims: told }, index): NegativeClaims => ({
    word: `negative ${index}`,
    classIndex,
    claims: claims(told),
  }))
  const result = settleClaims(classes.map(claims), against, { allowsSeveral })
  const keys = (one: Claims): string[] => [...one.keys()]
  return {
    classes: result.classes.map(keys),
    negatives: result.negatives.map((negative) => keys(negative.claims)),
    yielded: result.yielded,
  }
}

const DOG: Told = { dog: 'exact' }
const HOUND: Told = { dog: 'synonym' }
const POODLE: Told = { dog: 'kind' }
const BEAGLE: Told = { dog: 'kind' }
const ANIMAL: Told = { cat: 'covers', dog: 'covers' }

describe('a class of the detector that several words mean', () => {
  it.each<[string, Told[], string[][]]>([
    ['its name before a kind', [POODLE, DOG], [[], ['dog']]],
    ['its name before another word', [HOUND, DOG], [[], ['dog']]],
    ['another word before a kind', [POODLE, HOUND], [[], ['dog']]],
    ['a kind before a wider word', [ANIMAL, POODLE], [['cat'], ['dog']]],
    ['the narrower of two wider words', [ANIMAL, { dog: 'covers' }], [['cat'], ['dog']]],
    ['the first of two kinds', [POODLE, BEAGLE], [['dog'], []]],
    ['the first of two names', [DOG, DOG, DOG], [['dog'], [], []]],
  ])('goes to %s', (_what, classes, expected) => {
    expect(settled(classes).classes).toEqual(expected)
  })

  it('goes to all of them where a region may have several, but to no kind beside a name', () => {
    expect(settled([DOG, ANIMAL, POODLE], [], true).classes).toEqual([['dog'], ['cat', 'dog'], []])
    expect(settled([HOUND, POODLE], [], true).classes).toEqual([['dog'], []])
    expect(settled([ANIMAL, POODLE, BEAGLE], [], true).classes).toEqual([
      ['cat', 'dog'],
      ['dog'],
      ['dog'],
    ])
  })

  it('is told of in what the others do not get', () => {
    expect(settled([DOG, ANIMAL]).yielded).toEqual([
      [],
      [{ thing: 'dog', relation: 'covers', classIndex: 0, negative: null, winner: 'exact' }],
    ])
  })
})

describe('a negative', () => {
  it('takes from words that are wider, or no closer', () => {
    expect(settled([ANIMAL], [{ claims: DOG }])).toMatchObject({
      classes: [['cat']],
      negatives: [['dog']],
      yielded: [[{ thing: 'dog', relation: 'covers', classIndex: null, negative: 'negative 0' }]],
    })
    expect(settled([POODLE], [{ claims: DOG }]).classes).toEqual([[]])
    expect(settled([HOUND], [{ claims: HOUND }]).classes).toEqual([[]])
  })

  it('is no argument against a closer word', () => {
    expect(settled([DOG], [{ claims: HOUND }])).toMatchObject({
      classes: [['dog']],
      negatives: [[]],
    })
  })

  it('that is only a kind, or wider, takes nothing', () => {
    expect(settled([ANIMAL], [{ claims: POODLE }])).toMatchObject({
      classes: [['cat', 'dog']],
      negatives: [[]],
    })
    expect(settled([DOG], [{ claims: ANIMAL }]).classes).toEqual([['dog']])
  })

  it('of one class is none of the others', () => {
    expect(settled([ANIMAL, POODLE], [{ classIndex: 0, claims: DOG }])).toMatchObject({
      classes: [['cat'], ['dog']],
      negatives: [['dog']],
    })
  })

  it('takes also what no class wants, as its objects hide others', () => {
    expect(settled([POODLE], [{ claims: { cat: 'exact' } }])).toMatchObject({
      classes: [['dog']],
      negatives: [['cat']],
    })
  })
})
