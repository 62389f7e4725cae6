import { describe, expect, it } from 'vitest'
import type { ClassRecord, Vocabulary } from '#shared/contract/records.ts'
import {
  DetectorLexicon,
  promptVocabulary,
  understandVocabulary,
  wordsOf,
} from '#main/app/words/word-meanings.ts'
import type { RecipeName } from '#shared/contract/recipes.ts'
import { wordServerFor } from '#main/app/words/word-sources.ts'
import { TextTable } from '#main/vision/text-table.ts'
import { productLexicon } from '../../../support/lexicon.ts'

/** Rows as unit vectors of a space with one axis a row. */
const ROWS = [
  { names: ['sofa', 'couch', 'settee', 'sitzmobil'] },
  { names: ['bus (vehicle)', 'autobus'] },
  { names: ['bow (weapon)'] },
  { names: ['bow (decorative ribbons)'] },
  { names: ['tram', 'streetcar'] },
]
const axis = (row: number): number[] => ROWS.map((_, i) => (i === row ? 1 : 0))
const table = new TextTable(ROWS, Float32Array.from(ROWS.flatMap((_, row) => axis(row))), 5)
const DETECTOR = ['person', 'couch', 'bus', 'hot dog']

function lexiconOver(
  textTable: TextTable | null,
  recipe: RecipeName = 'detector',
): DetectorLexicon {
  const sources = { table: textTable, lexicon: productLexicon, hasClip: false }
  return new DetectorLexicon(wordServerFor(recipe, DETECTOR, sources), DETECTOR, textTable)
}
const lexicon = lexiconOver(table)

const classesOf = ({ server }: DetectorLexicon, word: string): readonly string[] =>
  server.serve(word).detectorClasses

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
  it.each<[string, readonly string[]]>([
    ['bus', ['bus']],
    ['Buses', ['bus']],
    ['people', ['person']],
    ['hot-dog', ['hot dog']],
    ['sofa', ['couch']],
    ['settees', ['couch']],
    // Through the table alone: the lexicon does not have the word.
    ['sitzmobil', ['couch']],
    ['tram', []],
    ['bow', []],
    ['unheard of', []],
  ])('%s', (name, expected) => {
    expect(classesOf(lexicon, name)).toEqual(expected)
  })

  it('are found by names and by the lexicon without a table', () => {
    const bare = lexiconOver(null)
    expect(classesOf(bare, 'buses')).toEqual(['bus'])
    expect(classesOf(bare, 'sofa')).toEqual(['couch'])
    expect(classesOf(bare, 'sitzmobil')).toEqual([])
    expect(bare.vectorOf('sofa')).toBeNull()
    expect(bare.spaceFor(['sofa'])).toBeNull()
  })
})

describe('the text space of the detector', () => {
  it('knows the vectors of its names, and none of a word that is not in it', () => {
    expect(lexicon.server.serve('Streetcars').textNames).toEqual(['tram'])
    expect(Array.from(lexicon.vectorOf('tram') ?? [])).toEqual(axis(4))
    expect(lexicon.server.serve('zebra').textNames).toEqual([])
    expect(lexicon.vectorOf('zebra')).toBeNull()
  })

  it('knows all the meanings of a word', () => {
    expect(lexicon.server.serve('bows').textNames).toEqual([
      'bow (weapon)',
      'bow (decorative ribbons)',
    ])
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

interface Scored {
  readonly recipe: RecipeName
  readonly crossClassNmsIou: number
}

describe('understanding a vocabulary', () => {
  const understand = (
    vocabulary: Vocabulary,
    { recipe = 'detector', crossClassNmsIou = 0.7 }: Partial<Scored> = {},
  ) =>
    understandVocabulary(
      vocabulary,
      promptVocabulary(vocabulary, 'single', []),
      lexiconOver(table, recipe),
      (textNames) => textNames.flatMap((name) => lexicon.vectorOf(name) ?? []),
      { crossClassNmsIou },
    )
  const axesOf = (vectors: readonly Float32Array[]): number[] =>
    vectors.map((vector) => vector.indexOf(1))

  it('gives every class its classes of the detector, and every word its vectors', () => {
    const { meaning } = understand(
      vocabularyOf([{ name: 'tram', synonyms: ['bus'], negatives: ['sofa'] }], ['person', 'wall']),
    )
    const [{ names, negatives, detectorClasses }] = meaning.classes
    expect([...detectorClasses]).toEqual([[2, 'exact']])
    expect(names.map(({ word, way, vectors }) => [word, way, axesOf(vectors)])).toEqual([
      ['tram', 'region-text', [4]],
      ['bus', 'exact', [1]],
    ])
    expect(negatives[0].detectorClasses).toEqual([1])
    expect(axesOf(negatives[0].vectors)).toEqual([0])
    expect(meaning.negatives.map(({ word, detectorClasses: own }) => [word, own])).toEqual([
      ['person', [0]],
      ['wall', []],
    ])
  })

  it('keeps a synonym that the own prompts leave out, for the detector to know', () => {
    const { meaning, unservedWords } = understand(
      vocabularyOf([{ name: 'gizmo', synonyms: ['bus'], prompts: ['a gizmo on wheels'] }]),
    )
    const [{ names, detectorClasses }] = meaning.classes
    expect(names.map(({ word, way }) => [word, way])).toEqual([
      ['gizmo', 'unserved'],
      ['bus', 'exact'],
    ])
    expect([...detectorClasses]).toEqual([[2, 'exact']])
    expect(unservedWords).toEqual([])
  })

  it('names the classes that nothing understands, and only those', () => {
    const { unservedWords } = understand(
      vocabularyOf([
        { name: 'bus' },
        { name: 'zebra crossing' },
        { name: 'whatsit', synonyms: ['couch'] },
        { name: 'bow' },
        { name: 'gizmo', synonyms: ['contraption'], negatives: ['bus'] },
      ]),
    )
    expect(unservedWords).toEqual(['zebra crossing', 'gizmo'])
  })

  it('gives a class of the detector to the closest word alone', () => {
    const words = vocabularyOf([{ name: 'minibus' }, { name: 'vehicle' }, { name: 'trolleybuses' }])
    const classesFor = (crossClassNmsIou: number) =>
      understand(words, { crossClassNmsIou }).meaning.classes.map(({ detectorClasses }) => [
        ...detectorClasses,
      ])
    expect(classesFor(0.7)).toEqual([[[2, 'kind']], [], []])
    // Where a region may have several classes, it is a vehicle as well.
    expect(classesFor(1)).toEqual([[[2, 'kind']], [[2, 'covers']], [[2, 'kind']]])
  })

  it('lets CLIP tell apart what the detector does not', () => {
    const words = vocabularyOf([{ name: 'bus' }, { name: 'minibus' }])
    const { meaning } = understand(words, { recipe: 'crop' })
    expect(meaning.classes.map(({ detectorClasses }) => [...detectorClasses])).toEqual([
      [[2, 'exact']],
      [[2, 'kind']],
    ])
  })

  it('gives the vector of a wider name to a word without its own, unless a class has it', () => {
    const vectorsIn = (...names: string[]) =>
      understand(vocabularyOf(names.map((name) => ({ name }))), {
        recipe: 'region-text',
      }).meaning.classes.map(({ names: words }) => axesOf(words[0].vectors))
    // Of the pack's names the test's table has "couch" as its sofa, and "bus".
    expect(vectorsIn('crossbow')).toEqual([[2]])
    expect(vectorsIn('crossbow', 'bow')).toEqual([[], [2, 3]])
  })
})
