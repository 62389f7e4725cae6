import { join, resolve } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { GeometryError } from '#shared/geometry/geometry-error.ts'
import { assignColours } from '#shared/vocabulary/colours.ts'
import { groupBy } from '#main/evaluation/group-by.ts'
import type { CocoAnnotation, CocoDataset, CocoImage } from '#main/formats/coco-types.ts'
import { readCocoDataset } from '#main/formats/read-coco.ts'
import type { OverlayObject } from '#main/pictures/protocol.ts'
import {
  classFilter,
  climbsOut,
  staysInFolder,
  type FailedOverlay,
  type OverlayFilter,
  type OverlayPlan,
  type OverlaySource,
} from './overlay-source.ts'

type DrawnCategory = Pick<OverlayObject, 'name' | 'number' | 'colour'>

/**
 * The photos of a COCO file with its annotations, looked for by `file_name` in a folder.
 *
 * @throws LexmaskError FILE_NOT_FOUND, FILE_UNREADABLE, FORMAT_INVALID; INVALID_INPUT for a class
 *   that the file does not have
 */
export async function planCocoOverlays(
  labelFile: string,
  photoFolder: string,
  filter: OverlayFilter,
): Promise<OverlayPlan> {
  return planOfDataset(await readCocoDataset(labelFile), photoFolder, filter)
}

function planOfDataset(
  { images, annotations, categories }: CocoDataset,
  photoFolder: string,
  { classes, minScore, withEmpty }: OverlayFilter,
): OverlayPlan {
  const isWanted = classFilter(
    classes,
    categories.map(({ name }) => name),
  )
  const colours = assignColours(categories.map(() => null))
  const drawn = new Map<number, DrawnCategory>(
    categories
      .map(({ id, name }, i) => [id, { name, colour: colours[i], number: i + 1 }] as const)
      .filter(([, { name }]) => isWanted(name)),
  )
  const wanted = annotations.filter(
    ({ category_id, score }) => drawn.has(category_id) && (score ?? 1) >= minScore,
  )
  const masked = wanted.filter(hasMask)
  const byImage = groupBy(masked, ({ image_id }) => image_id)
  const sources: OverlaySource[] = []
  const failed: FailedOverlay[] = []
  for (const image of images) {
    const ofImage = byImage.get(image.id) ?? []
    if (ofImage.length === 0 && !withEmpty) continue
    if (staysInFolder(image.file_name)) {
      sources.push(sourceOf(image, ofImage, drawn, photoFolder))
    } else failed.push(climbsOut(image.file_name))
  }
  return { sources, failed, withoutMask: wanted.length - masked.length }
}

function hasMask({ segmentation }: CocoAnnotation): boolean {
  return 'counts' in segmentation || segmentation.length > 0
}

function sourceOf(
  image: CocoImage,
  annotations: readonly CocoAnnotation[],
  categories: ReadonlyMap<number, DrawnCategory>,
  photoFolder: string,
): OverlaySource {
  const { width, height } = image
  return {
    name: image.file_name.replaceAll('\\', '/'),
    file: resolve(join(photoFolder, image.file_name)),
    masks: () => {
      const objects = annotations.flatMap((annotation): OverlayObject[] => {
        const category = categories.get(annotation.category_id)
        if (!category) return []
        const { iscrowd, score = null, lexmask } = annotation
        const isDecided = lexmask?.state === 'accepted' || lexmask?.state === 'edited'
        const standing = isDecided ? 'decided' : 'proposed'
        const { counts } = maskOf(annotation, image)
        return [{ ...category, counts, score, isCrowd: iscrowd === 1, standing }]
      })
      return { size: { width, height }, objects }
    },
  }
}

function maskOf({ id, segmentation }: CocoAnnotation, image: CocoImage) {
  try {
    return rleFromCocoSegmentation(segmentation, image)
  } catch (error) {
    if (!(error instanceof GeometryError)) throw error
    throw new LexmaskError(
      'MASK_INVALID',
      `The mask of annotation ${id} is none: ${error.message} Mend it in the file, or leave its class out.`,
      { annotationId: id, cause: error.code },
    )
  }
}
