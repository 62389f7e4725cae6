import { execFileSync } from 'node:child_process'
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
  utimes,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeCoco } from '#main/formats/coco.ts'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import type {
  ExportAnnotation,
  ExportDataset,
  ExportImage,
  ExportItem,
} from '#main/formats/format.ts'
import { readCocoDataset, readCocoDetections } from '#main/formats/read-coco.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { rleFromBitmap } from '#shared/geometry/rle-bitmap.ts'
import { isEmptyRle, rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { bitmapFromRows, randomBitmap } from '../support/random-masks.ts'
import { SeededRandom } from '../support/random.ts'

let folder: string
let target: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-coco-'))
  target = join(folder, 'instances.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const createdAt = new Date('2026-11-02T10:00:00Z')

const maskOf = (...rows: string[]): Rle => {
  const bitmap = bitmapFromRows(...rows)
  return rleFromBitmap(bitmap.pixels, bitmap)
}

const ring = maskOf('......', '.####.', '.#..#.', '.####.', '......')
const twoParts = maskOf('##....', '##....', '......', '....##', '....##')
const nothing = maskOf('......', '......', '......', '......', '......')

const photo: ExportImage = { id: 12, name: 'north/图片 (1).jpg', width: 6, height: 5 }

const annotation = (
  id: number,
  mask: Rle,
  more: Partial<ExportAnnotation> = {},
): ExportAnnotation => ({
  id,
  classId: 2,
  mask,
  isCrowd: false,
  attributes: {},
  score: 0.75,
  state: 'proposed',
  origin: 'run',
  provenance: { recipe: 'detector', runId: 4, detectorClass: 'bus', objectness: 0.5 },
  ...more,
})

const datasetOf = (...items: ExportItem[]): ExportDataset => ({
  title: 'Streets',
  classes: [
    { id: 2, name: 'red bus' },
    { id: 5, name: 'tram' },
  ],
  items,
})

const readTarget = async () => JSON.parse(await readFile(target, 'utf8')) as Record<string, unknown>

const masksOf = (dataset: CocoDataset): Rle[] => {
  const imageOfId = new Map(dataset.images.map((image) => [image.id, image]))
  return dataset.annotations.map(({ image_id, segmentation }) => {
    const image = imageOfId.get(image_id)
    if (image === undefined) throw new Error(`no image ${image_id}`)
    return rleFromCocoSegmentation(segmentation, image)
  })
}

describe('the file', () => {
  it('is what COCO tools expect, field by field', async () => {
    const report = await writeCoco(
      datasetOf({ image: photo, annotations: [annotation(31, twoParts)] }),
      target,
      { createdAt },
    )
    expect(await readTarget()).toEqual({
      info: {
        description: 'Streets',
        version: '1.0',
        year: 2026,
        contributor: '',
        date_created: '2026-11-02T10:00:00.000Z',
      },
      licenses: [],
      categories: [
        { id: 2, name: 'red bus' },
        { id: 5, name: 'tram' },
      ],
      images: [{ id: 12, file_name: 'north/图片 (1).jpg', width: 6, height: 5 }],
      annotations: [
        {
          id: 31,
          image_id: 12,
          category_id: 2,
          segmentation: [
            [0, 0, 2, 0, 2, 2, 0, 2],
            [4, 3, 6, 3, 6, 5, 4, 5],
          ],
          area: 8,
          bbox: [0, 0, 6, 5],
          iscrowd: 0,
          score: 0.75,
          lexmask: {
            state: 'proposed',
            origin: 'run',
            recipe: 'detector',
            runId: 4,
            detectorClass: 'bus',
            objectness: 0.5,
          },
        },
      ],
    })
    expect(report).toEqual({
      images: 1,
      annotations: 1,
      omittedCount: 0,
      omitted: [],
      sharedNames: [],
    })
  })

  it('has no score where a person drew, and run lengths of numbers for a crowd', async () => {
    const drawn = { score: null, state: 'accepted', origin: 'person', provenance: null } as const
    await writeCoco(
      datasetOf({ image: photo, annotations: [annotation(1, ring, { ...drawn, isCrowd: true })] }),
      target,
    )
    const { annotations } = (await readTarget()) as { annotations: Record<string, unknown>[] }
    expect(annotations[0]).toMatchObject({
      iscrowd: 1,
      segmentation: { size: [5, 6], counts: [6, 3, 2, 1, 1, 1, 2, 1, 1, 1, 2, 3, 6] },
      lexmask: { state: 'accepted', origin: 'person' },
    })
    expect(annotations[0]).not.toHaveProperty('score')
  })

  it('holds images without annotations, and is valid without any images', async () => {
    await writeCoco(datasetOf({ image: photo, annotations: [] }), target)
    expect((await readCocoDataset(target)).images).toHaveLength(1)
    await writeCoco(datasetOf(), target)
    expect(await readTarget()).toMatchObject({ images: [], annotations: [] })
  })

  it('takes category ids from a template', async () => {
    await writeCoco(datasetOf({ image: photo, annotations: [annotation(1, ring)] }), target, {
      categoriesFrom: [{ id: 6, name: 'Red Bus', supercategory: 'vehicle' }],
    })
    const { categories, annotations } = await readCocoDataset(target)
    expect(categories).toEqual([
      { id: 6, name: 'red bus', supercategory: 'vehicle' },
      { id: 5, name: 'tram' },
    ])
    expect(annotations[0].category_id).toBe(6)
  })
})

describe('masks', () => {
  it.each(['auto', 'rle', 'polygon'] as const)(
    'come back bit for bit as %s, and writing them again changes no byte',
    async (segmentation) => {
      const items: ExportItem[] = []
      for (let seed = 1; seed <= 60; seed++) {
        const random = new SeededRandom(seed)
        const size = { width: random.integer(1, 24), height: random.integer(1, 24) }
        const annotations = Array.from({ length: random.integer(0, 4) }, (_, i) => {
          const bitmap = randomBitmap(random, size)
          return annotation(seed * 10 + i, rleFromBitmap(bitmap.pixels, bitmap), {
            isCrowd: random.next() < 0.2,
          })
        }).filter(({ mask }) => !isEmptyRle(mask))
        items.push({ image: { id: seed, name: `${seed}.jpg`, ...size }, annotations })
      }
      await writeCoco(datasetOf(...items), target, { segmentation, createdAt })
      const first = await readFile(target, 'utf8')
      const dataset = await readCocoDataset(target)
      const masks = masksOf(dataset)
      const written = items.flatMap(({ annotations }) => annotations.map(({ mask }) => mask))
      expect(masks).toEqual(written)
      for (const [i, { area, bbox }] of dataset.annotations.entries()) {
        expect([area, bbox]).toEqual([rleArea(masks[i]), rleBbox(masks[i])])
      }

      let next = 0
      const again = dataset.images.map(({ id, file_name, width, height }) => ({
        image: { id, name: file_name, width, height },
        annotations: dataset.annotations
          .filter(({ image_id }) => image_id === id)
          .map((it) => annotation(it.id, masks[next++], { isCrowd: it.iscrowd === 1 })),
      }))
      await writeCoco(datasetOf(...again), target, { segmentation, createdAt })
      expect(await readFile(target, 'utf8')).toBe(first)
    },
  )

  it('that cannot be written are left out and reported, and the rest is written', async () => {
    const other = maskOf('#')
    const beyond = { ...ring, counts: Uint32Array.of(6, 3, 200) }
    const report = await writeCoco(
      datasetOf({
        image: photo,
        annotations: [
          annotation(1, nothing),
          annotation(2, other),
          annotation(3, beyond),
          annotation(4, ring, { classId: 99 }),
          annotation(5, ring),
        ],
      }),
      target,
    )
    expect(report).toMatchObject({ annotations: 1, omittedCount: 4 })
    expect(report.omitted.map(({ annotationId, reason }) => [annotationId, reason])).toEqual([
      [1, 'empty-mask'],
      [2, 'mask-does-not-fit'],
      [3, 'mask-does-not-fit'],
      [4, 'unknown-class'],
    ])
    expect((await readCocoDataset(target)).annotations.map(({ id }) => id)).toEqual([5])
  })

  it.skipIf(!hasShared)('of COCO itself come back from an export (needs ../shared)', async () => {
    const dataset = await readCocoDataset(sharedPath('data', 'coco-mini', 'instances.json'))
    const masks = masksOf(dataset)
    const items = dataset.images.map(({ id, file_name, width, height }) => ({
      image: { id, name: file_name, width, height },
      annotations: dataset.annotations.flatMap((it, i) =>
        it.image_id === id
          ? [annotation(it.id, masks[i], { classId: it.category_id, isCrowd: it.iscrowd === 1 })]
          : [],
      ),
    }))
    const report = await writeCoco({ title: 'mini', classes: dataset.categories, items }, target)
    expect(report).toMatchObject({ images: 79, annotations: 624, omittedCount: 0 })
    const back = await readCocoDataset(target)
    const maskOfId = new Map(dataset.annotations.map(({ id }, i) => [id, masks[i]]))
    const backMasks = masksOf(back)
    for (const [i, { id }] of back.annotations.entries()) {
      expect(backMasks[i]).toEqual(maskOfId.get(id))
    }
    expect(back.categories.map(({ id, name }) => [id, name])).toEqual(
      dataset.categories.map(({ id, name }) => [id, name]),
    )
    // What was written has scores, so it can be read as detections too.
    expect(await readCocoDetections(target)).toHaveLength(624)
  })
})

describe('names', () => {
  it.each(['/home/me/a.jpg', 'C:/a.jpg', '../a.jpg', 'a/../../b.jpg', ''])(
    'that are no place in the dataset are refused: “%s”',
    async (name) => {
      const item = { image: { ...photo, name }, annotations: [] }
      await expect(writeCoco(datasetOf(item), target)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
      expect(await readdir(folder)).toEqual([])
    },
  )

  it('that two images share are reported', async () => {
    const twin = { image: { ...photo, id: 13 }, annotations: [] }
    const report = await writeCoco(datasetOf({ image: photo, annotations: [] }, twin), target)
    expect(report.sharedNames).toEqual([photo.name])
  })
})

describe('writing', () => {
  const many = (count: number): ExportDataset => ({
    ...datasetOf(),
    items: (async function* () {
      for (let id = 1; id <= count; id++) {
        await Promise.resolve()
        const annotations = [annotation(id * 2, ring), annotation(id * 2 + 1, twoParts)]
        yield { image: { ...photo, id, name: `${id}.jpg` }, annotations }
      }
    })(),
  })

  it('streams: memory does not grow with the dataset', async () => {
    await writeCoco(many(2000), target)
    const before = process.memoryUsage().heapUsed
    let highest = 0
    const watched = many(60_000)
    const items = (async function* () {
      let count = 0
      for await (const item of watched.items) {
        if (++count % 5000 === 0) highest = Math.max(highest, process.memoryUsage().heapUsed)
        yield item
      }
    })()
    const report = await writeCoco({ ...watched, items }, target)
    expect(report).toMatchObject({ images: 60_000, annotations: 120_000 })
    const { size } = await stat(target)
    expect(size).toBeGreaterThan(30e6)
    // Names are kept to find shared ones; garbage that is not collected yet counts too.
    expect(highest - before).toBeLessThan(120e6)
    const text = await readFile(target, 'utf8')
    const parsed = JSON.parse(text) as { images: unknown[]; annotations: unknown[] }
    expect([parsed.images.length, parsed.annotations.length]).toEqual([60_000, 120_000])
  })

  it('that fails half-way leaves the old file, and nothing else', async () => {
    await writeFile(target, 'old')
    const broken = {
      ...datasetOf(),
      items: (function* () {
        yield { image: photo, annotations: [annotation(1, ring)] }
        throw new Error('the database is gone')
      })(),
    }
    await expect(writeCoco(broken, target)).rejects.toThrow('the database is gone')
    expect(await readFile(target, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['instances.json'])
  })

  it('can be cancelled', async () => {
    const controller = new AbortController()
    const { items, ...rest } = many(100)
    const counted = (async function* () {
      let count = 0
      for await (const item of items) {
        if (++count === 50) controller.abort()
        yield item
      }
    })()
    await expect(
      writeCoco({ ...rest, items: counted }, target, {}, controller.signal),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await readdir(folder)).toEqual([])
  })

  it('says what is wrong with the place', async () => {
    const dataset = datasetOf({ image: photo, annotations: [] })
    await expect(writeCoco(dataset, join(folder, 'no', 'a.json'))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining('folder does not exist') as string,
    })
    await mkdir(target)
    await writeFile(join(target, 'inside'), '')
    await expect(writeCoco(dataset, target)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    expect(await readdir(folder)).toEqual(['instances.json'])
  })

  it('replaces no device and no pipe', async () => {
    execFileSync('mkfifo', [target])
    await expect(writeCoco(datasetOf(), target)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining('a device or a pipe is there') as string,
    })
    expect((await stat(target)).isFIFO()).toBe(true)
    expect(await readdir(folder)).toEqual(['instances.json'])
  })

  it('takes away what a process that was killed has left, and not what another is writing', async () => {
    const old = ['.lexmask-0123456789ab.part', '.lexmask-0123456789ab.spool']
    const present = '.lexmask-ba9876543210.part'
    const foreign = '.lexmask-notes.part'
    for (const name of [...old, present, foreign]) await writeFile(join(folder, name), '{')
    const yesterday = Date.now() / 1000 - 25 * 3600
    for (const name of [...old, foreign]) await utimes(join(folder, name), yesterday, yesterday)
    await writeCoco(datasetOf(), target)
    expect((await readdir(folder)).sort()).toEqual([present, foreign, 'instances.json'].sort())
  })

  it('goes through a link to the file behind it', async () => {
    await writeFile(join(folder, 'real.json'), 'old')
    await symlink('real.json', target)
    await writeCoco(datasetOf(), target)
    expect(await readlink(target)).toBe('real.json')
    expect(await readFile(join(folder, 'real.json'), 'utf8')).toContain('"annotations"')
  })
})
