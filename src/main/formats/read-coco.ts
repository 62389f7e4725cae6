import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { z } from 'zod'
import { LexmaskError, type ErrorDetails } from '#shared/contract/errors.ts'
import type { XywhBox } from '#shared/geometry/box.ts'
import {
  rleFromCocoSegmentation,
  type CocoSegmentation,
} from '#shared/geometry/coco-segmentation.ts'
import { GeometryError } from '#shared/geometry/geometry-error.ts'
import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import {
  cocoAnnotationSchema,
  cocoCategorySchema,
  cocoDetectionSchema,
  cocoImageSchema,
  sentenceOfIssue,
} from './coco-schema.ts'
import type {
  CocoAnnotation,
  CocoCategory,
  CocoDataset,
  CocoDetection,
  CocoImage,
} from './coco-types.ts'
import { readFailure } from './file-errors.ts'
import { JsonElementReader, JsonElementsError, type JsonVisitor } from './json-elements.ts'

/** What a COCO file may be: annotations of images, or the bare list of what a model found. */
export type CocoFile =
  | { readonly kind: 'dataset'; readonly dataset: CocoDataset }
  | { readonly kind: 'detections'; readonly detections: readonly CocoDetection[] }

/** The largest files in use (LVIS, Objects365) have 1 to 5 GB; what is read stays in memory. */
const MAX_FILE_BYTES = 8 * 2 ** 30

const CHUNK_BYTES = 2 ** 20

/**
 * Reads instances (`{images, annotations, categories}`) or results (`[{image_id, …}, …]`).
 *
 * Every field that is kept is checked; ids are unique and lead somewhere; run lengths are of their
 * image's size. A box or an area that is missing is measured on the mask. Nothing is repaired.
 *
 * @throws LexmaskError FILE_NOT_FOUND, FILE_UNREADABLE; FORMAT_INVALID, whose message says what is
 *   wrong and where, and for a file of another tool which, and what to do
 */
export async function readCocoFile(file: string): Promise<CocoFile> {
  const collector = new Collector(file)
  const root = await readElements(file, collector)
  return collector.finish(root)
}

/**
 * A file of annotated images.
 * @throws LexmaskError as `readCocoFile`
 */
export async function readCocoDataset(file: string): Promise<CocoDataset> {
  const content = await readCocoFile(file)
  if (content.kind === 'dataset') return content.dataset
  throw formatError(
    file,
    'is a list of detections, which does not say of which photos. Open the annotations that it ' +
      'belongs to, and give this file as the detections.',
  )
}

/**
 * What a model found: a results file, or a dataset whose annotations have scores, as Lexmask writes.
 * @throws LexmaskError as `readCocoFile`
 */
export async function readCocoDetections(file: string): Promise<readonly CocoDetection[]> {
  const content = await readCocoFile(file)
  if (content.kind === 'detections') return content.detections
  return content.dataset.annotations.map((annotation, i) => {
    const { image_id, category_id, bbox, segmentation, score } = annotation
    if (score === undefined) {
      throw formatError(file, `has no annotations[${i}].score. Detections have one each.`)
    }
    return { image_id, category_id, bbox, segmentation, score }
  })
}

function formatError(file: string, sentence: string, details: ErrorDetails = {}): LexmaskError {
  return new LexmaskError('FORMAT_INVALID', `“${file}” ${sentence}`, { file, ...details })
}

async function readElements(file: string, visitor: JsonVisitor): Promise<'list' | 'object'> {
  const bytes = await sizeOf(file)
  if (bytes > MAX_FILE_BYTES) {
    throw formatError(file, `has ${bytes} bytes; up to ${MAX_FILE_BYTES} are read. Split it.`)
  }
  const reader = new JsonElementReader(visitor)
  let isFirst = true
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      if (isFirst) refuseOtherKinds(file, chunk as Buffer)
      isFirst = false
      reader.push(chunk as Buffer)
    }
    if (isFirst) throw formatError(file, 'is empty. Export or copy it again.')
    return reader.finish()
  } catch (error) {
    if (error instanceof JsonElementsError) throw await jsonFailure(file, error)
    throw error instanceof LexmaskError ? error : readFailure(file, error)
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    const facts = await stat(file)
    if (facts.isFile()) return facts.size
    if (!facts.isDirectory()) throw Object.assign(new Error('not a file'), { code: 'ENXIO' })
  } catch (error) {
    throw readFailure(file, error)
  }
  throw readFailure(file, Object.assign(new Error('not a file'), { code: 'EISDIR' }))
}

/** By the first bytes, what is no JSON at all. */
function refuseOtherKinds(file: string, head: Buffer): void {
  const start = head.toString('latin1', 0, 64).trimStart()
  const isUtf16 = start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')
  if (isUtf16) throw formatError(file, 'is UTF-16 text. Save it as UTF-8.')
  if (start.startsWith('PK\x03\x04')) throw formatError(file, 'is a ZIP archive. Unpack it first.')
  if (start.startsWith('\x1f\x8b')) throw formatError(file, 'is packed with gzip. Unpack it first.')
  if (start.startsWith('<')) {
    throw formatError(
      file,
      'is XML, not COCO JSON; it may be a Pascal VOC or CVAT file. Export it as “COCO” there.',
    )
  }
  if (/^\d+( -?[\d.]+){4}/.test(start)) {
    throw formatError(file, 'looks like YOLO labels, not COCO JSON. Convert it to COCO first.')
  }
}

async function jsonFailure(file: string, error: JsonElementsError): Promise<LexmaskError> {
  const { line, column } = await lineAndColumn(file, error.byte)
  const { byte, place, fault } = error
  const where = `at line ${line}, column ${column} (byte ${byte})`
  const inPlace = place === '' ? '' : `, in ${place}`
  const details = { byte, line, column, place, fault }
  return fault === 'cut-off'
    ? formatError(file, `is cut off: it ends ${where}${inPlace}. Export or copy it again.`, details)
    : formatError(file, `is not valid JSON ${where}${inPlace}: ${error.message}.`, details)
}

/** Counted only now, so that reading does not pay for it. Both from 1; columns in bytes. */
async function lineAndColumn(
  file: string,
  byte: number,
): Promise<{ line: number; column: number }> {
  let line = 1
  let lineStart = 0
  const handle = await open(file)
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let at = 0; at < byte;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, byte - at), at)
      if (bytesRead === 0) break
      const chunk = buffer.subarray(0, bytesRead)
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, end + 1)) {
        line++
        lineStart = at + end + 1
      }
      at += bytesRead
    }
  } finally {
    await handle.close()
  }
  return { line, column: byte - lineStart + 1 }
}

/** Members of the root object, or of the first element of a root list, that give a tool away. */
const FOREIGN: readonly (readonly [members: readonly string[], sentence: string])[] = [
  [
    ['shapes', 'imagePath'],
    'is a labelme file, one for each photo. Convert the folder to COCO first.',
  ],
  [['_via_img_metadata'], 'is a VGG Image Annotator project. Export it there as “COCO format”.'],
  [['data', 'annotations'], 'is a Label Studio export in its own form. Export it there as “COCO”.'],
  [['data', 'predictions'], 'is a Label Studio export in its own form. Export it there as “COCO”.'],
  [
    ['image', 'annotations'],
    'is a Create ML file, which has boxes only. Convert it to COCO first.',
  ],
  [['type', 'features'], 'is GeoJSON, which has no photos. Convert it to COCO first.'],
  [['objects', 'size'], 'is a Supervisely annotation. Export the project there as “COCO”.'],
  [['item', 'annotations'], 'is a V7 Darwin file. Export the dataset there as “COCO”.'],
]

function foreignSentence(members: Iterable<string>): string {
  const present = new Set(members)
  const match = FOREIGN.find(([needed]) => needed.every((member) => present.has(member)))
  return (
    match?.[1] ??
    'is not a COCO file: that is an object with “images”, “annotations” and “categories”, or a ' +
      'list of detections with “image_id”.'
  )
}

type RawAnnotation = z.infer<typeof cocoAnnotationSchema>

class Collector implements JsonVisitor {
  readonly lists = new Set(['images', 'annotations', 'categories'])
  readonly #file: string
  readonly #images: CocoImage[] = []
  readonly #categories: CocoCategory[] = []
  readonly #annotations: RawAnnotation[] = []
  readonly #detections: CocoDetection[] = []
  readonly #isListByMember = new Map<string, boolean>()

  constructor(file: string) {
    this.#file = file
  }

  readonly onMember = (name: string, isList: boolean): void => {
    if (this.lists.has(name) && this.#isListByMember.has(name)) {
      throw formatError(this.#file, `has two members “${name}”.`)
    }
    this.#isListByMember.set(name, isList)
  }

  readonly onElement = (list: string | null, index: number, value: unknown, byte: number): void => {
    const place = `${list ?? ''}[${index}]`
    if (list === 'images') {
      this.#images.push(this.#check(cocoImageSchema, value, place, byte))
    } else if (list === 'categories') {
      const { supercategory, ...category } = this.#check(cocoCategorySchema, value, place, byte)
      this.#categories.push({ ...category, ...(supercategory !== undefined && { supercategory }) })
    } else if (list === 'annotations') {
      this.#refuseOtherTasks(value)
      this.#annotations.push(this.#check(cocoAnnotationSchema, value, place, byte))
    } else {
      this.#addDetection(value, place, byte)
    }
  }

  finish(root: 'list' | 'object'): CocoFile {
    if (root === 'list') return { kind: 'detections', detections: this.#detections }
    this.#requireMembers()
    this.#requireUnique('images', this.#images)
    this.#requireUnique('categories', this.#categories)
    this.#requireUnique('annotations', this.#annotations)
    const imageOfId = new Map(this.#images.map((image) => [image.id, image]))
    const categoryIds = new Set(this.#categories.map(({ id }) => id))
    const annotations = this.#annotations.map((raw, i) => {
      const image = imageOfId.get(raw.image_id)
      const place = `annotations[${i}]`
      if (image === undefined) {
        throw this.#error(`${place}.image_id`, `no image has the id ${raw.image_id}`)
      }
      if (!categoryIds.has(raw.category_id)) {
        throw this.#error(`${place}.category_id`, `no category has the id ${raw.category_id}`)
      }
      return this.#complete(raw, image, place)
    })
    const dataset = { images: this.#images, annotations, categories: this.#categories }
    return { kind: 'dataset', dataset }
  }

  #requireMembers(): void {
    const missing = [...this.lists].filter((name) => this.#isListByMember.get(name) !== true)
    if (missing.length === 0) return
    const present = this.#isListByMember
    if (!present.has('images') || !present.has('annotations')) {
      throw formatError(this.#file, foreignSentence(present.keys()))
    }
    throw formatError(
      this.#file,
      `is not a COCO file: its “${missing[0]}” is missing or not a list.`,
    )
  }

  #requireUnique(list: string, items: readonly { readonly id: number }[]): void {
    const indexOfId = new Map<number, number>()
    for (const [i, { id }] of items.entries()) {
      const first = indexOfId.get(id)
      if (first !== undefined) {
        throw this.#error(`${list}[${i}].id`, `${list}[${first}] has the id ${id} too`)
      }
      indexOfId.set(id, i)
    }
  }

  /** COCO's other files are built alike but have no instance masks. */
  #refuseOtherTasks(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    if ('caption' in value) {
      throw formatError(
        this.#file,
        'has captions and no masks. Open the “instances” file beside it.',
      )
    }
    if ('segments_info' in value) {
      throw formatError(
        this.#file,
        'is a panoptic file, whose masks are in PNG images. Open the “instances” file beside it.',
      )
    }
  }

  #addDetection(value: unknown, place: string, byte: number): void {
    if (typeof value !== 'object' || value === null || !('image_id' in value)) {
      const members = typeof value === 'object' && value !== null ? Object.keys(value) : []
      throw formatError(this.#file, foreignSentence(members), { place, byte })
    }
    this.#refuseOtherTasks(value)
    const { bbox, segmentation, ...rest } = this.#check(cocoDetectionSchema, value, place, byte)
    this.#detections.push({ ...rest, ...(bbox && { bbox }), ...(segmentation && { segmentation }) })
  }

  #check<T>(schema: z.ZodType<T>, value: unknown, place: string, byte: number): T {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    const [issue] = result.error.issues
    throw formatError(this.#file, `is not right at ${sentenceOfIssue(place, issue)}.`, {
      place,
      byte,
    })
  }

  #complete(raw: RawAnnotation, image: CocoImage, place: string): CocoAnnotation {
    const { id, image_id, category_id, iscrowd, score, attributes, lexmask } = raw
    const segmentation = raw.segmentation ?? []
    this.#requireSize(segmentation, image, place)
    const measured =
      raw.bbox === undefined || raw.area === undefined
        ? this.#measure(segmentation, image, place)
        : null
    const bbox = raw.bbox ?? measured?.bbox
    if (bbox === undefined) {
      throw this.#error(place, 'has neither a bbox nor a segmentation')
    }
    return {
      id,
      image_id,
      category_id,
      bbox,
      area: raw.area ?? measured?.area ?? bbox[2] * bbox[3],
      iscrowd,
      segmentation,
      ...(score !== undefined && { score }),
      ...(attributes !== undefined && { attributes }),
      ...(lexmask !== undefined && { lexmask }),
    }
  }

  #requireSize(segmentation: CocoSegmentation, image: CocoImage, place: string): void {
    if (!('size' in segmentation)) return
    const [height, width] = segmentation.size
    if (height === image.height && width === image.width) return
    throw this.#error(
      `${place}.segmentation.size`,
      `is ${width} × ${height}, but “${image.file_name}” is ${image.width} × ${image.height}`,
    )
  }

  /** null when there is no mask to measure. */
  #measure(
    segmentation: CocoSegmentation,
    image: CocoImage,
    place: string,
  ): { bbox: XywhBox; area: number } | null {
    if (Array.isArray(segmentation) && segmentation.length === 0) return null
    try {
      const mask = rleFromCocoSegmentation(segmentation, image)
      return { bbox: rleBbox(mask), area: rleArea(mask) }
    } catch (error) {
      if (!(error instanceof GeometryError)) throw error
      throw this.#error(`${place}.segmentation`, error.message.replace(/\.$/, ''))
    }
  }

  #error(place: string, problem: string): LexmaskError {
    return formatError(this.#file, `is not right at ${place}: ${problem}.`, { place })
  }
}
