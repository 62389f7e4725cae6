import { LexmaskError } from '#shared/contract/errors.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { GeometryError } from '#shared/geometry/geometry-error.ts'
import type { CocoDataset } from './coco-types.ts'
import type { CocoFile } from './read-coco.ts'

/**
 * Which annotation of a file has a mask that is none. Masks are decoded where they are used, which
 * knows neither; so this is asked once something went wrong with one.
 *
 * @param images of a results list, which has none of its own
 * @returns FORMAT_INVALID with file and place; null when all its masks are sound
 */
export function badMaskIn(
  file: string,
  content: CocoFile,
  images: CocoDataset['images'],
): LexmaskError | null {
  const [annotations, from, prefix] =
    content.kind === 'detections'
      ? [content.detections, images, '']
      : [content.dataset.annotations, content.dataset.images, 'annotations']
  const imageOf = new Map(from.map((image) => [image.id, image]))
  for (const [i, { image_id, segmentation }] of annotations.entries()) {
    const image = imageOf.get(image_id)
    if (image === undefined || segmentation === undefined) continue
    try {
      rleFromCocoSegmentation(segmentation, image)
    } catch (error) {
      if (!(error instanceof GeometryError)) throw error
      const place = `${prefix}[${i}].segmentation`
      return new LexmaskError(
        'FORMAT_INVALID',
        `“${file}” is not right at ${place}: ${error.message}`,
        { file, place, cause: error.code },
      )
    }
  }
  return null
}
