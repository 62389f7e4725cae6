import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Lexicon } from '#shared/vocabulary/lexicon.ts'
import {
  reportService,
  SERVICE_WAYS,
  type ClassService,
  type ServiceSources,
} from '#shared/vocabulary/service-report.ts'

const lexicon = Lexicon.parse(
  JSON.parse(readFileSync(new URL('../../../resources/lexicon.json', import.meta.url), 'utf8')),
)

/** What a text table would say of a word. */
const TEXT_NAMES = new Map([
  ['lizard', 'lizard'],
  ['lounge', 'sofa'],
  ['couch', 'sofa'],
  ['poodle', 'poodle'],
])
const withTable = { textNameOf: (word: string) => TEXT_NAMES.get(word) ?? null }

function serve(
  words: string | readonly string[],
  sources: Partial<ServiceSources> = {},
): ClassService {
  const [name, ...synonyms] = typeof words === 'string' ? [words] : words
  const all = { detectorClasses: lexicon.classNames, lexicon, textNameOf: null, hasClip: false }
  return reportService([{ name, synonyms }], { ...all, ...sources }).classes[0]
}

describe('a class', () => {
  it.each([
    ['dog', 'exact', 'dog: the class dog of the detector'],
    ['Dogs', 'exact', 'Dogs: the class dog of the detector'],
    ['telly', 'synonym', 'telly: another word for tv'],
    ['狗', 'synonym', '狗: another word for dog'],
    ['poodle', 'kind', 'poodle: kind of dog; what is labelled are dogs'],
    ['贵宾犬', 'kind', '贵宾犬, that is poodle: kind of dog; what is labelled are dogs'],
    ['van', 'kind', 'van: kind of car or truck; what is labelled are cars and trucks'],
    ['thief', 'kind', 'thief: kind of person; what is labelled are people'],
    ['merino', 'kind', 'merino: kind of sheep; what is labelled are sheep'],
    ['shears', 'kind', 'shears: kind of scissors; what is labelled are scissors'],
    ['feline', 'covers', 'feline: covers cat; only these are labelled'],
    ['fruit', 'covers', 'fruit: covers banana, apple and orange; only these are labelled'],
    ['gadget', 'unserved', 'gadget: nothing here knows it; it needs a CLIP pack'],
  ])('%s is served as %s', (name, way, sentence) => {
    expect(serve(name)).toMatchObject({ way, sentence })
  })

  it('is served by the best of its words, and each is told', () => {
    const service = serve(['my thing', 'animal', 'poodle', 'settee', 'hound'])
    expect(service).toMatchObject({
      way: 'synonym',
      word: 'settee',
      sentence: 'my thing (as settee): another word for couch',
    })
    expect(service.words.map(({ word, ways }) => [word, ways])).toEqual([
      ['my thing', ['unserved']],
      ['animal', ['covers']],
      ['poodle', ['kind']],
      ['settee', ['synonym']],
      ['hound', ['kind']],
    ])
    expect(service.words[2]).toEqual({
      word: 'poodle',
      ways: ['kind'],
      detectorClasses: ['dog'],
      noun: 'poodle',
      textName: null,
    })
  })

  it('goes by its name when its synonyms are served no better', () => {
    expect(serve(['poodle', 'beagle']).word).toBe('poodle')
  })
})

describe('a text table', () => {
  it('serves what the detector does not have', () => {
    expect(serve('lizard', withTable)).toMatchObject({
      way: 'region-text',
      sentence: 'lizard: by the text vector of lizard; less certain than a class of the detector',
    })
  })

  it('is a further way for the others', () => {
    const [poodle] = serve('poodle', { ...withTable, hasClip: true }).words
    expect(poodle).toMatchObject({ ways: ['kind', 'region-text', 'clip'], textName: 'poodle' })
  })

  it('makes a synonym of a word that has its entry together with a class', () => {
    expect(serve('lounge').way).toBe('unserved')
    expect(serve('lounge', withTable)).toMatchObject({
      way: 'synonym',
      words: [{ detectorClasses: ['couch'], noun: 'lounge', textName: 'sofa' }],
    })
  })
})

describe('a CLIP pack', () => {
  it('serves any word', () => {
    expect(serve('gadget', { hasClip: true })).toMatchObject({
      way: 'clip',
      sentence: 'gadget: by CLIP, which compares each region with the word',
    })
  })
})

describe('a detector with other classes', () => {
  it('is asked in its own words', () => {
    const few = { detectorClasses: ['Sofa', 'widget'] }
    expect(serve('couch', few).sentence).toBe('couch: another word for Sofa')
    expect(serve('widgets', few).sentence).toBe('widgets: the class widget of the detector')
    expect(serve('dog', few).way).toBe('unserved')
  })
})

describe('the report', () => {
  const classes = ['dog', 'gadget', 'vehicle'].map((name) => ({ name, synonyms: [] }))
  const all = { detectorClasses: lexicon.classNames, lexicon, textNameOf: null }

  it('drops no class and says what to do about the unserved', () => {
    const report = reportService(classes, { ...all, hasClip: false })
    expect(report.classes.map(({ name, way }) => `${name} ${way}`)).toEqual([
      'dog exact',
      'gadget unserved',
      'vehicle covers',
    ])
    expect(report.advice).toContain('CLIP pack')
    expect(reportService(classes, { ...all, hasClip: true }).advice).toBeNull()
  })

  it('is plain JSON', () => {
    const report = reportService(classes, { ...all, hasClip: false })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('knows no way that is not in the list', () => {
    const { classes: services } = reportService(classes, { ...all, ...withTable, hasClip: true })
    const ways = services.flatMap(({ words }) => words.flatMap((word) => word.ways))
    expect(ways.every((way) => SERVICE_WAYS.includes(way))).toBe(true)
  })
})
