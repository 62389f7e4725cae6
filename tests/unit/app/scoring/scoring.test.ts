import { describe, expect, it } from 'vitest'
import { recipeSchema } from '#shared/contract/commands.ts'
import type { RecipeName } from '#shared/contract/recipes.ts'
import type { Vocabulary } from '#shared/contract/records.ts'
import type { Box } from '#shared/geometry/box.ts'
import { parametersOfRun } from '#main/app/models/run-parameters.ts'
import { createImageScorer, type TextSources } from '#main/app/scoring/scoring.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { float16FromVector } from '#main/vision/float16.ts'
import { TextTable } from '#main/vision/text-table.ts'
import { parseVocabulary } from '#shared/vocabulary/parse.ts'
import { productLexicon } from '../../../support/lexicon.ts'

const DETECTOR = ['dog', 'cat', 'car', 'bus', 'truck']
const TABLE = ['puppy', 'lizard', 'lamp']
/** A space with an axis for each name, and one for what is no object. */
const AXES = [...DETECTOR, ...TABLE, 'background']
const axis = (name: string): Float32Array =>
  Float32Array.from(AXES, (other) => (other === name ? 1 : 0))

const table = new TextTable(
  TABLE.map((name) => ({ names: [name] })),
  Float32Array.from(TABLE.flatMap((name) => [...axis(name)])),
  AXES.length,
)
const sources: TextSources = {
  table,
  lexicon: productLexicon,
  embed: () => Promise.reject(new Error('no text encoder is needed')),
  regionSpace: () =>
    Promise.resolve({
      temperature: 10,
      background: axis('background'),
      promptOf: (name) => name,
      vectorOf: (word) => (DETECTOR.includes(word) ? axis(word) : null),
      vectorsBut: (names) => DETECTOR.filter((name) => !names.has(name)).map(axis),
    }),
}

function storedVocabulary(text: string): Vocabulary {
  const { classes, negatives } = parseVocabulary(text)
  return {
    revision: 1,
    negatives,
    classes: classes.map((one, position) => ({ ...one, id: position + 1, position })),
  }
}

interface Seen {
  readonly name: string
  readonly p?: number
  readonly box?: Box
}

/** What the words find, as "class: candidate, way". */
async function score(
  recipe: Exclude<RecipeName, 'crop'>,
  words: string,
  seen: readonly Seen[],
  scoring: object = {},
): Promise<string[]> {
  const vocabulary = storedVocabulary(words)
  const { regions, scoring: complete } = recipeSchema.parse({ name: recipe, scoring })
  const parameters = parametersOfRun({
    ...{ id: 1, recipe, packs: [], vocabulary, createdMs: 0 },
    parameters: {
      ...{ regions, scoring: complete, replaceTouched: false, scoredRevision: null },
      models: { detector: 'a pack', graph: 'regions', precision: 'int8', clip: null },
      facts: { detectorClasses: DETECTOR, clip: null },
    },
  })
  const scorer = await createImageScorer(
    null as unknown as ProjectDatabase,
    vocabulary,
    parameters,
    sources,
  )
  const candidates = seen.map(({ name, p = 0.9, box = [0, 0, 10, 10] }, at): StoredCandidate => {
    const detectorClass = DETECTOR.indexOf(name)
    const isKnown = detectorClass >= 0
    return {
      ...{ id: at + 1, imageId: 1, runId: 1, box, objectness: 1, maskHash: '', area: 1 },
      bbox: [0, 0, 1, 1],
      detectorClass: isKnown ? detectorClass : null,
      posterior: {
        classes: Uint16Array.from(isKnown ? [detectorClass] : []),
        probabilities: Float32Array.from(isKnown ? [p] : []),
      },
      vector: recipe === 'region-text' ? float16FromVector(axis(name)) : null,
      boxHeadVector: null,
    }
  })
  return scorer
    .score(candidates)
    .detections.filter((one) => one.score >= 0.5)
    .map(
      ({ classIndex, candidate, servedAs }) =>
        `${vocabulary.classes[classIndex ?? -1].name}: ${seen[candidate].name}, ${servedAs}`,
    )
}

const far = (at: number): Box => [at * 100, 0, at * 100 + 10, 10]
const street: Seen[] = [
  { name: 'car', box: far(0) },
  { name: 'bus', box: far(1) },
  { name: 'dog', box: far(2) },
  { name: 'cat', box: far(3) },
]

describe('the recipe detector', () => {
  it.each([
    ['car, vehicle', ['car: car, exact', 'vehicle: bus, covers']],
    ['vehicle, car', ['car: car, exact', 'vehicle: bus, covers']],
    ['dog, poodle', ['dog: dog, exact']],
    ['poodle, animal', ['poodle: dog, kind', 'animal: cat, covers']],
    ['狗, poodle', ['狗: dog, synonym']],
    ['animal', ['animal: dog, covers', 'animal: cat, covers']],
  ])('%s', async (words, expected) => {
    expect((await score('detector', words, street)).sort()).toEqual([...expected].sort())
  })

  it('does not call the second box on a dog a poodle', async () => {
    // Of IoU 0.6 with the first: too much for two dogs, not too much for a dog and a poodle.
    const twice: Seen[] = [{ name: 'dog' }, { name: 'dog', p: 0.8, box: [2.5, 0, 12.5, 10] }]
    expect(await score('detector', 'dog, poodle', twice)).toEqual(['dog: dog, exact'])
  })

  it('gives a region several classes where that is asked for, but a dog is then no poodle', async () => {
    const found = await score('detector', 'dog, animal, poodle', [street[2]], {
      crossClassNmsIou: 1,
    })
    expect(found).toEqual(['dog: dog, exact', 'animal: dog, covers'])
  })

  it.each([
    ['animal\n-dog', ['animal: cat, covers']],
    ['animal: -dog', ['animal: cat, covers']],
    ['animal: -dogs\npoodle', ['poodle: dog, kind', 'animal: cat, covers']],
    ['animal\n-poodle', ['animal: dog, covers', 'animal: cat, covers']],
    ['car\n-sedan', ['car: car, exact']],
    ['car\n-vehicle', ['car: car, exact']],
    ['poodle\n-dog', []],
  ])('hears negatives: %j', async (words, expected) => {
    expect(await score('detector', words, street)).toEqual(expected)
  })

  it('lets a negative hide what lies on it', async () => {
    const overlapping: Seen[] = [{ name: 'bus' }, { name: 'car', p: 0.6 }]
    expect(await score('detector', 'car', overlapping)).toEqual(['car: car, exact'])
    expect(await score('detector', 'car\n-bus', overlapping)).toEqual([])
  })
})

describe('the recipe region-text', () => {
  const find = (words: string, ...names: string[]): Promise<string[]> =>
    score(
      'region-text',
      words,
      names.map((name, at) => ({ name, box: far(at) })),
    )

  it.each([
    ['dog', ['dog: dog, region-text']],
    ['hound', ['hound: dog, region-text']],
    // Its own vector, and a dog stays a dog.
    ['puppy', ['puppy: puppy, region-text']],
    ['iguana', ['iguana: lizard, region-text']],
    ['pet', ['pet: dog, region-text', 'pet: cat, region-text']],
    ['dog, hound', ['dog: dog, region-text']],
    ['iguana, lizard', ['lizard: lizard, region-text']],
  ])('%s', async (words, expected) => {
    const found = await find(words, 'dog', 'puppy', 'cat', 'lizard', 'lamp', 'background')
    expect(found.sort()).toEqual([...expected].sort())
  })

  it('does not divide the probability of a vector among the classes that it stands for', async () => {
    expect(await find('dog, hound, beagle', 'dog')).toEqual(['dog: dog, region-text'])
    expect(await find('hound, beagle', 'dog')).toEqual(['hound: dog, region-text'])
  })

  it('lets a negative have its vector, and a mere kind none', async () => {
    expect(await find('animal\n-dog', 'dog', 'cat')).toEqual(['animal: cat, region-text'])
    expect(await find('dog\n-beagle', 'dog')).toEqual(['dog: dog, region-text'])
  })
})
