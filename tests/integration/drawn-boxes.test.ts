import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipeSchema } from '#shared/contract/commands.ts'
import { dispatch } from '#shared/contract/dispatch.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { rasterisePolygon } from '#shared/geometry/rasterise-polygon.ts'
import { rleToCocoString } from '#shared/geometry/rle.ts'
import type { App } from '#main/app/create-app.ts'
import { openClip } from '#main/networks/clip.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import { CELL } from '../support/block-detector/graphs.ts'
import { labelScene, openAppOver, WORDS, writeScene } from '../support/block-detector/scene.ts'
import { PICTURE, writeBlockDetector } from '../support/block-detector/write-block-detector.ts'
import { DIMENSION } from '../support/colour-clip/towers.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

const SIZE = { width: PICTURE, height: PICTURE }
/** Around the red block with a rim, inside it, inside the blue one, and on the grey ground; none is a cell. */
const AROUND_RED = [56, 56, 80, 80] as const
const IN_RED = [70, 74, 40, 36] as const
const IN_BLUE = [260, 68, 56, 50] as const
const ON_GREY = [300, 300, 40, 40] as const

const SCORING = {
  templates: 'single',
  logitScale: 100,
  backgroundWords: ['wall'],
  threshold: 0.8,
} as const

describe.skipIf(!hasShared)('what a person drew is called by a run [needs ../shared]', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lexmask-drawn-'))
    await writeScene(join(folder, 'scene.png'))
    await writeColourClip(
      join(folder, 'models/colour-clip'),
      sharedPath('models/clip-tokenizer/tokenizer.json'),
    )
    await writeBlockDetector(join(folder, 'models/block-detector'))
    const report = { requested: 'cpu', used: 'cpu', share: null, refused: [] } as const
    const factory = new SessionFactory(report, { threads: 1 })
    const clip = await openClip(join(folder, 'models/colour-clip'), factory)
    const { vectors } = await clip.embedTexts([WORDS[0].prompt, 'a car'])
    const axis = (at: number): number[] =>
      Array.from({ length: DIMENSION }, (_, i) => (i === at ? 3 : 0))
    await writeBlockDetector(join(folder, 'models/block-regions'), {
      // The more red, the more a bus; blue is nothing.
      vectorOfColour: [[...vectors.subarray(0, DIMENSION)], axis(15), axis(15), axis(14)],
      temperature: 40,
      background: Float32Array.from(axis(15), (value) => value / 3),
      names: vectors,
    })
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  interface Drawing {
    readonly app: App
    readonly imageId: number
    /** Class and state of each annotation, in their order. */
    readonly told: () => string[]
    readonly annotations: () => AnnotationRecord[]
    readonly draw: (word: string, ...points: readonly number[]) => Promise<number>
    readonly box: (word: string, xywh: readonly [number, number, number, number]) => Promise<number>
    readonly run: (
      recipe: Record<string, unknown>,
      more?: { replaceTouched: boolean },
    ) => Promise<void>
  }

  /** The scene, labelled by `detector`, with nothing proposed at this threshold. */
  async function drawing(use: (drawing: Drawing) => Promise<void>): Promise<void> {
    const app = openAppOver(folder, 'drawn')
    try {
      const scoring = { threshold: 1 }
      const none = recipeSchema.parse({ name: 'detector', scoring })
      await labelScene(app, join(folder, 'scene.png'), none)
      const { project } = app
      const [imageId] = project.images.listIds({}, 'added')
      const nameOf = (classId: number): string => project.vocabulary.getClass(classId)?.name ?? ''
      const idOf = (word: string): number =>
        project.vocabulary.get().classes.find(({ name }) => name === word)?.id ?? -1
      const annotations = (): AnnotationRecord[] => project.annotations.listForImage(imageId)
      const draw: Drawing['draw'] = async (word, ...points) => {
        const mask = rasterisePolygon(points, SIZE)
        const encoded = { ...SIZE, counts: rleToCocoString(mask) }
        const create = [{ classId: idOf(word), mask: encoded }]
        const reply = await dispatch(app.handlers, 'annotations.edit', {
          ...{ imageId, step: 'Draw polygon', create },
        })
        if (!reply.ok) throw new Error(reply.error.message)
        return (reply.data as { createdIds: number[] }).createdIds[0]
      }
      await use({
        app,
        imageId,
        annotations,
        told: () => annotations().map(({ classId, state }) => `${nameOf(classId)} ${state}`),
        draw,
        box: (word, [x, y, w, h]) => draw(word, x, y, x + w, y, x + w, y + h, x, y + h),
        run: async (recipe, more) => {
          await app.prelabelling.start({
            images: { imageIds: [imageId] },
            recipe: recipeSchema.parse(recipe),
            vocabularyRevision: project.meta.vocabularyRevision(),
            replaceTouched: more?.replaceTouched ?? false,
          })
          await app.prelabelling.finished()
          const [job] = app.prelabelling.listJobs()
          expect(job).toMatchObject({ error: null, items: { failed: 0 } })
        },
      })
    } finally {
      await app.close()
    }
  }

  const OF_BOXES = { name: 'crop', regions: { source: 'boxes' }, scoring: SCORING }

  it('a box of the wrong class waits with the class that is found, and nothing is added', () =>
    drawing(async ({ app, told, box, run, annotations, imageId }) => {
      const red = await box('gizmo', AROUND_RED)
      const blue = await box('gadget', IN_BLUE)
      const grey = await box('gizmo', ON_GREY)
      const drawn = annotations()
      app.project.images.update(imageId, { status: 'reviewed' })
      await run(OF_BOXES)
      expect(told()).toEqual(['bus proposed', 'gadget accepted', 'gizmo accepted'])
      expect(annotations().map(({ id }) => id)).toEqual([red, blue, grey])
      const [called, ...others] = annotations()
      expect(called).toMatchObject({ origin: 'person', provenance: { recipe: 'crop' } })
      expect(called.provenance?.box).toEqual(AROUND_RED)
      expect(called.score).toBeGreaterThan(0.8)
      // What is red in it, to a fifth of a cell of the mask head a side.
      expect(called.area / CELL ** 2).toBeGreaterThan(0.95)
      expect(called.area / CELL ** 2).toBeLessThan(1.15)
      expect(called.maskHash).not.toBe(drawn[0].maskHash)
      expect(others).toEqual(drawn.slice(1))
      expect(app.project.images.get(imageId)?.status).toBe('labelled')
      await dispatch(app.handlers, 'history.undo', { imageId })
      expect(annotations()).toEqual(drawn)
    }))

  it.each(['vild', 'ovseg', 'fvlm-patch', 'regionclip'] as const)('%s as well', (name) =>
    drawing(async ({ told, box, run }) => {
      await box('gizmo', IN_RED)
      await box('bus', IN_BLUE)
      // The box head of this pack knows nothing blue.
      const alone = name === 'fvlm-patch' ? { regionText: 'ignore' } : {}
      await run({ ...OF_BOXES, name, scoring: { ...SCORING, ...alone, threshold: 0.3 } })
      expect(told()).toEqual(['bus proposed', 'gadget proposed'])
    }),
  )

  it('region-text as well', () =>
    drawing(async ({ told, box, run }) => {
      await box('gizmo', IN_RED)
      await box('gizmo', IN_BLUE)
      const scoring = { threshold: 0.5 }
      await run({ name: 'region-text', regions: { source: 'boxes' }, scoring })
      expect(told()).toEqual(['bus proposed', 'gizmo accepted'])
    }))

  it('an outline that a person drew keeps its mask', () =>
    drawing(async ({ annotations, draw, told, run }) => {
      await draw('gizmo', 70, 70, 120, 70, 70, 120)
      const [{ maskHash, area }] = annotations()
      await run(OF_BOXES)
      expect(told()).toEqual(['bus proposed'])
      expect(annotations()).toMatchObject([{ maskHash, area }])
    }))

  it('follows the words without a model, and a threshold takes nothing away', () =>
    drawing(async ({ app, told, box, run }) => {
      await box('gizmo', IN_RED)
      await run(OF_BOXES)
      await app.rescoring.rescore({ scoring: { threshold: 0.999999 } })
      expect(told()).toEqual(['bus proposed'])
      const { revision, classes } = app.project.vocabulary.get()
      const swapped = classes.map((one) => ({
        ...{ id: one.id, name: one.name, synonyms: [], negatives: [], threshold: null },
        prompts:
          one.name === 'gadget' ? [WORDS[0].prompt] : one.name === 'bus' ? [] : [...one.prompts],
      }))
      await app.handlers['vocabulary.replace']({ revision, negatives: [], classes: swapped })
      await app.rescoring.rescore({ scoring: { threshold: 0.3 } })
      expect(told()).toEqual(['gadget proposed'])
    }))

  it('asks again about what waits and about what was drawn since, and not about what was answered', () =>
    drawing(async ({ app, told, box, run, annotations }) => {
      await box('gizmo', IN_RED)
      await box('gizmo', IN_BLUE)
      await run(OF_BOXES)
      expect(told()).toEqual(['bus proposed', 'gadget proposed'])
      // The red one is a gizmo after all, says the person.
      const [first] = annotations()
      const gizmo = app.project.vocabulary.get().classes.find(({ name }) => name === 'gizmo')
      const target = { imageId: first.imageId, annotationIds: [first.id] }
      await dispatch(app.handlers, 'annotations.setClass', { ...target, classId: gizmo?.id })
      await dispatch(app.handlers, 'annotations.setState', { ...target, state: 'accepted' })
      await box('gizmo', [75, 75, 20, 20])
      await run(OF_BOXES)
      expect(told()).toEqual(['gizmo accepted', 'gadget proposed', 'bus proposed'])
      await run(OF_BOXES, { replaceTouched: true })
      expect(told()).toEqual(['bus proposed', 'gadget proposed', 'bus proposed'])
    }))

  it('leaves the proposals of an earlier run as they are, and an image without drawings alone', () =>
    drawing(async ({ annotations, box, run, told }) => {
      await run({ name: 'crop', scoring: { ...SCORING, threshold: 0.5 } })
      const proposed = annotations()
      expect(proposed.length).toBeGreaterThan(2)
      await run(OF_BOXES)
      expect(annotations()).toEqual(proposed)
      await box('gizmo', ON_GREY)
      await run(OF_BOXES)
      expect(annotations().slice(0, -1)).toEqual(proposed)
      expect(told().at(-1)).toBe('gizmo accepted')
    }))
})
