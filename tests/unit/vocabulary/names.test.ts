import { describe, expect, it } from 'vitest'
import { indefiniteArticle } from '#shared/vocabulary/article.ts'
import { nameForms, normaliseName, pluralForms, singularForms } from '#shared/vocabulary/names.ts'

describe('normaliseName', () => {
  it.each([
    ['Traffic  Light', 'traffic light'],
    ['traffic_light', 'traffic light'],
    ['traffic-light', 'traffic light'],
    [' traffic\u00A0\tlight ', 'traffic light'],
    ['T\u2011shirt', 't shirt'],
    ['ＢＵＳ', 'bus'],
    ['cafe\u0301', 'caf\u00e9'],
    ['potter’s wheel', "potter's wheel"],
    ['公交车', '公交车'],
    ['_-_', ''],
  ])('%j is compared as %j', (name, expected) => {
    expect(normaliseName(name)).toBe(expected)
  })
})

describe('singularForms', () => {
  it.each([
    ['cats', 'cat'],
    ['buses', 'bus'],
    ['glasses', 'glass'],
    ['boxes', 'box'],
    ['vases', 'vase'],
    ['horses', 'horse'],
    ['houses', 'house'],
    ['shoes', 'shoe'],
    ['tomatoes', 'tomato'],
    ['babies', 'baby'],
    ['cookies', 'cookie'],
    ['knives', 'knife'],
    ['bookshelves', 'bookshelf'],
    ['gloves', 'glove'],
    ['olives', 'olive'],
    ['toothbrushes', 'toothbrush'],
    ['people', 'person'],
    ['women', 'woman'],
    ['policemen', 'policeman'],
    ['men', 'man'],
    ['mice', 'mouse'],
    ['skis', 'ski'],
    ['taxis', 'taxi'],
    ['Wine Glasses', 'wine glass'],
    ['traffic_lights', 'traffic light'],
    ['cups of tea', 'cup of tea'],
    ['men on horses', 'man on horses'],
  ])('%j may be the plural of %j', (name, singular) => {
    expect(singularForms(name)).toContain(singular)
  })

  it.each(['bus', 'glass', 'lens', 'tennis', 'cat', 'sheep', '公交车', '', 'grass', 'cactus'])(
    '%j is no plural',
    (name) => {
      expect(singularForms(name)).toEqual([])
    },
  )
})

describe('pluralForms', () => {
  it.each([
    ['cat', 'cats'],
    ['bus', 'buses'],
    ['baby', 'babies'],
    ['toy', 'toys'],
    ['knife', 'knives'],
    ['giraffe', 'giraffes'],
    ['potato', 'potatoes'],
    ['photo', 'photos'],
    ['person', 'people'],
    ['fireman', 'firemen'],
    ['ottoman', 'ottomans'],
    ['cup of tea', 'cups of tea'],
  ])('%j has the plural %j', (name, plural) => {
    expect(pluralForms(name)).toContain(plural)
    expect(singularForms(plural)).toContain(name)
  })
})

it('nameForms begins with the name and repeats nothing', () => {
  const forms = nameForms('Scissors')
  expect(forms[0]).toBe('scissors')
  expect(forms).toContain('scissor')
  expect(new Set(forms).size).toBe(forms.length)
})

describe('indefiniteArticle', () => {
  const a =
    'bus,unicorn,university,uniform,union,united nations flag,one-way sign,onesie,ewe,euro coin,' +
    'eucalyptus tree,used car,utensil,urinal,ukulele,UFO,USB stick,u-turn,T-shirt,tv,RED BUS,' +
    'NATO flag,St. Bernard,100 euro note,110 m hurdle,house,hotdog,yacht,LLAMA,猫,"quoted"'
  const an =
    'apple,umbrella,hour,honest man,heirloom,honor guard,x-ray,X-ray,MRI scanner,mri,SUV,LED lamp,' +
    'HDMI cable,RV,FBI agent,8-ball,11 o clock sign,18-wheeler,80 km sign,8,000 lumen lamp,' +
    'uninhabited island,unidentified object,urn,usher,onion,éclair,e-bike,i-beam,iPod,“old” car'
  it.each(a.split(','))('a %s', (name) => {
    expect(indefiniteArticle(name)).toBe('a')
  })
  it.each(an.split(/,(?!\d)/))('an %s', (name) => {
    expect(indefiniteArticle(name)).toBe('an')
  })
})
