import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommandOutput, PromptedMask } from '#shared/contract/commands.ts'
import { recipeSchema } from '#shared/contract/commands.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { measureRle, rleBbox, rleIou } from '#shared/geometry/rle-algebra.ts'
import { rleFromCocoString, type Rle } from '#shared/geometry/rle.ts'
import type { CocoAnnotation } from '#main/formats/coco-types.ts'
import { forkLauncher } from '#main/inference/worker-process.ts'
import { builtFile } from '../support/build.ts'
import { hasShared, readCocoMini, sharedPath } from '../support/coco-mini.ts'
import { writeColourSam } from '../support/colour-sam/write-colour-sam.ts'
import { ObedientWorkers } from '../support/obedient-worker.ts'
import {
  DETECTOR_CLASSES,
  openApp,
  regionOf,
  type Bench,
  type BenchOptions,
} from './app-fixture.ts'
import { classDraft, imageDraft, temporaryPath, writeVocabulary } from './storage-fixture.ts'

const launch = forkLauncher(builtFile('main', 'worker.js'))
const IMAGES = sharedPath('data', 'coco-mini', 'images')

const maskOf = ({ mask }: PromptedMask): Rle => rleFromCocoString(mask.counts, mask)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** A project with images of a folder and the words. */
async function openProject(
  paths: readonly string[],
  words: readonly string[],
  options: BenchOptions,
): Promise<Bench & { idOf: (name: string) => number }> {
  const bench = openApp(temporaryPath(), options)
  const { project } = bench
  await bench.request('images.add', { paths: [...paths] })
  project.transaction(() =>
    writeVocabulary(project, { classes: words.map((word) => classDraft(word)), negatives: [] }),
  )
  const { images } = await bench.request('images.list', { limit: 1000 })
  const ids = new Map(images.map(({ name, id }) => [name, id]))
  return { ...bench, idOf: (name) => ids.get(name) ?? 0 }
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-prompts-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe.skipIf(!hasShared)('a box [needs ../shared]', () => {
  const coco = hasShared ? readCocoMini() : null
  const nameOf = new Map(coco?.categories.map(({ id, name }) => [id, name]))

  /** Objects by image, the images in their order. */
  function objectsOf(count: number): [file: string, objects: CocoAnnotation[]][] {
    return (coco?.images ?? [])
      .slice(0, count)
      .map(({ id, file_name }): [string, CocoAnnotation[]] => [
        file_name,
        (coco?.annotations ?? []).filter((one) => one.image_id === id && one.iscrowd !== 1),
      ])
      .filter(([, objects]) => objects.length > 0)
  }

  const open = (options: BenchOptions = {}): ReturnType<typeof openProject> =>
    openProject([IMAGES], [...nameOf.values()], {
      launch,
      packFolder: sharedPath('models', 'maskrcnn2go-coco'),
      ...options,
    })

  it.each(['maskrcnn2go-coco', 'maskrcnn2go-regions'])(
    'around a true object becomes its mask: mean IoU of 0.70 at least, with its class (%s)',
    async (pack) => {
      // The second pack says only what differs from the first, which has to lie beside it.
      await symlink(sharedPath('models', 'maskrcnn2go-coco'), join(folder, 'maskrcnn2go-coco'))
      await symlink(sharedPath('models', 'clip-text-tables'), join(folder, 'clip-text-tables'))
      await symlink(sharedPath('models', pack), join(folder, pack)).catch(() => undefined)
      const { request, idOf, app } = await open({ packFolder: folder, pack })
      const classes = new Map(
        app.project.vocabulary.get().classes.map(({ id, name }) => [name, id]),
      )
      const ious: number[] = []
      const firstMs: number[] = []
      const laterMs: number[] = []
      let named = 0
      for (const [file, objects] of objectsOf(79)) {
        for (const [index, { bbox, segmentation, category_id }] of objects.entries()) {
          const startedAt = performance.now()
          const answer = await request('masks.fromBox', { imageId: idOf(file), box: [...bbox] })
          ;(index === 0 ? firstMs : laterMs).push(performance.now() - startedAt)
          const mask = maskOf(answer)
          const truth = rleFromCocoSegmentation(segmentation, mask)
          ious.push(rleIou(measureRle(mask), measureRle(truth), false))
          if (answer.suggestions[0]?.classId === classes.get(nameOf.get(category_id) ?? '')) named++
          expect(answer.suggestions.length).toBeLessThanOrEqual(5)
        }
      }
      const median = (values: number[]): string =>
        (values.sort((a, b) => a - b).at(values.length >> 1) ?? 0).toFixed(0)
      console.log(
        `box to mask, ${pack}: ${ious.length} boxes, mean IoU ${mean(ious).toFixed(4)}, ` +
          `first suggestion right ${((100 * named) / ious.length).toFixed(0)} %; median of the ` +
          `first box of an image ${median(firstMs)} ms, of later ones ${median(laterMs)} ms`,
      )
      expect(mean(ious)).toBeGreaterThan(0.7)
      expect(named / ious.length).toBeGreaterThan(0.6)
    },
  )

  it('of a known class is drawn by what the detector knows of that class', async () => {
    const { request, idOf, app } = await open()
    const { classes } = app.project.vocabulary.get()
    const ious = { free: [] as number[], told: [] as number[] }
    for (const [file, objects] of objectsOf(20)) {
      for (const { bbox, segmentation, category_id } of objects) {
        const classId = classes.find(({ name }) => name === nameOf.get(category_id))?.id
        for (const [way, more] of [
          ['free', {}],
          ['told', { classId }],
        ] as const) {
          const answer = await request('masks.fromBox', {
            ...{ imageId: idOf(file), box: [...bbox] },
            ...more,
          })
          const mask = maskOf(answer)
          const truth = rleFromCocoSegmentation(segmentation, mask)
          ious[way].push(rleIou(measureRle(mask), measureRle(truth), false))
        }
      }
    }
    expect(mean(ious.told)).toBeGreaterThan(mean(ious.free))
    await expect(
      request('masks.fromBox', {
        imageId: idOf(objectsOf(1)[0][0]),
        box: [0, 0, 9, 9],
        classId: 999,
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is answered while a job runs, and the job loses nothing', async () => {
    const { request, idOf, progress, app } = await open()
    const { jobId } = await request('prelabel.start', {
      images: { filter: {} },
      recipe: recipeSchema.parse({ name: 'detector' }),
      vocabularyRevision: app.project.meta.vocabularyRevision(),
    })
    const [file, [{ bbox }]] = objectsOf(1)[0]
    const answers: PromptedMask[] = []
    for (let n = 0; n < 5; n++) {
      answers.push(await request('masks.fromBox', { imageId: idOf(file), box: [...bbox] }))
    }
    // The first waited for the model to be loaded; each of them for one image at most.
    expect(progress.at(-1)?.state).not.toBe('done')
    expect(progress.at(-1)?.items.done).toBeLessThan(40)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    await expect.poll(() => progress.at(-1)?.state, { timeout: 100_000 }).toBe('done')
    expect(app.project.jobs.countItems(jobId)).toMatchObject({ done: 79, failed: 0 })
  })

  it('survives a crash of the process', async () => {
    const { request, idOf, app } = await open()
    const [file, [{ bbox }]] = objectsOf(1)[0]
    const ask = (): Promise<PromptedMask> =>
      request('masks.fromBox', { imageId: idOf(file), box: [...bbox] })
    const before = await ask()
    const { pid } = app.inference
    const pending = ask()
    process.kill(pid ?? 0, 'SIGKILL')
    expect(await pending).toEqual(before)
    expect(app.inference.pid).not.toBe(pid)
    expect((await request('inference.get')).state).toBe('ready')
  })

  it('outside the image is refused, and a narrow one is a pixel wide', async () => {
    const { request, idOf } = await open()
    const imageId = idOf(objectsOf(1)[0][0])
    const ask = (box: XywhBox): Promise<PromptedMask> =>
      request('masks.fromBox', { imageId, box: [...box] })
    await expect(ask([5000, 10, 20, 20])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(ask([10, 10, 0, 5])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    for (const box of [
      [100, 100, 0.1, 0.1],
      [-50, -50, 50.2, 50.2],
      [-10, -10, 10_000, 10_000],
    ] as const) {
      const [, , width, height] = rleBbox(maskOf(await ask(box)))
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(1)
    }
  })

  it('in an image that is gone or is none fails as elsewhere, whatever was seen of it before', async () => {
    const file = join(folder, 'photo.png')
    const photo = { create: { width: 90, height: 60, channels: 3, background: 'red' } } as const
    await sharp(photo).png().toFile(file)
    const { request, idOf } = await openProject([folder], ['bus'], {
      launch,
      packFolder: sharedPath('models', 'maskrcnn2go-coco'),
    })
    const ask = (): Promise<PromptedMask> =>
      request('masks.fromBox', { imageId: idOf('photo.png'), box: [10, 10, 40, 40] })
    expect((await ask()).mask).toMatchObject({ width: 90, height: 60 })
    await sharp({ create: { ...photo.create, width: 120 } })
      .png()
      .toFile(file)
    expect((await ask()).mask).toMatchObject({ width: 120, height: 60 })
    await rm(file)
    await expect(ask()).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
    await expect(
      request('masks.fromBox', { imageId: 99, box: [0, 0, 9, 9] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is not to be had of a model that only knows whole images, and the reason is told', async () => {
    const { request, idOf, app } = await open({ graph: 'detections' })
    const tools = await request('prompts.available')
    expect(tools).toEqual({
      box: false,
      points: false,
      why: expect.stringMatching(/maskrcnn2go-coco makes masks of whole images only/) as string,
    })
    // Asking loads nothing.
    expect(app.inference.pid).toBeUndefined()
    await expect(
      request('masks.fromBox', { imageId: idOf(objectsOf(1)[0][0]), box: [0, 0, 9, 9] }),
    ).rejects.toMatchObject({ code: 'PACK_MISSING', message: tools.why })
  })

  it('after three ends of the process fails by its reason, until somebody tries again', async () => {
    const workers = new ObedientWorkers(DETECTOR_CLASSES, [regionOf([['bus', 0.9]])])
    const { request, project } = openApp(temporaryPath(), {
      launch: workers.launch,
      packFolder: sharedPath('models', 'maskrcnn2go-coco'),
    })
    project.transaction(() => project.images.insertMany([imageDraft('a.jpg')]))
    const ask = (): Promise<PromptedMask> =>
      request('masks.fromBox', { imageId: 1, box: [0, 0, 9, 9] })
    workers.isDeadly = true
    await expect(ask()).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
    await expect(ask()).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: expect.stringContaining('ended 3 times in a row') as string,
    })
    expect((await request('inference.get')).state).toBe('failed')
    workers.isDeadly = false
    await expect(ask()).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
    await request('inference.retry')
    expect(await ask()).toMatchObject({ score: 0.5 })
  })
})

describe.skipIf(!hasShared)('points [needs ../shared]', () => {
  const SCENE = `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="96">
    <rect width="128" height="96" fill="#808080"/>
    <rect x="16" y="16" width="32" height="48" fill="#dc1414"/>
    <rect x="48" y="16" width="32" height="48" fill="#1428dc"/>
  </svg>`
  const RED = [16, 16, 32, 48] as const
  const BLUE = [48, 16, 32, 48] as const

  async function open(
    style: 'sam' | null,
    options: BenchOptions = {},
  ): Promise<Awaited<ReturnType<typeof openProject>>> {
    const packs = join(folder, 'packs')
    await mkdir(packs)
    await symlink(sharedPath('models', 'maskrcnn2go-coco'), join(packs, 'maskrcnn2go-coco'))
    if (style) await writeColourSam(join(packs, 'colour-sam'), style)
    await sharp(Buffer.from(SCENE)).png().toFile(join(folder, 'scene.png'))
    return openProject([join(folder, 'scene.png')], ['red thing'], {
      launch,
      packFolder: packs,
      ...options,
    })
  }

  it('need a SAM pack, which is told without one', async () => {
    const { request, idOf } = await open(null)
    const tools = await request('prompts.available')
    expect(tools).toMatchObject({ box: true, points: false })
    expect(tools.why).toMatch(/pack of the kind SAM/)
    const point = { x: 1, y: 1, isPositive: true }
    await expect(
      request('masks.fromPoints', { imageId: idOf('scene.png'), points: [point] }),
    ).rejects.toMatchObject({ code: 'PACK_MISSING', message: tools.why })
  })

  it('become the mask of what they are in, with what the detector sees there', async () => {
    const { request, idOf } = await open('sam')
    expect(await request('prompts.available')).toEqual({ box: true, points: true, why: null })
    const imageId = idOf('scene.png')
    const at = (x: number, y: number, isPositive = true) => ({ x, y, isPositive })
    const ask = (
      input: Omit<Parameters<typeof request<'masks.fromPoints'>>[1] & object, 'imageId'>,
    ): Promise<CommandOutput<'masks.fromPoints'>> =>
      request('masks.fromPoints', { imageId, ...input })
    const red = await ask({ points: [at(20, 20)] })
    expect(rleBbox(maskOf(red))).toEqual(RED)
    expect(red.score).toBeCloseTo(0.9, 5)
    expect(red.suggestions.length).toBeGreaterThan(0)
    expect(rleBbox(maskOf(await ask({ points: [at(60, 30)] })))).toEqual(BLUE)
    const grey = await ask({ points: [at(4, 4), at(60, 30, false)], box: [0, 0, 16, 96] })
    expect(rleBbox(maskOf(grey))).toEqual([0, 0, 16, 96])
    const nothing = await ask({ points: [at(20, 20), at(40, 40, false)] })
    expect(nothing).toMatchObject({ suggestions: [], mask: { width: 128, height: 96 } })
  })

  it('serve boxes too, where the detector only knows whole images', async () => {
    const { request, idOf } = await open('sam', { graph: 'detections' })
    expect(await request('prompts.available')).toEqual({ box: true, points: true, why: null })
    const answer = await request('masks.fromBox', {
      imageId: idOf('scene.png'),
      box: [16, 16, 64, 48],
    })
    expect(rleBbox(maskOf(answer))).toEqual([16, 16, 64, 48])
    expect(answer.suggestions).toEqual([])
  })
})
