import { readFileSync } from 'node:fs'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { rleArea } from '#shared/geometry/rle-algebra.ts'
import type { CocoAnnotation, CocoDataset } from '#main/formats/coco-types.ts'

/** An annotation of an exported file, in words. */
export interface ExportedAnnotation {
  readonly image: string
  readonly name: string
  readonly state: string
  readonly score: number | undefined
  readonly maskArea: number
  readonly area: number
}

/** @throws Error when a mask cannot be decoded, or something belongs to nothing */
export function readExport(path: string): {
  readonly dataset: CocoDataset
  readonly annotations: readonly ExportedAnnotation[]
} {
  const dataset = JSON.parse(readFileSync(path, 'utf8')) as CocoDataset
  return { dataset, annotations: dataset.annotations.map((one) => inWords(one, dataset)) }
}

function inWords(annotation: CocoAnnotation, dataset: CocoDataset): ExportedAnnotation {
  const image = dataset.images.find(({ id }) => id === annotation.image_id)
  const category = dataset.categories.find(({ id }) => id === annotation.category_id)
  if (image === undefined || category === undefined)
    throw new Error(`Annotation ${annotation.id} belongs to no image or category.`)
  return {
    image: image.file_name,
    name: category.name,
    state: String(annotation.lexmask?.state),
    score: annotation.score,
    maskArea: rleArea(rleFromCocoSegmentation(annotation.segmentation, image)),
    area: annotation.area,
  }
}
