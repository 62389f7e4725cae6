import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OTHER_WORDS } from '#main/app/bench/other-words.ts'
import type { FileEvaluation } from '#main/app/files/evaluate-files.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import { hasShared, readCocoMini } from '../support/coco-mini.ts'
import { CommandLine, cocoFolder, cocoTruth } from '../support/command-line.ts'

interface WordLists {
  readonly mixed: readonly string[]
  /** Wider word → the classes that it means. */
  readonly unions: Readonly<Record<string, readonly string[]>>
  readonly lvis: readonly string[]
}
const lists = JSON.parse(
  readFileSync(new URL('./fixtures/other-words.json', import.meta.url), 'utf8'),
) as WordLists

/** Of the AP of the same classes under their own names. */
const OTHER_WORDS_KEEP = 0.85
/** Of the AP of the classes, named one by one and then taken for one. */
const WIDER_WORDS_KEEP = 0.9

type Ap = Readonly<Record<'bbox' | 'segm', FileEvaluation['evaluation']>>

/** A dataset with its categories under other names; those without one are left out. */
function renamed(dataset: CocoDataset, newName: (name: string) => string | undefined): CocoDataset {
  const names = dataset.categories.map(({ name }) => newName(name))
  const categories = [...new Set(names.filter((name) => name !== undefined))].map((name, i) => ({
    id: i + 1,
    name,
  }))
  const idOf = new Map(
    dataset.categories.map(({ id }, at) => [
      id,
      categories.find(({ name }) => name === names[at])?.id,
    ]),
  )
  const annotations = dataset.annotations.flatMap((annotation) => {
    const category_id = idOf.get(annotation.category_id)
    return category_id === undefined ? [] : [{ ...annotation, category_id }]
  })
  return { images: dataset.images, categories, annotations }
}

const unionOf = new Map(
  Object.entries(lists.unions).flatMap(([word, names]) => names.map((name) => [name, word])),
)
const otherWordOf = new Map(Object.entries(OTHER_WORDS))
/** Longer than a command line may be everywhere. */
const linesOf = (words: Iterable<string>): string =>
  Array.from(words, (word) => `${word}\n`).join('')

describe('the lists of words', () => {
  it('name no class of COCO, and are long enough', () => {
    const words = [...otherWordOf.values(), ...lists.mixed, ...Object.keys(lists.unions)]
    expect(words.filter((word) => otherWordOf.has(word.toLowerCase()))).toEqual([])
    expect(otherWordOf.size).toBeGreaterThanOrEqual(50)
    expect(lists.mixed).toHaveLength(40)
    expect(lists.lvis).toHaveLength(20)
  })
})

describe.skipIf(!hasShared).each(['detector', 'region-text'])(
  'other words for the same things, in the recipe %s (needs ../shared)',
  (recipe) => {
    let cli: CommandLine

    beforeAll(async () => {
      cli = await CommandLine.create()
      await label('person', 'first.json')
    })
    afterAll(() => cli.remove())

    /** Only the first time with a model. */
    async function label(lines: string, out: string): Promise<ServiceReport> {
      writeFileSync(cli.path('words.txt'), lines)
      const { stdout } = await cli.expect(0, [
        ...['prelabel', '--images', cocoFolder, '--vocabulary', 'words.txt', '--recipe', recipe],
        ...['--threshold', '0.05', '--project', 'words.lexmask', '--out', out, '--json'],
      ])
      return (JSON.parse(stdout) as { words: ServiceReport }).words
    }

    async function evaluate(truth: CocoDataset, detections: string): Promise<Ap> {
      writeFileSync(cli.path('truth.json'), JSON.stringify(truth))
      const { stdout } = await cli.expect(0, [
        ...['evaluate', '--gt', 'truth.json', '--dt', detections, '--json'],
      ])
      const results = JSON.parse(stdout) as FileEvaluation[]
      return Object.fromEntries(
        results.map(({ iouType, evaluation }) => [iouType, evaluation]),
      ) as unknown as Ap
    }

    it(`finds ${otherWordOf.size} classes nearly as well as under their own names`, async () => {
      await label(linesOf(otherWordOf.keys()), 'names.json')
      const other = await label(linesOf(otherWordOf.values()), 'words.json')
      const isKept = (name: string): boolean => otherWordOf.has(name)
      const byName = await evaluate(
        renamed(readCocoMini(), (name) => (isKept(name) ? name : undefined)),
        'names.json',
      )
      const byWord = await evaluate(
        renamed(readCocoMini(), (name) => otherWordOf.get(name)),
        'words.json',
      )
      expect(other.classes.filter(({ way }) => way === 'unserved')).toEqual([])
      for (const iouType of ['bbox', 'segm'] as const) {
        const [name, word] = [byName, byWord].map((ap) => ap[iouType].summary.AP)
        console.log(
          `${recipe}, ${iouType}: AP ${name.toFixed(3)} by names, ${word.toFixed(3)} by other words: ` +
            (word / name).toFixed(3),
        )
        expect(word / name).toBeGreaterThanOrEqual(OTHER_WORDS_KEEP)
      }
    })

    it('finds what a wider word means as well as its classes, taken for one', async () => {
      await label(linesOf(Object.keys(lists.unions)), 'wide.json')
      await label(linesOf(unionOf.keys()), 'narrow.json')
      const merged = renamed(cli.readCoco('narrow.json'), (name) => unionOf.get(name))
      writeFileSync(cli.path('merged.json'), JSON.stringify(merged))
      const truth = renamed(readCocoMini(), (name) => unionOf.get(name))
      const [wide, narrow] = [
        await evaluate(truth, 'wide.json'),
        await evaluate(truth, 'merged.json'),
      ]
      for (const word of Object.keys(lists.unions)) {
        const [one, other] = [wide, narrow].map(
          ({ segm }) => segm.perClass.find(({ name }) => name === word)?.AP ?? -1,
        )
        console.log(`${recipe}: mask AP of ${word} ${one.toFixed(3)}, merged ${other.toFixed(3)}`)
        expect(one / other, word).toBeGreaterThanOrEqual(WIDER_WORDS_KEEP)
      }
    })
  },
)

describe.skipIf(!hasShared)('region-text as the pack was measured (needs ../shared)', () => {
  it('has its box AP with the boxes that the detector drew, and its mask AP', async () => {
    const cli = await CommandLine.create()
    try {
      const names = readCocoMini().categories.map(({ name }) => name)
      writeFileSync(cli.path('words.txt'), linesOf(names))
      await cli.expect(0, [
        ...['prelabel', '--images', cocoFolder, '--vocabulary', 'words.txt', '--as-published'],
        ...['--recipe', 'region-text', '--out', 'labels.json'],
      ])
      const { stdout } = await cli.expect(0, [
        ...['evaluate', '--gt', cocoTruth, '--dt', 'labels.json', '--boxes', 'detector', '--json'],
      ])
      const [bbox, segm] = (JSON.parse(stdout) as FileEvaluation[]).map(
        ({ evaluation }) => evaluation.summary.AP,
      )
      console.log(`region-text, int8: box AP ${bbox.toFixed(4)}, mask AP ${segm.toFixed(4)}`)
      expect(Math.abs(bbox - 0.28)).toBeLessThanOrEqual(0.005)
      expect(Math.abs(segm - 0.259)).toBeLessThanOrEqual(0.005)
    } finally {
      await cli.remove()
    }
  })
})
