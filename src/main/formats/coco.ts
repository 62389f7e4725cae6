import { LexmaskError } from '#shared/contract/errors.ts'
import type { CocoRle, CocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { polygonsFromMask, type MaskPolygon, type Ring } from '#shared/geometry/contours.ts'
import { rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { isEmptyRle, rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { rleToCocoCounts, rleToCocoString, type Rle } from '#shared/geometry/rle.ts'
import { simplifyPolygon } from '#shared/geometry/simplify.ts'
import { writeAtomically } from './atomic-file.ts'
import type { CocoCategory } from './coco-types.ts'
import {
  itemsOf,
  type ExportAnnotation,
  type ExportClass,
  type ExportDataset,
  type ExportImage,
  type ExportReport,
  type Format,
  type Omission,
  type OmissionReason,
} from './format.ts'

export interface SegmentationOptions {
  /**
   * `auto`: polygons, one a part, and run lengths for a mask with a hole. `rle`: run lengths.
   * `polygon`: polygons always; a hole is joined to its part's outline by a line there and back,
   * which covers nothing. Crowds are uncompressed run lengths in any case, as COCO has them.
   */
  readonly segmentation?: 'auto' | 'rle' | 'polygon'
  /** Of run lengths other than crowds': COCO's text, or a list of numbers. */
  readonly runLengths?: 'compressed' | 'uncompressed'
  /**
   * How far polygons may stray from the mask, in pixels, for fewer points. 0 keeps every pixel.
   * `area` and `bbox` are the mask's whatever it is.
   */
  readonly tolerancePx?: number
}

export interface CocoWriteOptions extends SegmentationOptions {
  /**
   * Categories of another dataset: classes of the same name take their ids, so that the file can be
   * compared with it. Without, a category's id is its class's.
   */
  readonly categoriesFrom?: readonly CocoCategory[]
  /** Stands in the file; now, if not given. */
  readonly createdAt?: Date
}

const MAX_OMISSIONS_LISTED = 1000
const MAX_SHARED_NAMES_LISTED = 100

export const cocoFormat: Format<CocoWriteOptions> = {
  id: 'coco',
  title: 'COCO instances (JSON)',
  write: writeCoco,
}

/**
 * Writes a dataset as COCO instances JSON. The annotations of one image are in memory at a time.
 *
 * `area` and `bbox` are measured on the mask and whole numbers, so writing what was read changes
 * nothing. Images keep their ids, and their names as they are; no path of this computer is written.
 *
 * @throws LexmaskError as `Format.write`
 */
export async function writeCoco(
  dataset: ExportDataset,
  target: string,
  options: CocoWriteOptions = {},
  signal?: AbortSignal,
): Promise<ExportReport> {
  const categories = cocoCategories(dataset.classes, options.categoriesFrom ?? [])
  return writeAtomically(target, async (sink) => {
    const report = new ReportBuilder()
    await sink.write(
      `{"info":${JSON.stringify(cocoInfo(dataset.title, options.createdAt ?? new Date()))},\n` +
        '"licenses":[],\n' +
        `"categories":${JSON.stringify([...categories.values()])},\n` +
        '"images":[',
    )
    for await (const { image, annotations } of itemsOf(dataset)) {
      refuseIfCancelled(signal)
      await sink.write(`${report.images === 0 ? '' : ','}\n${cocoImage(image)}`)
      report.countImage(image.name)
      for (const annotation of annotations) {
        const category = categories.get(annotation.classId)
        const reason = reasonToOmit(annotation, image, category)
        if (reason !== null || category === undefined) {
          report.omit(annotation, image, reason ?? 'unknown-class')
          continue
        }
        const text = cocoAnnotation(annotation, image.id, category.id, options)
        await sink.spool(`${report.annotations === 0 ? '' : ','}\n${text}`)
        report.annotations++
      }
    }
    refuseIfCancelled(signal)
    await sink.write('\n],\n"annotations":[')
    await sink.unspool()
    await sink.write('\n]}\n')
    return report.finish()
  })
}

/**
 * The category of each class, in the order of the classes. A class without a namesake keeps its own
 * id unless the template uses it for something else; then it gets the next one above all.
 *
 * @returns by class id
 */
export function cocoCategories(
  classes: readonly ExportClass[],
  template: readonly CocoCategory[],
): Map<number, CocoCategory> {
  const fold = (name: string) => name.normalize('NFC').trim().toLowerCase()
  const namesakes = new Map(template.map((category) => [fold(category.name), category]))
  const taken = new Set(template.map(({ id }) => id))
  const highest = [...taken, ...classes.map(({ id }) => id)]
  let next = highest.reduce((top, id) => Math.max(top, id), 0) + 1
  const categories = new Map<number, CocoCategory>()
  for (const { id, name } of classes) {
    const namesake = namesakes.get(fold(name))
    if (namesake !== undefined) {
      // Only one class can have it: two categories of one id are none.
      namesakes.delete(fold(name))
      const { supercategory } = namesake
      categories.set(id, { id: namesake.id, name, ...(supercategory && { supercategory }) })
    } else {
      const ownId = taken.has(id) ? next++ : id
      taken.add(ownId)
      categories.set(id, { id: ownId, name })
    }
  }
  return categories
}

/** The `segmentation` of a mask that is not empty. */
export function cocoSegmentation(
  mask: Rle,
  { segmentation = 'auto', runLengths = 'compressed', tolerancePx = 0 }: SegmentationOptions = {},
): CocoSegmentation {
  if (segmentation === 'rle') return cocoRle(mask, runLengths)
  const parts = polygonsFromMask(mask)
  if (segmentation === 'auto' && parts.some(({ holes }) => holes.length > 0)) {
    return cocoRle(mask, runLengths)
  }
  const exact = parts.map(joinHoles)
  if (tolerancePx === 0) return exact
  const simpler = parts.map((part) => joinHoles(simplifyPolygon(part, tolerancePx)))
  // An object thinner than the tolerance may lose all its pixels; then it keeps all its points.
  return isEmptyRle(rasterisePolygons(simpler, mask)) ? exact : simpler
}

function cocoRle(mask: Rle, runLengths: 'compressed' | 'uncompressed'): CocoRle {
  return {
    size: [mask.height, mask.width],
    counts: runLengths === 'compressed' ? rleToCocoString(mask) : rleToCocoCounts(mask),
  }
}

/**
 * One ring for a part with holes: at the outline's point nearest to a hole the line goes to the
 * hole, around it and back. By the even-odd rule the two ways cancel, bit for bit also in the COCO
 * API's rasteriser, and holes turn against the outline, so the non-zero rule reads it right too.
 */
function joinHoles({ outer, holes }: MaskPolygon): Ring {
  if (holes.length === 0) return outer
  const holesAtPoint = new Map<number, Ring[]>()
  for (const hole of holes) {
    const point = nearestPoint(outer, hole[0], hole[1])
    holesAtPoint.set(point, [...(holesAtPoint.get(point) ?? []), hole])
  }
  const ring: number[] = []
  for (let point = 0; point < outer.length; point += 2) {
    ring.push(outer[point], outer[point + 1])
    for (const hole of holesAtPoint.get(point) ?? []) {
      for (const value of hole) ring.push(value)
      ring.push(hole[0], hole[1], outer[point], outer[point + 1])
    }
  }
  return ring
}

/** @returns the index of its x in the ring */
function nearestPoint(ring: Ring, x: number, y: number): number {
  let nearest = 0
  let shortest = Infinity
  for (let i = 0; i < ring.length; i += 2) {
    const distance = (ring[i] - x) ** 2 + (ring[i + 1] - y) ** 2
    if (distance < shortest) {
      shortest = distance
      nearest = i
    }
  }
  return nearest
}

function cocoInfo(title: string, createdAt: Date): object {
  return {
    description: title,
    version: '1.0',
    year: createdAt.getUTCFullYear(),
    contributor: '',
    date_created: createdAt.toISOString(),
  }
}

function cocoImage({ id, name, width, height }: ExportImage): string {
  if (
    name === '' ||
    name.startsWith('/') ||
    /^[a-z]:/i.test(name) ||
    name.split('/').includes('..')
  ) {
    throw new LexmaskError(
      'INVALID_INPUT',
      `The image “${name}” has no name relative to its folder, and a path of this computer would ` +
        'mean nothing elsewhere. Add its folder to the project again.',
      { imageId: id },
    )
  }
  return JSON.stringify({ id, file_name: name, width, height })
}

function reasonToOmit(
  { mask }: ExportAnnotation,
  image: ExportImage,
  category: CocoCategory | undefined,
): OmissionReason | null {
  if (category === undefined) return 'unknown-class'
  const pixels = mask.counts.reduce((sum, run) => sum + run, 0)
  const isOfImage = mask.width === image.width && mask.height === image.height
  if (!isOfImage || pixels !== mask.width * mask.height) return 'mask-does-not-fit'
  return isEmptyRle(mask) ? 'empty-mask' : null
}

function cocoAnnotation(
  { id, mask, isCrowd, score, attributes, state, origin, provenance }: ExportAnnotation,
  imageId: number,
  categoryId: number,
  options: SegmentationOptions,
): string {
  return JSON.stringify({
    id,
    image_id: imageId,
    category_id: categoryId,
    segmentation: isCrowd ? cocoRle(mask, 'uncompressed') : cocoSegmentation(mask, options),
    area: rleArea(mask),
    bbox: rleBbox(mask),
    iscrowd: isCrowd ? 1 : 0,
    ...(score === null ? {} : { score }),
    // As CVAT writes and reads them.
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    lexmask: { state, origin, ...(provenance ?? {}) },
  })
}

function refuseIfCancelled(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new LexmaskError('CANCELLED', 'The export was cancelled; nothing was written.')
}

class ReportBuilder {
  images = 0
  annotations = 0
  #omittedCount = 0
  readonly #omitted: Omission[] = []
  readonly #names = new Set<string>()
  readonly #sharedNames = new Set<string>()

  countImage(name: string): void {
    this.images++
    if (this.#names.has(name) && this.#sharedNames.size < MAX_SHARED_NAMES_LISTED) {
      this.#sharedNames.add(name)
    }
    this.#names.add(name)
  }

  omit({ id }: ExportAnnotation, { name }: ExportImage, reason: OmissionReason): void {
    this.#omittedCount++
    if (this.#omitted.length < MAX_OMISSIONS_LISTED) {
      this.#omitted.push({ annotationId: id, imageName: name, reason })
    }
  }

  finish(): ExportReport {
    return {
      images: this.images,
      annotations: this.annotations,
      omittedCount: this.#omittedCount,
      omitted: this.#omitted,
      sharedNames: [...this.#sharedNames],
    }
  }
}
