import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipeSchema } from '#shared/contract/commands.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { boxFromXywh, boxIou, type Box } from '#shared/geometry/box.ts'
import { parseVocabulary } from '#shared/vocabulary/parse.ts'
import { createApp, type App } from '#main/app/create-app.ts'
import { prelabelFolder } from '#main/app/prelabel-folder.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { resourcesFolder } from '../support/lexicon.ts'

const WORKER = join(import.meta.dirname, '../../out/main/worker.js')

/** A red and a blue block with dark windows, on a grey street. */
const RED_BLOCK: Box = [40, 120, 290, 330]
const BLUE_BLOCK: Box = [350, 120, 600, 330]
const SCENE = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="420">
  <rect width="640" height="420" fill="#b4b4b4"/>
  <rect y="330" width="640" height="90" fill="#6e6e6e"/>
  <rect x="40" y="120" width="250" height="210" rx="12" fill="#d01818"/>
  <rect x="350" y="120" width="250" height="210" rx="12" fill="#1c3fd0"/>
  ${[60, 130, 200, 370, 440, 510].map((x) => `<rect x="${x}" y="145" width="55" height="50" fill="#2a2a2a"/>`).join('')}
  ${[90, 240, 400, 550].map((x) => `<circle cx="${x}" cy="330" r="24" fill="#181818"/>`).join('')}
</svg>`

describe.skipIf(!hasShared)('crop with the colour CLIP [needs ../shared]', () => {
  let folder: string
  let app: App

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-crop-'))
    const models = join(folder, 'models')
    await sharp(Buffer.from(SCENE)).png().toFile(join(folder, 'scene.png'))
    await writeColourClip(
      join(models, 'colour-clip'),
      sharedPath('models/clip-tokenizer/tokenizer.json'),
    )
    await symlink(sharedPath('models/maskrcnn2go-coco'), join(models, 'maskrcnn2go-coco'))
    app = createApp({
      projectFile: join(folder, 'scene.lexmask'),
      open: { create: true },
      packRoots: [{ folder: models, required: true }],
      resourcesFolder,
      reviewerName: null,
      inference: {
        launch: forkLauncher(WORKER),
        pack: null,
        precision: null,
        graph: null,
        provider: 'cpu',
        threads: 0,
        maxPixels: 2 ** 28,
      },
      report: (error) => {
        throw error
      },
    })
    const { classes, negatives } = parseVocabulary('red bus, blue bus')
    await prelabelFolder(
      app,
      {
        paths: [join(folder, 'scene.png'), sharedPath('data/photos/bus.jpg')],
        vocabulary: {
          revision: 0,
          classes: classes.map(({ name, colour }) => ({ name, colour })),
          negatives: [...negatives],
        },
        recipe: recipeSchema.parse({ name: 'crop' }),
        again: false,
      },
      { words: () => undefined, ready: () => undefined },
    )
  })

  afterAll(async () => {
    await app.close()
    await rm(folder, { recursive: true })
  })

  function annotationsOf(name: string): { label: string; annotation: AnnotationRecord }[] {
    const image = app.project.images.list({ search: name }, { offset: 0, limit: 1 }).images[0]
    return app.project.annotations
      .listForImage(image.id)
      .map((annotation) => ({
        label: app.project.vocabulary.getClass(annotation.classId)?.name ?? '',
        annotation,
      }))
      .sort((a, b) => (b.annotation.score ?? 0) - (a.annotation.score ?? 0))
  }

  const bestOn = (name: string, block: Box): string | undefined =>
    annotationsOf(name).find(({ annotation }) => boxIou(boxFromXywh(annotation.bbox), block) > 0.5)
      ?.label

  it('calls the red block a red bus and the blue block a blue bus', () => {
    expect(bestOn('scene.png', RED_BLOCK)).toBe('red bus')
    expect(bestOn('scene.png', BLUE_BLOCK)).toBe('blue bus')
  })

  it('never calls a region of one block by the colour of the other', () => {
    for (const { label, annotation } of annotationsOf('scene.png')) {
      const box = boxFromXywh(annotation.bbox)
      if (boxIou(box, RED_BLOCK) > 0.5) expect(label).toBe('red bus')
      if (boxIou(box, BLUE_BLOCK) > 0.5) expect(label).toBe('blue bus')
    }
  })

  it('calls the bus of the street photo a blue bus', () => {
    expect(bestOn('bus.jpg', [32, 230, 789, 697])).toBe('blue bus')
  })

  it('keeps a unit region vector with every candidate', () => {
    for (const { candidates } of app.project.candidates.iterateByImage()) {
      expect(candidates.length).toBeGreaterThan(5)
      for (const { vector } of candidates) expect(vector).toHaveLength(16)
    }
  })

  it('calls the blocks by other words at once, and asks the model only for the new words', async () => {
    const before = annotationsOf('scene.png').length
    const { revision } = app.project.vocabulary.get()
    await app.handlers['vocabulary.replace']({
      revision,
      negatives: [],
      classes: ['green bus', 'blue bus', 'red bus'].map((name) => ({
        name,
        synonyms: name === 'red bus' ? ['scarlet coach'] : [],
        prompts: [],
        negatives: [],
        threshold: null,
      })),
    })
    await app.rescoring.rescore({})
    expect(before).toBeGreaterThan(0)
    expect(bestOn('scene.png', RED_BLOCK)).toBe('red bus')
    expect(bestOn('scene.png', BLUE_BLOCK)).toBe('blue bus')
    await app.inference.stop()
    // Every sentence is in the project's cache now: no process is started for a threshold.
    await app.rescoring.rescore({ scoring: { threshold: 0.3 } })
    expect(app.inference.state().state).toBe('stopped')
  })
})
