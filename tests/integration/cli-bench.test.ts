import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { benchReportSchema, type BenchReport } from '#main/app/bench/report-schema.ts'
import { splitCategories } from '#main/evaluation/open-vocabulary-split.ts'
import { RECIPE_NAMES } from '#shared/contract/recipes.ts'
import { hasShared, readCocoMini, sharedPath } from '../support/coco-mini.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { CommandLine } from '../support/command-line.ts'

const PHOTOS = 2

describe.skipIf(!hasShared)('lexmask bench recipes (needs ../shared)', () => {
  let cli: CommandLine

  beforeAll(async () => {
    cli = await CommandLine.create()
    writeData('data', (dataset) => dataset)
    mkdirSync(cli.path('models'))
    for (const pack of ['maskrcnn2go-coco', 'clip-text-tables']) {
      symlinkSync(sharedPath('models', pack), cli.path('models', pack), 'dir')
    }
    const tokenizer = sharedPath('models', 'clip-tokenizer', 'tokenizer.json')
    await writeColourClip(cli.path('models', 'colour-clip'), tokenizer)
  })
  afterAll(() => cli.remove())

  type Dataset = ReturnType<typeof readCocoMini>

  /** The first photos of coco-mini on which novel classes are, with their objects, as a change makes them. */
  function writeData(name: string, change: (dataset: Dataset) => unknown): void {
    const all = readCocoMini()
    const novel = new Set(splitCategories(all.categories).novel)
    const images = all.images
      .filter(({ id }) =>
        all.annotations.some((one) => one.image_id === id && novel.has(one.category_id)),
      )
      .slice(0, PHOTOS)
    mkdirSync(cli.path(name, 'images'), { recursive: true })
    for (const { file_name } of images) {
      const photo = sharedPath('data', 'coco-mini', 'images', file_name)
      copyFileSync(photo, cli.path(name, 'images', file_name))
    }
    const ids = new Set(images.map(({ id }) => id))
    const annotations = all.annotations.filter(({ image_id }) => ids.has(image_id))
    const dataset = change({ images, annotations, categories: all.categories })
    writeFileSync(cli.path(name, 'instances.json'), JSON.stringify(dataset))
  }

  const bench = (...args: string[]) => [
    ...['bench', 'recipes', '--models', 'models', '--provider', 'cpu', '--precision', 'int8'],
    ...args,
  ]

  describe('with a detector and a CLIP for tests', () => {
    let report: BenchReport
    let stdout: string
    let page: string

    beforeAll(async () => {
      const command = bench('--data', 'data', '--recipes', 'detector,crop', '--out', 'out')
      ;({ stdout } = await cli.expect(0, command))
      const json: unknown = JSON.parse(readFileSync(cli.path('out', 'bench.json'), 'utf8'))
      report = benchReportSchema.parse(json)
      page = readFileSync(cli.path('out', 'bench.html'), 'utf8')
    })

    it('has a row for each recipe and kind of words, with quality, time and memory', () => {
      expect(report.rows.map(({ recipe, words }) => `${recipe} ${words}`)).toEqual([
        'detector names',
        'detector defaults',
        'detector other-words',
        'detector novel-by-text',
        'crop names',
      ])
      const [names, , otherWords, byText] = report.rows
      expect(names.masks.AP).toBeGreaterThan(0.1)
      expect(names.boxes.AP).toBeGreaterThan(0.1)
      expect(otherWords.masks.AP).toBeCloseTo(names.masks.AP, 2)
      expect(byText.split?.novel.AP).toBeLessThan(names.split?.novel.AP ?? 0)
      for (const { time, peakBytes, precision, perClass } of report.rows) {
        expect(time.msAnImage).toBeGreaterThan(time.runMs)
        expect(Object.keys(time.stageMs)).toContain('proposals')
        expect(peakBytes).toBeGreaterThan(50e6)
        expect(precision?.at50).toHaveLength(101)
        expect(perClass).toHaveLength(80)
      }
    })

    it('says how well true boxes are named, and what the right labels would give', () => {
      const [names] = report.rows
      expect(names.trueBoxes?.objects).toBe(report.data.objects)
      expect(names.trueBoxes?.top1).toBeGreaterThan(0.5)
      expect(names.oracleLabels.AP).toBeGreaterThanOrEqual(names.masks.AP - 0.05)
    })

    it('says how many objects the proposals cover, and which masks fit best', () => {
      const [{ proposal, refined }] = report.proposals
      for (const recalls of [proposal, refined]) {
        expect(recalls.map(({ count }) => count)).toEqual([100, 300, 1000])
        const at50 = recalls.map((recall) => recall.at50)
        expect(at50).toEqual(at50.toSorted((a, b) => a - b))
      }
      expect(report.regions.map(({ box, mask }) => `${box} ${mask}`)).toEqual([
        'refined best-class',
        'refined maximum',
        'proposal best-class',
        'proposal maximum',
      ])
    })

    it('is a page of its own with plots and pictures, and nothing from elsewhere', () => {
      const count = (pattern: RegExp): number => page.match(pattern)?.length ?? 0
      expect(page).toContain('<!doctype html>')
      // Precision over recall and scores of each row, recall of the one detector.
      expect(count(/<svg\s+class="plot"/g)).toBe(2 * report.rows.length + 1)
      // Photos of each row by names, truth and result.
      const named = report.rows.filter(({ words }) => words === 'names').length
      expect(count(/<img\s+src="data:image\/webp;base64,/g)).toBe(named * PHOTOS * 2)
      expect(page).not.toMatch(/<script|<link|https?:|\son\w+=/)
      for (const { file } of report.rows[0].worst) expect(page).toContain(file)
    })

    it('names each recipe that did not run, and marks the pack whose scores mean nothing', () => {
      const named = new Set([...report.rows, ...report.notRun].map(({ recipe }) => recipe))
      expect([...named].toSorted()).toEqual([...RECIPE_NAMES].toSorted())
      expect(stdout).toContain('crop *')
      expect(stdout).toContain('its scores mean nothing')
      expect(stdout).toContain('left out by --recipes')
    })
  })

  it.each([
    ['no such folder', ['--data', 'nowhere'], 1, /nowhere.* does not exist/],
    ['a recipe that is none', ['--data', 'data', '--recipes', 'cropp'], 2, /no recipe cropp.*crop/],
    ['a pack that is none', ['--data', 'data', '--packs', 'other'], 2, /other.*maskrcnn2go-coco/],
    ['no pack of a precision', ['--data', 'data', '--precision', 'int4'], 2, /int4.*int8/],
  ])('refuses %s', async (_what, args, code, sentence) => {
    const { stderr } = await cli.expect(code, bench(...args))
    expect(stderr).toMatch(sentence)
    expect(cli.exists('lexmask-bench')).toBe(false)
  })

  it('names photos that are missing, before a model is loaded', async () => {
    writeData('incomplete', ({ images, ...rest }) => ({
      ...rest,
      images: [...images, { ...images[0], id: 999_999, file_name: 'gone.jpg' }],
    }))
    const { stderr } = await cli.expect(1, bench('--data', 'incomplete'))
    expect(stderr).toMatch(/photos that are not in .*images: gone\.jpg/)
  })

  it('says of a foreign instances.json what it is', async () => {
    writeData('foreign', () => ({ version: '5.0', shapes: [], imagePath: 'a.jpg' }))
    const { stderr } = await cli.expect(1, bench('--data', 'foreign'))
    expect(stderr).toMatch(/instances\.json” is a labelme file/)
  })

  it('says of a photo of another size that the masks are not of it', async () => {
    writeData('other-size', ({ images: [first, ...rest], categories, annotations }) => ({
      images: [{ ...first, width: first.width * 2 }, ...rest],
      categories,
      annotations: annotations.filter(({ image_id }) => image_id !== first.id),
    }))
    const { stderr } = await cli.expect(1, bench('--data', 'other-size', '--recipes', 'detector'))
    expect(stderr).toMatch(
      /\d+\.jpg is (\d+) × \d+, and instances\.json says \d+ × \d+\. The masks are of another image/,
    )
  })
})
