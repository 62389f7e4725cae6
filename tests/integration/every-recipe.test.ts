import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipeSchema } from '#shared/contract/commands.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import { RECIPE_NAMES, type RecipeName } from '#shared/contract/recipes.ts'
import type { App } from '#main/app/create-app.ts'
import { EVERYTHING, openAppOver, WORDS, writeScene } from '../support/block-detector/scene.ts'
import { writeBlockDetector } from '../support/block-detector/write-block-detector.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { cocoFolder, cocoPhotos, CommandLine } from '../support/command-line.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

/** LEXMASK_EVERY_PHOTO=1 takes all 79, and prints what each recipe did with them. */
const isWhole = process.env.LEXMASK_EVERY_PHOTO === '1'
const PHOTOS = isWhole ? [cocoFolder] : cocoPhotos(2)

interface Summary {
  readonly images: number
  readonly labelled: number
  readonly failed: readonly unknown[]
  readonly export: { readonly annotations: number }
}

/** What an annotation says, in one line that the order of runs does not change. */
function linesOf({ project }: App): string[] {
  return [...project.images.iterate()].flatMap(({ id, name }) =>
    project.annotations
      .listForImage(id)
      .map(({ classId, score, maskHash }) =>
        [name, project.vocabulary.getClass(classId)?.name, score?.toFixed(5), maskHash].join(' '),
      )
      .sort(),
  )
}

describe.skipIf(!hasShared)('every recipe [needs ../shared]', () => {
  let folder: string
  let cli: CommandLine

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-every-'))
    cli = await CommandLine.create()
    const tokenizer = sharedPath('models/clip-tokenizer/tokenizer.json')
    await mkdir(join(folder, 'models'))
    await writeColourClip(join(folder, 'models/colour-clip'), tokenizer)
    for (const pack of ['maskrcnn2go-coco', 'maskrcnn2go-regions', 'clip-text-tables']) {
      await symlink(sharedPath('models', pack), join(folder, 'models', pack))
    }
    await writeScene(join(folder, 'scene.png'))
    await mkdir(join(folder, 'blocks'))
    await writeColourClip(join(folder, 'blocks/models/colour-clip'), tokenizer)
    await writeBlockDetector(join(folder, 'blocks/models/block-detector'))
  })
  afterAll(async () => {
    await cli.remove()
    await rm(folder, { recursive: true })
  })

  /** As the command line does it. */
  async function byCommandLine(
    packs: string,
    photos: readonly string[],
    words: string,
    recipe: RecipeName,
    sets: readonly string[] = [],
  ): Promise<{ lines: string[]; summary: Summary; ms: number }> {
    const project = cli.path(`${recipe}-${Math.random().toString(36).slice(2)}.lexmask`)
    const { stdout, ms } = await cli.expect(0, [
      ...['prelabel', '--images', ...photos, '--vocabulary', words, '--recipe', recipe],
      ...['--models', join(packs, 'models'), '--provider', 'cpu', '--threads', '1'],
      ...['--project', project, '--out', cli.path(`${recipe}.json`), '--json'],
      ...sets.flatMap((set) => ['--set', set]),
    ])
    const app = openAppOver(packs, 'reader', project)
    try {
      return { lines: linesOf(app), summary: JSON.parse(stdout) as Summary, ms }
    } finally {
      await app.close()
    }
  }

  /** As the window asks for it: by the commands of the contract. */
  async function byWindow(
    packs: string,
    photos: readonly string[],
    classes: readonly { readonly name: string; readonly prompts?: readonly string[] }[],
    recipe: RecipeName,
    scoring: object = {},
  ): Promise<string[]> {
    const app = openAppOver(packs, recipe)
    const request = async (name: string, input: unknown): Promise<unknown> => {
      const reply = await dispatch(app.handlers, name, input)
      if (!reply.ok) throw new Error(reply.error.message)
      return reply.data
    }
    try {
      await request('images.add', { paths: photos })
      await request('vocabulary.replace', { revision: 0, classes, negatives: [] })
      await request('prelabel.start', {
        images: { filter: {} },
        recipe: recipeSchema.parse({ name: recipe, scoring }),
        vocabularyRevision: app.project.meta.vocabularyRevision(),
      })
      await app.prelabelling.finished()
      return linesOf(app)
    } finally {
      await app.close()
    }
  }

  it.each(RECIPE_NAMES)(
    '%s labels photos of coco-mini alike through the command line and the window',
    { timeout: isWhole ? 1_200_000 : 120_000 },
    async (recipe) => {
      const words = ['person', 'red bus', 'car', 'dog', 'green chair']
      const told = await byCommandLine(folder, PHOTOS, words.join(', '), recipe)
      expect(told.summary).toMatchObject({ failed: [] })
      expect(told.lines.length).toBeGreaterThan(0)
      console.log(
        `${recipe}: ${told.summary.images} images, ${told.summary.export.annotations} annotations, ${(told.ms / 1000).toFixed(1)} s`,
      )
      const classes = words.map((name) => ({ name }))
      expect(await byWindow(folder, PHOTOS, classes, recipe)).toEqual(told.lines)
    },
  )

  it.each(['crop', 'vild', 'ovseg', 'fvlm-patch', 'regionclip'] as const)(
    '%s gives the scene by the command line what it gives by the window, whose scores are reckoned by hand',
    async (recipe) => {
      const blocks = join(folder, 'blocks')
      const file = cli.path('words.json')
      const classes = WORDS.map(({ name, prompt }) => ({ name, prompts: [prompt] }))
      await writeFile(file, JSON.stringify({ classes, negatives: [] }))
      const scene = [join(folder, 'scene.png')]
      const sets = Object.entries(EVERYTHING).map(([name, value]) =>
        [name, Array.isArray(value) ? JSON.stringify(value) : String(value)].join('='),
      )
      const { lines } = await byCommandLine(blocks, scene, file, recipe, sets)
      expect(lines).toHaveLength(4 * WORDS.length)
      expect(await byWindow(blocks, scene, classes, recipe, EVERYTHING)).toEqual(lines)
    },
  )
})
