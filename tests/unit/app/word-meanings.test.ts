import { describe, expect, it } from 'vitest'
import type { ClassRecord, Vocabulary } from '#shared/contract/records.ts'
import {
  DetectorLexicon,
  promptVocabulary,
  understandVocabulary,
  wordsOf,
} from '#main/app/word-meanings.ts'
import { TextTable } from '#main/vision/text-table.ts'

/** Rows as unit vectors of a space with one axis a row. */
const ROWS = [
  { names: ['sofa', 'couch', 'settee'] },
  { names: ['bus (vehicle)', 'autobus'] },
  { names: ['bow (weapon)'] },
  { names: ['bow (decorative ribbons)'] },
  { names: ['tram', 'streetcar'] },
]
const axis = (row: number): number[] => ROWS.map((_, i) => (i === row ? 1 : 0))
const table = new TextTable(ROWS, Float32Array.from(ROWS.flatMap((_, row) => axis(row))), 5)
const DETECTOR = ['person', 'couch', 'bus', 'hot dog']
const lexicon = new DetectorLexicon(DETECTOR, table)

const vocabularyOf = (
  classes: readonly Partial<ClassRecord>[],
  negatives: readonly string[] = [],
): Vocabulary => ({
  revision: 1,
  negatives,
  classes: classes.map((one, position) => ({
    id: position + 1,
    name: '',
    synonyms: [],
    prompts: [],
    negatives: [],
    threshold: null,
    colour: '#000000',
    position,
    ...one,
  })),
})

describe('the classes of the detector that a word means', () => {
  it.each<[string, readonly number[]]>([
    ['bus', [2]],
    ['Buses', [2]],
    ['people', [0]],
    ['hot-dog', [3]],
    // Through the table: the detector says "couch", the person "sofa" or "settees".
    ['sofa', [1]],
    ['settees', [1]],
    ['autobus', [2]],
    ['tram', []],
    ['bow', []],
    ['unheard of', []],
  ])('%s', (name, expected) => {
    expect(lexicon.detectorClassesOf(name)).toEqual(expected)
  })

  it('are found by name alone without a table', () => {
    const bare = new DetectorLexicon(DETECTOR, null)
    expect(bare.detectorClassesOf('buses')).toEqual([2])
    expect(bare.detectorClassesOf('sofa')).toEqual([])
    expect(bare.vectorOf('sofa')).toBeNull()
    expect(bare.spaceFor(['sofa'])).toBeNull()
  })
})

describe('the text space of the detector', () => {
  it('knows the vector of a word and none of a word that is not in it', () => {
    expect(Array.from(lexicon.vectorOf('Streetcars') ?? [])).toEqual(axis(4))
    expect(lexicon.vectorOf('zebra')).toBeNull()
  })

  it('places the classes that the table knows', () => {
    const vectors = lexicon.spaceFor([])?.detectorVectors.map((v) => v && Array.from(v))
    expect(vectors).toEqual([null, axis(0), axis(1), null])
  })

  it('lets every other word of the table compete, and none that means the same', () => {
    const rivals = (words: string[]): number[] | undefined =>
      lexicon.spaceFor(words)?.distractors.map((vector) => vector.indexOf(1))
    expect(rivals([])).toEqual([0, 1, 2, 3, 4])
    expect(rivals(['streetcar', 'zebra'])).toEqual([0, 1, 2, 3])
    expect(rivals(['bows', 'settee'])).toEqual([1, 4])
  })
})

describe('a vocabulary with its sentences', () => {
  const vocabulary = vocabularyOf(
    [
      { name: 'bus', synonyms: ['coach'], negatives: ['toy bus'] },
      { name: 'tram', synonyms: ['streetcar'], prompts: ['a tram on rails'] },
    ],
    ['wall'],
  )

  it('has them for names, synonyms, negatives and the background', () => {
    const { classes, negatives } = promptVocabulary(vocabulary, 'single', ['sky'])
    expect(classes[0].names).toEqual([
      { word: 'bus', prompts: ['a photo of a bus.'] },
      { word: 'coach', prompts: ['a photo of a coach.'] },
    ])
    expect(classes[0].negatives).toEqual([{ word: 'toy bus', prompts: ['a photo of a toy bus.'] }])
    expect(classes[1].names).toEqual([{ word: 'tram', prompts: ['a tram on rails'] }])
    expect(negatives.map(({ word }) => word)).toEqual(['wall', 'sky'])
  })

  it('lists every word once for whoever makes vectors', () => {
    const words = wordsOf(promptVocabulary(vocabulary, 'single', ['sky']))
    expect(words.map(({ word }) => word)).toEqual([
      'bus',
      'coach',
      'toy bus',
      'tram',
      'wall',
      'sky',
    ])
  })
})

describe('understanding a vocabulary', () => {
  const understand = (vocabulary: Vocabulary) =>
    understandVocabulary(
      vocabulary,
      promptVocabulary(vocabulary, 'single', []),
      lexicon,
      ({ word, prompts }) => (prompts.length > 0 ? lexicon.vectorOf(word) : null),
    )

  it('gives every word its classes of the detector and its vector', () => {
    const { meaning } = understand(
      vocabularyOf([{ name: 'tram', synonyms: ['bus'], negatives: ['sofa'] }], ['person', 'wall']),
    )
    const [{ names, negatives }] = meaning.classes
    expect(names.map(({ word, detectorClasses }) => [word, detectorClasses])).toEqual([
      ['tram', []],
      ['bus', [2]],
    ])
    expect(Array.from(names[0].vector ?? [])).toEqual(axis(4))
    expect(negatives[0].detectorClasses).toEqual([1])
    expect(meaning.negatives.map(({ word, detectorClasses }) => [word, detectorClasses])).toEqual([
      ['person', [0]],
      ['wall', []],
    ])
  })

  it('keeps a synonym that the own prompts leave out, for the detector to know', () => {
    const { meaning, unservedWords } = understand(
      vocabularyOf([{ name: 'carriage', synonyms: ['bus'], prompts: ['a carriage and horses'] }]),
    )
    expect(meaning.classes[0].names).toEqual([
      { word: 'carriage', detectorClasses: [], vector: null },
      { word: 'bus', detectorClasses: [2], vector: null },
    ])
    expect(unservedWords).toEqual([])
  })

  it('names the classes that nothing understands, and only those', () => {
    const { unservedWords } = understand(
      vocabularyOf([
        { name: 'bus' },
        { name: 'zebra crossing' },
        { name: 'whatsit', synonyms: ['couch'] },
        { name: 'bow' },
        { name: 'gizmo', synonyms: ['thing'], negatives: ['bus'] },
      ]),
    )
    expect(unservedWords).toEqual(['zebra crossing', 'gizmo'])
  })
})
