import { describe, expect, it } from 'vitest'
import {
  reportService,
  type ClassService,
  type ServiceReport,
} from '#shared/vocabulary/service-report.ts'
import { serveVocabulary, type ServedVocabulary } from '#shared/vocabulary/vocabulary-service.ts'
import {
  createWordServer,
  SERVICE_WAYS,
  type ServiceSources,
  type TextNames,
} from '#shared/vocabulary/word-server.ts'
import { productLexicon as lexicon } from '../../support/lexicon.ts'

/** What a text table would say of a word. */
const TEXT_NAMES = new Map([
  ['lizard', 'lizard'],
  ['lounge', 'sofa'],
  ['couch', 'sofa'],
  ['poodle', 'poodle'],
])
const textNames: TextNames = {
  all: ['lizard', 'sofa', 'poodle'],
  find: (word) => {
    const name = TEXT_NAMES.get(word)
    return name === undefined
      ? null
      : { names: [name], relation: name === word ? 'exact' : 'synonym' }
  },
}
const withTable = { textNames }

type Options = Partial<ServiceSources> & { readonly allowsSeveral?: boolean }

function reportOf(
  classes: readonly (string | Partial<ServedVocabulary['classes'][number]>)[],
  { allowsSeveral = false, ...sources }: Options = {},
  negatives: readonly string[] = [],
): ServiceReport {
  const vocabulary = {
    classes: classes.map((one) => ({
      ...{ name: '', synonyms: [], negatives: [] },
      ...(typeof one === 'string' ? { name: one } : one),
    })),
    negatives,
  }
  const server = createWordServer({
    ...{ recipe: 'detector', detectorClasses: lexicon.classNames, lexicon },
    ...{ textNames: null, hasClip: false },
    ...sources,
  })
  const served = serveVocabulary(vocabulary, server, { allowsSeveral })
  const facts = { pack: 'a pack', packAdvice: null, packFolder: '/packs' }
  return reportService(vocabulary, served, server, facts)
}

function serve(words: string | readonly string[], sources: Options = {}): ClassService {
  const [name, ...synonyms] = typeof words === 'string' ? [words] : words
  return reportOf([{ name, synonyms }], sources).classes[0]
}

const sentences = (...parameters: Parameters<typeof reportOf>): string[] =>
  reportOf(...parameters).classes.map(({ sentence }) => sentence)

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
      sentence:
        'my thing (as settee): another word for couch; also labelled are birds, cats, dogs, horses, ' +
        'sheep, cows, elephants, bears, zebras and giraffes; nothing here knows my thing',
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
      way: 'kind',
      ways: ['kind'],
      detectorClasses: ['dog'],
      detectorRelation: 'kind',
      noun: 'poodle',
      textNames: [],
      textRelation: null,
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
      sentence:
        'lizard: by the text vector of lizard; less certain than a class of the detector, and seldom found',
      effect: 'what is like lizard, seldom found',
    })
  })

  it('is a further way for the others', () => {
    const [poodle] = serve('poodle', { ...withTable, hasClip: true }).words
    expect(poodle).toMatchObject({
      way: 'kind',
      ways: ['kind', 'region-text', 'clip'],
      textNames: ['poodle'],
    })
  })

  it('makes a synonym of a word that has its entry together with a class', () => {
    expect(serve('lounge').way).toBe('unserved')
    expect(serve('lounge', withTable)).toMatchObject({
      way: 'synonym',
      words: [{ detectorClasses: ['couch'], noun: 'lounge', textNames: ['sofa'] }],
    })
  })
})

describe('a CLIP pack', () => {
  it('serves any word in its own recipe', () => {
    expect(serve('gadget', { recipe: 'crop', hasClip: true })).toMatchObject({
      way: 'clip',
      sentence: 'gadget: by CLIP, which compares each region with the word',
      effect: 'what CLIP finds alike',
    })
    expect(serve('dog', { recipe: 'crop' }).way).toBe('unserved')
  })

  it('is told of where another recipe does not serve a word', () => {
    expect(serve('gadget', { hasClip: true })).toMatchObject({
      way: 'unserved',
      words: [{ ways: ['clip'] }],
      sentence: 'gadget: nothing in this recipe knows it; the recipe "crop" does',
    })
    expect(reportOf(['gadget'], { hasClip: true }).advice).toContain('use the recipe "crop"')
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

describe('classes of a vocabulary that mean the same class of the detector', () => {
  it.each([
    [
      ['dog', 'poodle'],
      [
        'dog: the class dog of the detector',
        'poodle: kind of dog; dogs are labelled dog already, by the class dog',
      ],
    ],
    [
      ['poodle', 'beagle'],
      [
        'poodle: kind of dog; what is labelled are dogs',
        'beagle: kind of dog; beagle and poodle cannot be told apart by the detector: all dogs are ' +
          'labelled poodle; a CLIP pack and the recipe "crop" would tell them apart',
      ],
    ],
    [
      ['vehicle', 'car', 'van', 'lorry'],
      [
        'vehicle: covers bicycle, car, motorcycle, airplane, bus, train, truck and boat; what is ' +
          'labelled are bicycles, motorcycles, airplanes, buses, trains and boats; cars are labelled ' +
          'car already, by the class car; trucks are labelled lorry already, by the class lorry',
        'car: the class car of the detector',
        'van: kind of car or truck; cars are labelled car already, by the class car; trucks are ' +
          'labelled lorry already, by the class lorry',
        'lorry: another word for truck',
      ],
    ],
    [
      ['automobile', 'motorcar'],
      [
        'automobile: another word for car',
        'motorcar: another word for car; cars are labelled automobile already, by the class automobile',
      ],
    ],
  ])('%j', (classes, expected) => {
    expect(sentences(classes)).toEqual(expected)
  })

  it('are told in fields too', () => {
    const [dog, poodle] = reportOf(['dog', 'poodle']).classes
    expect(dog).toMatchObject({ labelled: ['dog'], yieldsTo: [], effect: 'dogs' })
    expect(poodle).toMatchObject({
      way: 'kind',
      labelled: [],
      yieldsTo: [{ thing: 'dog', to: 'dog', isNegative: false, isTie: false }],
      effect: 'nothing; dogs are labelled dog already, by the class dog',
    })
  })

  it('share it where a region may have several classes, but for a kind beside the name', () => {
    const several = { allowsSeveral: true }
    const labelled = (classes: string[]) =>
      reportOf(classes, several).classes.map((one) => one.labelled.includes('dog'))
    expect(labelled(['dog', 'animal', 'poodle'])).toEqual([true, true, false])
    expect(labelled(['poodle', 'beagle', 'animal'])).toEqual([true, true, true])
  })
})

describe('a negative', () => {
  const negativesOf = (
    classes: Parameters<typeof reportOf>[0],
    ...words: string[]
  ): [string[], string[]] => {
    const report = reportOf(classes, {}, words)
    const own = report.classes.map(({ sentence }) => sentence)
    return [own, report.negatives.map(({ sentence }) => sentence)]
  }

  it('takes its class away from wider words', () => {
    const [classes, negatives] = negativesOf(['pet'], 'dogs')
    expect(negatives).toEqual(['-dogs: dogs are not labelled'])
    expect(classes[0]).toContain('; dogs are not labelled, by the negative dogs')
  })

  it('of one class leaves the others alone', () => {
    const report = reportOf([{ name: 'animal', negatives: ['dog'] }, 'poodle'])
    expect(report.classes.map(({ labelled }) => labelled.includes('dog'))).toEqual([false, true])
    expect(report.negatives[0]).toMatchObject({ of: 'animal', detectorClasses: ['dog'] })
    expect(report.negatives[0].sentence).toBe('-dog (of animal): dogs are not labelled animal')
  })

  it.each([
    ['sedan', 'takes nothing away; it is only a kind of car'],
    ['toy car', 'takes nothing away; nothing here knows it'],
    ['vehicle', /^-vehicle: takes nothing away; it is wider than bicycle, car/],
    ['automobile', 'takes nothing away; a class has a closer word'],
    ['gadget', 'takes nothing away; nothing here knows it'],
  ])('%s leaves cars cars, and says so', (negative, expected) => {
    const sources = typeof expected === 'string' ? `-${negative}: ${expected}` : expected
    const [classes, negatives] = negativesOf(['car'], negative)
    expect(classes).toEqual(['car: the class car of the detector'])
    expect(negatives[0]).toMatch(sources)
  })
})

describe('the recipe region-text', () => {
  /** A pack of these names; the rivals and the vectors are its own. */
  const NAMES = ['dog', 'lizard', 'car', 'bus']
  const regions: Options = {
    recipe: 'region-text',
    detectorClasses: NAMES,
    textNames: {
      all: [...NAMES, 'poodle'],
      find: (word) =>
        [...NAMES, 'poodle'].includes(word) ? { names: [word], relation: 'exact' } : null,
    },
  }

  it.each([
    ['dog', 'by the text vector of dog; less certain than a class of the detector'],
    [
      'poodle',
      'by the text vector of poodle; less certain than a class of the detector, and seldom found',
    ],
    ['automobile', 'by the text vector of car; less certain than a class of the detector'],
    [
      'iguana',
      'kind of lizard, by the text vector of that; what is labelled are lizards; less certain than ' +
        'a class of the detector',
    ],
    [
      'vehicle',
      'covers car and bus, by their text vectors; only these are labelled; less certain than a ' +
        'class of the detector',
    ],
  ])('%s', (name, sentence) => {
    expect(serve(name, regions)).toMatchObject({
      way: 'region-text',
      sentence: `${name}: ${sentence}`,
    })
  })

  it('gives a vector to one class', () => {
    const report = reportOf(['iguana', 'lizard', 'poodle', 'dog'], regions)
    expect(report.classes.map(({ labelled }) => labelled)).toEqual([
      [],
      ['lizard'],
      // It has its own, beside that of what it is a kind of.
      ['poodle'],
      ['dog'],
    ])
    expect(report.classes[0].sentence).toBe(
      'iguana: kind of lizard, by the text vector of that; lizards are labelled lizard already, by ' +
        'the class lizard; less certain than a class of the detector',
    )
  })
})

describe('the report', () => {
  const classes = ['dog', 'gadget', 'vehicle']

  it('advises also where a word is seldom found', () => {
    expect(reportOf(['lizard'], withTable).advice).toContain('CLIP pack')
    expect(reportOf(['dog', 'poodle'], withTable).advice).toBeNull()
  })

  it('drops no class and says what to do about the unserved', () => {
    const report = reportOf(classes)
    expect(report.classes.map(({ name, way }) => `${name} ${way}`)).toEqual([
      'dog exact',
      'gadget unserved',
      'vehicle covers',
    ])
    expect(report.advice).toMatch(/CLIP pack.* Put that folder into \/packs/)
    expect(reportOf(classes, { recipe: 'crop', hasClip: true }).advice).toBeNull()
  })

  it('is plain JSON', () => {
    const report = reportOf(classes, {}, ['toy car'])
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('knows no way that is not in the list', () => {
    const { classes: services } = reportOf(classes, { ...withTable, hasClip: true })
    const ways = services.flatMap(({ words }) => words.flatMap((word) => word.ways))
    expect(ways.every((way) => SERVICE_WAYS.includes(way))).toBe(true)
  })
})
