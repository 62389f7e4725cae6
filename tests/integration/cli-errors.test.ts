import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Failure } from '#shared/contract/errors.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { CommandLine, cocoPhotos, cocoTruth } from '../support/command-line.ts'
import { rowsOf } from '../support/project-rows.ts'

/** What a shell script tells apart. */
const FAILED = 1
const USAGE = 2

const PHOTO = sharedPath('data', 'photos', 'bus.jpg')

let cli: CommandLine

async function create(): Promise<void> {
  cli = await CommandLine.create()
  writeFileSync(cli.path('words.txt'), 'bus: coach\n')
}

/** It says this and nothing of its inside, and leaves the folder as it was. */
async function expectRefusal(
  args: readonly string[],
  code: number,
  message: RegExp,
  environment?: Record<string, string>,
): Promise<void> {
  const before = cli.list()
  const ended = await cli.run(args, environment)
  expect(ended.stderr).toMatch(message)
  expect(ended.stderr).toMatch(/^error: /m)
  expect(ended.stderr).not.toMatch(/^\s+at |node:internal|ZodError|INTERNAL/m)
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' })
  expect(cli.list()).toEqual(before)
}

type Case = readonly [what: string, args: readonly string[], code: number, message: RegExp]

const prelabel = (...rest: string[]): string[] => [
  ...['prelabel', '--images', PHOTO, '--out', 'labels.json', '--vocabulary'],
  ...rest,
]

describe('a command line that is wrong', () => {
  beforeAll(create)
  afterAll(() => cli.remove())

  it.each<Case>([
    [
      'an unknown command',
      ['prelable'],
      USAGE,
      /^error: unknown command 'prelable'\n\(Did you mean prelabel\?\)\n/,
    ],
    ['an unknown option', prelabel('bus', '--treshold', '1'), USAGE, /unknown option '--treshold'/],
    [
      'a missing option',
      ['prelabel', '--images', PHOTO],
      USAGE,
      /required option '--vocabulary <file or words>' not specified/,
    ],
    ['an option without its value', prelabel('bus', '--project'), USAGE, /argument missing/],
    [
      'a threshold that is none',
      prelabel('bus', '--threshold', '30%'),
      USAGE,
      /'--threshold <score>' argument '30%' is invalid\. It has to be a number from 0 to 1/,
    ],
    [
      'an unknown recipe',
      prelabel('bus', '--recipe', 'magic'),
      USAGE,
      /'magic' is invalid\. Allowed choices are detector,/,
    ],
    [
      'an unknown provider',
      prelabel('bus', '--provider', 'tpu'),
      USAGE,
      /Allowed choices are auto,/,
    ],
    ['a count that is none', prelabel('bus', '--threads', '-1'), USAGE, /has to be a whole number/],
    [
      'a parameter without a value',
      prelabel('bus', '--set', 'nmsIou'),
      USAGE,
      /It has to be name=value/,
    ],
    [
      'an unknown parameter of the recipe',
      prelabel('bus', '--set', 'nmsIuo=0.4'),
      USAGE,
      /^error: The recipe "detector" has no parameter nmsIuo\. It has: .*nmsIou, /,
    ],
    [
      'a parameter out of range',
      prelabel('bus', '--set', 'nmsIou=3'),
      USAGE,
      /^error: The recipe "detector": nmsIou: [^;]*<=1\.\n/,
    ],
    ['no words at all', prelabel(''), USAGE, /^error: --vocabulary, line 1, column 1: /],
    [
      'words with an empty one',
      prelabel('car,,bus'),
      USAGE,
      /^error: --vocabulary, line 1, column 5: A name is empty/,
    ],
    [
      'the published parameters of a recipe that has none',
      prelabel('bus', '--recipe', 'crop', '--as-published'),
      USAGE,
      /--as-published/,
    ],
    [
      'a result that would be the project',
      prelabel('bus', '--out', 'site.lexmask'),
      USAGE,
      /^error: site\.lexmask is the project itself\. Choose another name/,
    ],
    [
      'tables of classes without classes',
      ['evaluate', '--gt', 'a', '--dt', 'b', '--class-agnostic', '--per-class'],
      USAGE,
      /leave out --class-agnostic/,
    ],
  ])('is told: %s', async (_what, args, code, message) => {
    await expectRefusal(args, code, message)
  })

  it('points to the help of the command', async () => {
    const { stderr } = await cli.run(['export', '--frob'])
    expect(stderr).toContain('Try: lexmask export --help')
  })
})

describe('something that the command needs', () => {
  beforeAll(async () => {
    await create()
    mkdirSync(cli.path('empty'))
    writeFileSync(cli.path('bad.txt'), 'car: auto\n\nbus, coach\n')
    writeFileSync(cli.path('bad.json'), '{"classes": [{"name": "car"},\n  {"nmae": "bus"}]}')
    writeFileSync(cli.path('package.json'), '{"name": "lexmask"}')
    writeFileSync(cli.path('cut.json'), '{"images": [')
  })
  afterAll(() => cli.remove())

  it.each<Case>([
    [
      'a vocabulary file that is not there',
      prelabel('wrods.txt'),
      FAILED,
      /^error: There is no vocabulary file wrods\.txt\. Check the name, or give the words/,
    ],
    [
      'a vocabulary file of an unusual name that is not there',
      prelabel('coco.names'),
      FAILED,
      /^error: There is no vocabulary file coco\.names/,
    ],
    [
      'a vocabulary with a mistake, by line and column',
      prelabel('bad.txt'),
      FAILED,
      /^error: bad\.txt, line 3, column 4: /,
    ],
    [
      'a JSON vocabulary with a mistake, by line and column',
      prelabel('bad.json'),
      FAILED,
      /^error: bad\.json, line 2, column \d+: /,
    ],
    [
      'a folder for the result that is not there',
      prelabel('bus', '--out', 'results/labels.json', '--project', 'site.lexmask'),
      FAILED,
      /results\/labels\.json” was not written: its folder does not exist; make it first/,
    ],
    [
      'a folder in the place of the result',
      prelabel('bus', '--out', 'empty'),
      FAILED,
      /empty” was not written: a folder of this name is there/,
    ],
    [
      'a file of categories that is not there, before an hour of work',
      prelabel('bus', '--categories-from', 'instances.json'),
      FAILED,
      /instances\.json” does not exist/,
    ],
    [
      'a project that is not there',
      ['export', '--project', 'site.lexmask', '--out', 'labels.json'],
      FAILED,
      /^error: There is no project \S+site\.lexmask\. Check the name/,
    ],
    [
      'a project to score that is not there',
      ['rescore', '--project', 'site.lexmask'],
      FAILED,
      /^error: There is no project/,
    ],
    [
      'a project to tell of that is not there',
      ['info', '--project', 'site.lexmask', '--models', 'empty'],
      FAILED,
      /^error: There is no project/,
    ],
    [
      'a project that is something else',
      prelabel('bus', '--project', 'words.txt'),
      FAILED,
      /^error: words\.txt is not a Lexmask project/,
    ],
    [
      'the truth to compare with',
      ['evaluate', '--gt', 'nothing.json', '--dt', 'package.json'],
      FAILED,
      /nothing\.json” does not exist/,
    ],
    [
      'annotations, in a JSON file of another kind',
      ['evaluate', '--gt', 'package.json', '--dt', 'package.json'],
      FAILED,
      /package\.json” is not a COCO file: that is an object with “images”, “annotations”/,
    ],
    [
      'annotations, in a file that is cut off',
      ['evaluate', '--gt', 'cut.json', '--dt', 'cut.json'],
      FAILED,
      /cut\.json” is cut off: it ends at line 1, column 13/,
    ],
  ])('is told when it is missing: %s', async (_what, args, code, message) => {
    await expectRefusal(args, code, message)
  })

  it('is told when it is missing: the models, with every place that was searched', async () => {
    await expectRefusal(
      prelabel('bus', '--models', 'nowhere'),
      FAILED,
      /^error: The model folder \S+nowhere does not exist\. Give the folder .* with --models/,
    )
    await expectRefusal(
      prelabel('bus'),
      FAILED,
      /^error: Lexmask found no Mask R-CNN pack\. Looked in: \S+empty\. Install one with: lexmask packs add/,
      { LEXMASK_MODELS: cli.path('empty') },
    )
  })

  it('is told to a machine as JSON', async () => {
    const { code, stdout } = await cli.run(prelabel('bad.txt', '--json'))
    expect(code).toBe(FAILED)
    const { error } = JSON.parse(stdout) as { error: Failure }
    expect(error).toMatchObject({
      code: 'FORMAT_INVALID',
      details: { problems: [{ line: 3, column: 4 }] },
    })
  })
})

describe.skipIf(!hasShared)('what cannot be done here (needs ../shared)', () => {
  beforeEach(async () => {
    await create()
    mkdirSync(cli.path('notes'))
    writeFileSync(cli.path('notes', 'note.md'), 'no photo')
  })

  it.each<Case>([
    [
      'a folder of photos that is not there',
      [...prelabel('bus'), '--images', 'fotos'],
      FAILED,
      /^error: “fotos” does not exist\. Check its name/,
    ],
    [
      'a folder without photos',
      ['prelabel', '--images', 'notes', '--vocabulary', 'bus', '--out', 'labels.json'],
      FAILED,
      /^error: There are no images in “notes” or the folders in it\. Looked for: \.jpg/,
    ],
    [
      'a file that is no photo',
      ['prelabel', '--images', 'words.txt', '--vocabulary', 'bus', '--out', 'labels.json'],
      FAILED,
      /^error: “words\.txt” is not an image that can be read\. Supported: \.jpg/,
    ],
    [
      'crops without a CLIP pack',
      prelabel('bus', '--recipe', 'crop'),
      FAILED,
      /^error: Lexmask found no CLIP pack\. Looked in: \S+/,
    ],
    [
      'a pack that is not there',
      prelabel('bus', '--pack', 'magic'),
      FAILED,
      /^error: Lexmask found no pack of the name magic\. Looked in: /,
    ],
    [
      'a precision that the pack does not have',
      prelabel('bus', '--precision', 'int4'),
      USAGE,
      /^error: The pack maskrcnn2go-coco has no precision “int4”\. It has: int8, fp32/,
    ],
  ])('is told: %s', async (_what, args, code, message) => {
    try {
      await expectRefusal(args, code, message)
    } finally {
      await cli.remove()
    }
  })
})

describe.skipIf(!hasShared)('a project with annotations (needs ../shared)', () => {
  beforeAll(async () => {
    await create()
    await cli.expect(0, prelabel('bus, person'))
  })
  afterAll(() => cli.remove())

  it.each<Case>([
    [
      'to be written over by its own export',
      ['export', '--project', 'labels.lexmask', '--out', 'labels.lexmask'],
      USAGE,
      /^error: labels\.lexmask is the project itself/,
    ],
    [
      'an unknown parameter',
      ['rescore', '--project', 'labels.lexmask', '--vocabulary', 'cat', '--set', 'nmsIuo=0.4'],
      USAGE,
      /^error: Scoring has no parameter nmsIuo\. It has: .*nmsIou/,
    ],
    [
      'a parameter that needs a new run',
      ['rescore', '--project', 'labels.lexmask', '--vocabulary', 'cat', '--set', 'proposals=9'],
      USAGE,
      /needs a new run/,
    ],
    [
      'a value out of range',
      ['rescore', '--project', 'labels.lexmask', '--vocabulary', 'cat', '--set', 'nmsIou=3'],
      USAGE,
      /^error: .*nmsIou: [^;]*<=1/,
    ],
    [
      'a comparison with other photos',
      ['evaluate', '--gt', cocoTruth, '--dt', 'labels.json'],
      FAILED,
      /labels\.json has none of the photos of the ground truth/,
    ],
  ])('refuses %s, and stays as it is', async (_what, args, code, message) => {
    const before = rowsOf(cli.path('labels.lexmask'))
    await expectRefusal(args, code, message)
    expect(rowsOf(cli.path('labels.lexmask'))).toEqual(before)
  })

  it.each([
    ['a photo', 'photo.jpg', () => readFileSync(PHOTO)],
    ['a list of words', 'words.txt', () => Buffer.from('bus: coach\n')],
    ['another project', 'other.lexmask', () => readFileSync(cli.path('labels.lexmask'))],
  ])('is not exported over %s', async (_what, name, content) => {
    writeFileSync(cli.path(name), content())
    const commands = [
      ['export', '--project', 'labels.lexmask'],
      ['rescore', '--project', 'labels.lexmask', '--threshold', '0.1'],
      ['prelabel', '--images', PHOTO, '--vocabulary', 'bus', '--project', 'labels.lexmask'],
    ]
    for (const command of commands) {
      await expectRefusal(
        [...command, '--out', name],
        USAGE,
        /^error: “\S+” is there already and holds no annotations: it would be lost\. Choose another/,
      )
    }
    expect(readFileSync(cli.path(name)).equals(content())).toBe(true)
  })

  it('is exported over an older export, and over a file that is empty', async () => {
    const target = cli.path('again.json')
    for (const old of ['', '{"images": []}', '\n [1]']) {
      writeFileSync(target, old)
      await cli.expect(0, ['export', '--project', 'labels.lexmask', '--out', 'again.json'])
      expect(cli.readCoco('again.json').images).toHaveLength(1)
    }
  })

  it('is left alone by a command that fails later', async () => {
    cpSync(cli.path('labels.lexmask'), cli.path('copy.lexmask'))
    const { code } = await cli.run([
      ...['prelabel', '--images', 'nowhere', '--vocabulary', 'cat'],
      ...['--project', 'copy.lexmask', '--out', 'copy.json'],
    ])
    expect(code).toBe(FAILED)
    const { stdout } = await cli.expect(0, ['info', '--project', 'copy.lexmask'])
    expect(stdout).toMatch(/by class: bus \d+, person \d+/)
  })

  it('can be exported while another command works on it, and not be changed', async () => {
    const args = ['prelabel', '--images', ...cocoPhotos(10), '--vocabulary', 'bus, person']
    const running = cli.start([...args, '--project', 'labels.lexmask', '--out', 'more.json'])
    await running.said(/10 images to label/)
    const rescore = await cli.run(['rescore', '--project', 'labels.lexmask'])
    const exported = await cli.run([
      ...['export', '--project', 'labels.lexmask', '--out', 'beside.json'],
    ])
    const { code } = await running.ended
    expect(rescore.code).toBe(FAILED)
    expect(rescore.stderr).toMatch(
      new RegExp(`^error: labels\\.lexmask is open in another Lexmask \\(process ${running.pid} `),
    )
    expect(exported).toMatchObject({ code: 0, stderr: '' })
    expect(cli.readCoco('beside.json').annotations.length).toBeGreaterThan(0)
    expect(code).toBe(0)
    expect(cli.readCoco('more.json').images).toHaveLength(11)
  })
})
