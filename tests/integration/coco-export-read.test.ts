import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCocoDataset, readCocoDetections, readCocoFile } from '#main/formats/read-coco.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import {
  hasShared,
  readCocoMini,
  readReferenceDetections,
  sharedPath,
} from '../support/coco-mini.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexmask-read-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function fileOf(content: unknown): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.json`)
  const isText = typeof content === 'string' || Buffer.isBuffer(content)
  await writeFile(file, isText ? content : JSON.stringify(content))
  return file
}

async function refusal(content: unknown): Promise<LexmaskError> {
  const file = await fileOf(content)
  const thrown: unknown = await readCocoFile(file).catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(LexmaskError)
  const error = thrown as LexmaskError
  expect(error.code).toBe('FORMAT_INVALID')
  expect(error.message).toContain(file)
  return error
}

const image = { id: 1, file_name: 'a.jpg', width: 10, height: 8 }
const category = { id: 3, name: 'bus' }
const boxless = { id: 5, image_id: 1, category_id: 3 }
const box = { ...boxless, bbox: [1, 1, 4, 2] }
const square = { ...box, segmentation: [[1, 1, 5, 1, 5, 3, 1, 3]], area: 8, iscrowd: 0 }

const dataset = (...annotations: unknown[]) => ({
  images: [image],
  annotations,
  categories: [category],
})

describe('what is read', () => {
  it('is the file, in any order and with fields that are not needed', async () => {
    const file = await fileOf({
      annotations: [{ ...square, caption_id: 3, score: 0.5, lexmask: { state: 'accepted' } }],
      licenses: [{ deep: [[[1]]] }],
      categories: [{ ...category, supercategory: 'vehicle', keypoints: ['x'] }],
      images: [{ ...image, coco_url: 'http://x' }],
      info: null,
    })
    expect(await readCocoDataset(file)).toEqual({
      images: [image],
      annotations: [{ ...square, score: 0.5, lexmask: { state: 'accepted' } }],
      categories: [{ ...category, supercategory: 'vehicle' }],
    })
  })

  it('measures on the mask what is missing', async () => {
    const content = dataset(
      { ...boxless, id: 1, segmentation: [[1, 1, 5, 1, 5, 3, 1, 3]], iscrowd: null },
      {
        ...boxless,
        id: 2,
        segmentation: { size: [8, 10], counts: [9, 2, 6, 2, 61] },
        iscrowd: true,
      },
      { ...box, id: 3 },
      { ...box, id: 4, segmentation: [], area: null },
    )
    const { annotations } = await readCocoDataset(await fileOf(content))
    expect(annotations.map(({ bbox, area, iscrowd }) => [bbox, area, iscrowd])).toEqual([
      [[1, 1, 4, 2], 8, 0],
      [[1, 1, 2, 2], 4, 1],
      [[1, 1, 4, 2], 8, 0],
      [[1, 1, 4, 2], 8, 0],
    ])
    expect(annotations[2].segmentation).toEqual([])
  })

  it('may be a bare list of detections', async () => {
    const detections = [
      { image_id: 1, category_id: 3, score: 0.9, bbox: [1, 1, 4, 2] },
      { image_id: 2, category_id: 3, score: 0.1, segmentation: { size: [8, 10], counts: 'Pb1' } },
    ]
    const file = await fileOf(detections)
    expect(await readCocoFile(file)).toEqual({ kind: 'detections', detections })
    expect(await readCocoDetections(await fileOf([]))).toEqual([])
    await expect(readCocoDataset(file)).rejects.toThrow(/list of detections/)
    const scoreless = await fileOf(dataset(square))
    await expect(readCocoDetections(scoreless)).rejects.toThrow(/annotations\[0\]\.score/)
  })

  it.skipIf(!hasShared)('is all of coco-mini and of the reference (needs ../shared)', async () => {
    const mini = await readCocoDataset(sharedPath('data', 'coco-mini', 'instances.json'))
    const { images, annotations, categories } = readCocoMini()
    expect([mini.images.length, mini.categories.length]).toEqual([images.length, categories.length])
    expect(mini.annotations).toEqual(annotations)
    const detections = await readCocoDetections(
      sharedPath('data', 'reference', 'detections.int8.json'),
    )
    expect(detections).toEqual(readReferenceDetections('int8'))
  })

  it('may be long: 100,000 annotations', async () => {
    const text = JSON.stringify(square)
    const lines = Array.from({ length: 100_000 }, (_, i) => text.replace('"id":5', `"id":${i + 1}`))
    const whole = JSON.stringify(dataset('here')).replace('"here"', lines.join(',\n'))
    const file = await fileOf(whole)
    const start = performance.now()
    expect((await readCocoDataset(file)).annotations).toHaveLength(100_000)
    console.log(`read in ${(performance.now() - start).toFixed(0)} ms`)
  })
})

describe('a fault', () => {
  it.each([
    [dataset({ ...square, category_id: 'bus' }), 'annotations[0].category_id'],
    [dataset(square, { ...square, id: -1 }), 'annotations[1].id'],
    [dataset({ ...square, bbox: [1, 2, 3] }), 'annotations[0].bbox'],
    [dataset({ ...square, bbox: [1, 2, -3, 4] }), 'annotations[0].bbox[2]'],
    [
      dataset({ ...square, segmentation: [[1, 1, 5, 1]] }),
      'annotations[0].segmentation[0]: a polygon',
    ],
    [
      dataset({ ...square, segmentation: [[1, 1, 5, 'x', 2, 2]] }),
      'annotations[0].segmentation[0][3]',
    ],
    [dataset({ ...square, segmentation: [1, 2, 3, 4, 5, 6] }), 'annotations[0].segmentation[0]'],
    [dataset({ ...square, segmentation: 'x' }), 'annotations[0].segmentation'],
    [dataset({ ...square, segmentation: { counts: [80] } }), 'annotations[0].segmentation.size'],
    [dataset({ ...square, segmentation: { size: [8, 10], counts: [9, -1] } }), 'counts[1]'],
    [dataset({ ...square, segmentation: { size: [10, 8], counts: 'Pb1' } }), '“a.jpg” is 10 × 8'],
    [dataset({ ...square, iscrowd: 2 }), 'annotations[0].iscrowd'],
    [dataset({ ...square, image_id: 99 }), 'no image has the id 99'],
    [dataset({ ...square, category_id: 99 }), 'no category has the id 99'],
    [dataset(square, square), 'annotations[1].id: annotations[0] has the id 5 too'],
    [dataset({ id: 5, image_id: 1, category_id: 3 }), 'annotations[0]: has neither'],
    [dataset(null), 'annotations[0]'],
    [{ ...dataset(), images: [{ ...image, width: 1e9 }] }, 'images[0].width'],
    [{ ...dataset(), images: [{ ...image, file_name: undefined }] }, 'images[0].file_name'],
    [{ ...dataset(), images: [image, image] }, 'images[1].id'],
    [{ ...dataset(), categories: 'none' }, '“categories” is missing or not a list'],
    [[{ image_id: 1, category_id: 3, score: 0.5 }], '[0]: has neither bbox nor segmentation'],
    [[{ image_id: 1, category_id: 3, bbox: [1, 1, 2, 2] }], '[0].score'],
  ])('is named with its place (%#)', async (content, place) => {
    expect((await refusal(content)).message).toContain(place)
  })

  it('of run lengths that exceed the image is found where they are measured', async () => {
    const counts = [9, 2, 6, 200]
    const { message } = await refusal(
      dataset({ ...boxless, segmentation: { size: [8, 10], counts } }),
    )
    expect(message).toContain('annotations[0].segmentation')
  })

  it('in the JSON is told by line and column', async () => {
    const text = '{"images": [\n  {"id": 1, "file_name": "é" "width": 3}\n]}'
    const { message, details } = await refusal(text)
    expect(message).toContain('line 2')
    expect(message).toContain('images[0]')
    expect(details).toMatchObject({ line: 2, fault: 'syntax', place: 'images[0]' })
    expect(text.slice(0, 13).length + Number(details.column) - 1).toBe(details.byte)
  })

  it('of a file that is cut off says where it ends, and what to do', async () => {
    const text = JSON.stringify(dataset(square, { ...square, id: 6 }), null, 1)
    const cut = text.slice(0, text.indexOf('"id": 6'))
    const { message, details } = await refusal(cut)
    expect(message).toMatch(
      /cut off: it ends at line \d+, column \d+ \(byte \d+\), in annotations\[1\]/,
    )
    expect(message).toContain('copy it again')
    expect(details.byte).toBe(cut.length)
  })

  it('of size does not take memory first', async () => {
    const deep = await refusal(`{"images": [${'['.repeat(1e6)}`)
    expect(deep.details.fault).toBe('too-deep')
    const polluted = await fileOf(
      '{"images": [], "annotations": [], "categories": [{"id": 1, "name": "x", "__proto__": {"a": 1}}]}',
    )
    const { categories } = await readCocoDataset(polluted)
    expect(Object.keys(categories[0])).toEqual(['id', 'name'])
    expect('a' in categories[0]).toBe(false)
  })
})

describe('files of other tools', () => {
  it.each([
    ['labelme', { version: '5.0', shapes: [], imagePath: 'a.jpg', imageData: 'x'.repeat(3e6) }],
    ['VGG Image Annotator', { _via_settings: {}, _via_img_metadata: {} }],
    ['Label Studio', [{ id: 1, data: { image: 'a.jpg' }, annotations: [] }]],
    ['Create ML', [{ image: 'a.jpg', annotations: [{ label: 'x' }] }]],
    ['GeoJSON', { type: 'FeatureCollection', features: [] }],
    ['Supervisely', { description: '', tags: [], size: {}, objects: [] }],
    ['captions', { images: [], annotations: [{ id: 1, image_id: 1, caption: 'a bus' }] }],
    ['panoptic', { images: [], annotations: [{ image_id: 1, segments_info: [] }], categories: [] }],
    ['XML', '<?xml version="1.0"?><annotation/>'],
    ['YOLO', '0 0.5 0.5 0.25 0.25\n'],
    ['ZIP', Buffer.from('PK\x03\x04rest', 'latin1')],
    ['gzip', Buffer.from('\x1f\x8b\x08\x00', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
    ['empty', ''],
    ['not a COCO file', { hello: 'world' }],
    ['not a COCO file', [1, 2, 3]],
    ['not a COCO file', {}],
  ])('are refused by name, with advice: %s', async (name, content) => {
    const { message } = await refusal(content)
    expect(message).toContain(name)
    expect(message.length).toBeGreaterThan(40)
  })

  it('that are not there or not files are told apart', async () => {
    await expect(readCocoFile(join(folder, 'no.json'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
    await expect(readCocoFile(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })
})
