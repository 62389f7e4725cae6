import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FolderOutcome } from '#main/app/prelabel-folder.ts'
import type { RescoreSummary } from '#shared/contract/commands.ts'
import { hasShared, readCocoMini, sharedPath } from '../support/coco-mini.ts'
import {
  annotationSet,
  childrenOf,
  CommandLine,
  cocoFolder,
  cocoPhotos,
  type Ended,
} from '../support/command-line.ts'

/** A person looking for three things that are not there may be shown one in five photos. */
const FALSE_PER_IMAGE_BELOW = 0.2

/** Of COCO's own classes these have no instance in the photos. */
const ABSENT = ['hot dog', 'teddy bear', 'walrus']

let cli: CommandLine

/** Packs with all that scoring reads, and no network: an inference process could not start. */
function writeModelsWithoutNetworks(): string {
  const models = cli.path('no-networks')
  mkdirSync(`${models}/maskrcnn2go-coco`, { recursive: true })
  cpSync(
    sharedPath('models', 'maskrcnn2go-coco', 'model.json'),
    `${models}/maskrcnn2go-coco/model.json`,
  )
  symlinkSync(sharedPath('models', 'clip-text-tables'), `${models}/clip-text-tables`)
  return models
}

/** Run it to a good end, and look all the time whether it starts another process. */
async function runAlone(args: readonly string[]): Promise<Ended> {
  const running = cli.start(args)
  const started = new Set<number>()
  let ended: Ended | null = null
  void running.ended.then((result) => (ended = result))
  while (ended === null) {
    for (const child of childrenOf(running.pid)) started.add(child)
    await sleep(2)
  }
  const result = await running.ended
  expect(result, result.stderr).toMatchObject({ code: 0 })
  expect([...started]).toEqual([])
  return result
}

describe.skipIf(!hasShared)(
  '79 photos, labelled with words for what is not there (needs ../shared)',
  () => {
    let models: string

    beforeAll(async () => {
      cli = await CommandLine.create()
      models = writeModelsWithoutNetworks()
      await cli.expect(0, [
        ...['prelabel', '--images', cocoFolder, '--vocabulary', ABSENT.join(', ')],
        ...['--out', 'labels.json'],
      ])
    })
    afterAll(() => cli.remove())

    const perImage = (name: string): number => {
      const { annotations, images } = cli.readCoco(name)
      return annotations.length / images.length
    }

    it('has hardly any annotations', () => {
      const { annotations, categories } = readCocoMini()
      const present = new Set(annotations.map(({ category_id }) => category_id))
      const names = categories.filter(({ id }) => present.has(id)).map(({ name }) => name)
      expect(names).toHaveLength(78)
      expect(names.filter((name) => ABSENT.includes(name))).toEqual([])

      console.log(
        `${ABSENT.join(', ')}: ${perImage('labels.json').toFixed(3)} annotations an image`,
      )
      expect(perImage('labels.json')).toBeLessThan(FALSE_PER_IMAGE_BELOW)
    })

    it.each([
      'walrus, helicopter, saxophone',
      'gadget, quasar, flibber',
      'camel, gorilla, forklift',
    ])('has hardly any annotations of %s either', async (words) => {
      await runAlone([
        ...['rescore', '--project', 'labels.lexmask', '--vocabulary', words],
        ...['--out', 'others.json'],
      ])
      console.log(`${words}: ${perImage('others.json').toFixed(3)} annotations an image`)
      expect(perImage('others.json')).toBeLessThan(FALSE_PER_IMAGE_BELOW)
    })

    const TOLD = new RegExp(
      "^1 class is the detector's own\n" +
        'quaxip: nothing here knows it; it needs a CLIP pack\n' +
        'zorgle: nothing here knows it; it needs a CLIP pack\n' +
        'A CLIP pack serves any word\\. Get one: .* and use the recipe "crop"\\.',
    )

    it('names the words that no model serves, every time', async () => {
      const prelabel = [
        ...['prelabel', '--images', cocoFolder, '--vocabulary', 'quaxip, person, zorgle'],
        ...['--out', 'labels.json', '--json'],
      ]
      for (let time = 0; time < 2; time++) {
        const { stdout, stderr } = await runAlone(prelabel)
        expect(stderr).toMatch(TOLD)
        const { unservedWords, words } = JSON.parse(stdout) as FolderOutcome
        expect(unservedWords).toEqual(['quaxip', 'zorgle'])
        expect(words.classes.map(({ name, way }) => `${name} ${way}`)).toEqual([
          'quaxip unserved',
          'person exact',
          'zorgle unserved',
        ])
      }
      const { stderr } = await runAlone(['rescore', '--project', 'labels.lexmask'])
      expect(stderr).toMatch(TOLD)
    })

    it.each([
      ['a threshold', ['--threshold', '0.35']],
      ['a synonym', ['--vocabulary', 'synonym.txt']],
      ['80 words', ['--vocabulary', '80.txt']],
      [
        'words of the text table',
        ['--vocabulary', 'jeep, puppy, sofa, television set, baseball cap'],
      ],
    ])('follows %s without an inference process', async (what, change) => {
      writeFileSync(cli.path('synonym.txt'), 'human: person\nquaxip\n')
      const names = readCocoMini().categories.map(({ name }) => `${name}\n`)
      writeFileSync(cli.path('80.txt'), names.join(''))
      const { stdout, ms: wholeMs } = await runAlone([
        ...['rescore', '--project', 'labels.lexmask', ...change, '--models', models, '--json'],
      ])
      const { images, ms } = JSON.parse(stdout) as RescoreSummary & { ms: number }
      console.log(`${what}: 79 photos in ${ms} ms, the whole command ${Math.round(wholeMs)} ms`)
      expect(images).toBe(79)
    })

    it('labels anew with other words without an inference process, and says so', async () => {
      const { stdout, stderr } = await runAlone([
        ...['prelabel', '--images', cocoFolder, '--vocabulary', 'dog, cat', '--models', models],
        ...['--threshold', '0.4', '--out', 'labels.json'],
      ])
      expect(stderr).toMatch(
        /^2 classes are the detector's own\nAll images are labelled in this way already; no model is needed\.\n79 images scored again in \d+ ms, without a model\n$/,
      )
      expect(stdout).toMatch(/^\d+ annotations in 79 images: /)
      expect(cli.readCoco('labels.json').annotations.every(({ score = 0 }) => score >= 0.4)).toBe(
        true,
      )
    })

    it('cannot start one for what really needs it, and says which file is missing', async () => {
      const { code, stderr } = await cli.run([
        ...['prelabel', '--images', cocoFolder, '--vocabulary', 'dog', '--models', models],
        ...['--again', '--out', 'labels.json'],
      ])
      expect(code).toBe(1)
      expect(stderr).toMatch(/^error: .*backbone_rpn\.int8\.onnx is missing/m)
    })
  },
)

describe.skipIf(!hasShared)('scoring again (needs ../shared)', () => {
  const vocabulary = {
    classes: [
      { name: 'human', synonyms: ['person', 'man'], threshold: 0.6 },
      { name: 'vehicle', synonyms: ['car', 'bus', 'truck'], negatives: ['train'] },
      { name: 'jeep' },
    ],
    negatives: ['dog'],
  }

  beforeAll(async () => {
    cli = await CommandLine.create()
    writeFileSync(cli.path('words.json'), JSON.stringify(vocabulary))
    await cli.expect(0, prelabel('person, car, chair', 'first'))
    await cli.expect(0, prelabel('words.json', 'fresh', '--threshold', '0.3'))
  })
  afterAll(() => cli.remove())

  const prelabel = (words: string, name: string, ...options: string[]): string[] => [
    ...['prelabel', '--images', ...cocoPhotos(12), '--vocabulary', words],
    ...['--out', `${name}.json`, ...options],
  ]
  const fresh = (): string[] => annotationSet(cli.readCoco('fresh.json'))

  it('gives what a fresh run with these words and thresholds gives', async () => {
    expect(fresh().length).toBeGreaterThan(5)
    await runAlone(prelabel('words.json', 'first', '--threshold', '0.3'))
    expect(annotationSet(cli.readCoco('first.json'))).toEqual(fresh())
  })

  it('gives the same by its own command, and the way back too', async () => {
    await runAlone(prelabel('person, car, chair', 'first'))
    const before = annotationSet(cli.readCoco('first.json'))
    const rescore = ['rescore', '--project', 'first.lexmask', '--out', 'first.json']
    await runAlone([...rescore, '--vocabulary', 'words.json', '--threshold', '0.3'])
    expect(annotationSet(cli.readCoco('first.json'))).toEqual(fresh())
    await runAlone([...rescore, '--vocabulary', 'person, car, chair', '--threshold', '0.2'])
    expect(annotationSet(cli.readCoco('first.json'))).toEqual(before)
  })

  it('keeps the ids of annotations that stay', async () => {
    await runAlone(prelabel('person, car, chair', 'first'))
    const before = cli.readCoco('first.json').annotations
    await runAlone(prelabel('person, car, chair', 'first', '--threshold', '0.5'))
    const after = cli.readCoco('first.json').annotations
    expect(after.length).toBeGreaterThan(0)
    expect(after).toEqual(before.filter(({ score = 0 }) => score >= 0.5))
  })

  it('also follows in the photos of other folders, when the words of the project change', async () => {
    await runAlone(prelabel('person, car, chair', 'first'))
    const more = ['--images', ...cocoPhotos(13).slice(12), '--vocabulary', 'words.json']
    await cli.expect(0, [
      ...['prelabel', ...more, '--threshold', '0.3', '--project', 'first.lexmask'],
      ...['--out', 'more.json'],
    ])
    await cli.expect(0, ['prelabel', ...more, '--threshold', '0.3', '--out', 'one.json'])
    const one = annotationSet(cli.readCoco('one.json'))
    expect(annotationSet(cli.readCoco('more.json'))).toEqual([...fresh(), ...one].sort())
  })
})
