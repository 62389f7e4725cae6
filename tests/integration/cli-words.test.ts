import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import { displayWidth } from '#main/cli/display-width.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { CommandLine, cocoPhotos } from '../support/command-line.ts'

let cli: CommandLine
beforeAll(async () => {
  cli = await CommandLine.create()
  mkdirSync(cli.path('empty'))
})
afterAll(() => cli.remove())

const words = async (...args: string[]): Promise<ServiceReport> =>
  JSON.parse((await cli.expect(0, ['words', ...args, '--json'])).stdout) as ServiceReport

describe('words, without any pack', () => {
  it('are told for the 80 usual classes, with what to do about it', async () => {
    const { stdout, stderr } = await cli.expect(0, [
      ...['words', 'poodle, vehicle, 汽车, gadget', '--models', 'empty'],
    ])
    expect(stderr).toBe('')
    const [table, packAdvice, advice] = stdout.trimEnd().split('\n\n')
    expect(table.split('\n')).toEqual([
      'word     how       what is labelled',
      'poodle   kind      dogs',
      'vehicle  covers    bicycles, motorcycles, airplanes, buses, trains, trucks and boats; cars ' +
        'are labelled 汽车 already, by the class 汽车',
      '汽车     synonym   cars',
      'gadget   unserved  nothing',
    ])
    expect(packAdvice).toBe(
      `Lexmask found no Mask R-CNN pack. Looked in: ${cli.path('empty')}. Install one with: ` +
        'lexmask packs add <folder of the pack>, or name its folder with --models. ' +
        'Until then this is said of the 80 usual classes, those of COCO.',
    )
    expect(advice).toMatch(/^A CLIP pack serves any word\. Get one: /)
    expect(advice).toContain(cli.path('empty'))
  })

  it('stand in columns, whatever they are written in', async () => {
    const { stdout } = await cli.expect(0, ['words', '狗, dachshund, 沙发', '--models', 'empty'])
    const rows = stdout.split('\n').slice(0, 4)
    const columns = rows.map((row) =>
      displayWidth(row.slice(0, row.search(/how|exact|synonym|kind/))),
    )
    expect(new Set(columns).size).toBe(1)
  })

  it('may come of a file, with synonyms and negatives each on a line', async () => {
    writeFileSync(cli.path('words.txt'), 'dog: hound, -fox\nanimal\n-cat\n')
    const { stdout } = await cli.expect(0, ['words', 'words.txt', '--models', 'empty'])
    expect(stdout).toContain(
      'dog      exact   dogs\n  dog    exact   dog\n  hound  kind    dog\nanimal   covers  ',
    )
    expect(stdout).toContain(
      '\n\n-fox (of dog): takes nothing away; nothing here knows it\n-cat: cats are not labelled\n\n',
    )
  })

  it('that are wrong are told as everywhere', async () => {
    const { stderr } = await cli.expect(2, ['words', 'dog, cat, Dog'])
    expect(stderr).toBe(
      'error: the words, line 1, column 11: "Dog" is already there as "dog" (line 1). Remove one of them.\n',
    )
    expect((await cli.expect(1, ['words', 'nowhere.txt'])).stderr).toContain(
      'There is no vocabulary file nowhere.txt',
    )
  })

  it('are not told for a pack that was named and is not there', async () => {
    const { stderr } = await cli.expect(1, ['words', 'dog', '--models', 'empty', '--pack', 'best'])
    expect(stderr).toContain('Lexmask found no pack of the name best.')
  })
})

describe.skipIf(!hasShared)('words, with the packs of the workspace (needs ../shared)', () => {
  const LIST = 'dog, poodle, lamp, telly, gadget'

  it('are told for each recipe as it serves them', async () => {
    const ways = async (recipe: string): Promise<string[]> =>
      (await words(LIST, '--recipe', recipe)).classes.map(({ way }) => way)
    expect(await ways('detector')).toEqual([
      ...['exact', 'kind', 'region-text', 'synonym', 'unserved'],
    ])
    expect(await ways('region-text')).toEqual([
      ...['region-text', 'region-text', 'region-text', 'region-text', 'unserved'],
    ])
    const crop = await words(LIST, '--recipe', 'crop')
    expect(new Set(crop.classes.map(({ way }) => way))).toEqual(new Set(['unserved']))
    expect(crop.packAdvice).toMatch(/^Lexmask found no CLIP pack\. Looked in: /)
  })

  it('are told for the pack that a run would take', async () => {
    expect((await words('dog')).pack).toBe('maskrcnn2go-coco')
    expect((await words('dog', '--recipe', 'region-text')).pack).toBe('maskrcnn2go-regions')
    expect((await words('dog', '--pack', 'maskrcnn2go-regions')).pack).toBe('maskrcnn2go-regions')
  })

  it('are all served by CLIP in its recipe, and without it that is the advice', async () => {
    mkdirSync(cli.path('with-clip', 'clip'), { recursive: true })
    writeFileSync(cli.path('with-clip', 'clip', 'model.json'), '{"kind":"clip"}')
    const models = ['--models', cli.path('with-clip')]
    symlinkSync(sharedPath('models', 'maskrcnn2go-coco'), cli.path('with-clip', 'coco'))
    const crop = await words('gadget, dog', '--recipe', 'crop', ...models)
    expect(crop).toMatchObject({ packAdvice: null, advice: null })
    expect(crop.classes.map(({ way }) => way)).toEqual(['clip', 'clip'])
    const { advice } = await words('gadget, dog', ...models)
    expect(advice).toBe('The CLIP pack that is installed serves any word: use the recipe "crop".')
  })

  it('label what was told, and each annotation says how', async () => {
    const list = 'human, seat, 汽车, gadget'
    const { stdout, stderr } = await cli.expect(0, [
      ...['prelabel', '--images', ...cocoPhotos(8), '--vocabulary', list],
      ...['--out', 'labels.json', '--json'],
    ])
    const { classes } = await words(list)
    expect(stderr.split('\n').slice(0, 4)).toEqual([
      ...classes.slice(0, 3).map(({ sentence }) => sentence),
      classes[3].sentence,
    ])
    expect((JSON.parse(stdout) as { words: ServiceReport }).words.classes).toEqual(classes)

    const { annotations, categories } = cli.readCoco('labels.json')
    expect(annotations.length).toBeGreaterThan(5)
    for (const { category_id, lexmask } of annotations) {
      const name = categories.find(({ id }) => id === category_id)?.name
      const told = classes.find((one) => one.name === name)
      expect(lexmask?.servedAs).toBe(told?.way)
      expect(told?.labelled).toContain(lexmask?.detectorClass)
    }
  })

  it('say the same of a project that is scored again', async () => {
    const { stdout, stderr } = await cli.expect(0, [
      ...['rescore', '--project', 'labels.lexmask', '--vocabulary', 'seat, dog, gadget', '--json'],
    ])
    const { classes, advice } = await words('seat, dog, gadget')
    expect(stderr).toBe(
      ["1 class is the detector's own", classes[0].sentence, classes[2].sentence, advice, ''].join(
        '\n',
      ),
    )
    const { words: told } = JSON.parse(stdout) as { words: ServiceReport[] }
    expect(told.map((one) => one.classes)).toEqual([classes])
  })
})

describe.skipIf(!hasShared)('boxes of an exported file (needs ../shared)', () => {
  const evaluate = ['evaluate', '--gt', sharedPath('data', 'coco-mini', 'instances.json')]

  beforeAll(async () => {
    await cli.expect(0, [
      ...['prelabel', '--images', ...cocoPhotos(4), '--vocabulary', 'person, chair, car'],
      ...['--out', 'boxes.json'],
    ])
  })

  it('are of the masks, with the one that the detector drew beside them', () => {
    const { annotations } = cli.readCoco('boxes.json')
    for (const { bbox, lexmask } of annotations) {
      const box = lexmask?.box as number[]
      expect(box.every((side) => Math.abs(side * 100 - Math.round(side * 100)) < 1e-6)).toBe(true)
      // A mask is pasted into its box, and may only stick out by a pixel of rounding.
      expect(bbox[0]).toBeGreaterThanOrEqual(box[0] - 1.5)
      expect(bbox[0] + bbox[2]).toBeLessThanOrEqual(box[0] + box[2] + 1.5)
    }
  })

  it('can be compared either way', async () => {
    const ap = async (...options: string[]): Promise<number> => {
      const { stdout } = await cli.expect(0, [
        ...[...evaluate, '--dt', 'boxes.json', '--iou', 'bbox', '--json', ...options],
      ])
      return (JSON.parse(stdout) as { evaluation: { summary: { AP: number } } }[])[0].evaluation
        .summary.AP
    }
    expect(await ap('--boxes', 'mask')).toBe(await ap())
    expect(await ap('--boxes', 'detector')).not.toBe(await ap())
  })

  it('that are not there are told by name', async () => {
    const labels = cli.readCoco('boxes.json')
    const annotations = labels.annotations.map(({ lexmask, ...rest }, at) =>
      at === 1 ? rest : { ...rest, lexmask },
    )
    writeFileSync(cli.path('without.json'), JSON.stringify({ ...labels, annotations }))
    const compare = (file: string): string[] => [...evaluate, '--boxes', 'detector', '--dt', file]
    const { stderr } = await cli.expect(1, compare('without.json'))
    expect(stderr).toContain(
      `without.json has no "lexmask.box" in annotation ${annotations[1].id}: the detector's box`,
    )
    cpSync(sharedPath('data', 'reference', 'detections.int8.json'), cli.path('results.json'))
    expect((await cli.expect(1, compare('results.json'))).stderr).toContain(
      'is a results list, which has one box each. Leave out --boxes detector.',
    )
  })
})
