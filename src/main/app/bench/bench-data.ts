import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import { groupBy } from '#main/evaluation/group-by.ts'
import type { CocoAnnotation, CocoCategory, CocoImage } from '#main/formats/coco-types.ts'
import { readCocoDataset } from '#main/formats/read-coco.ts'
import { hashOfFile } from '../images/hash-file.ts'
import { staysInFolder } from '../overlay/overlay-source.ts'
import { requireFolder } from '../images/scan-folder.ts'

/** A photo with what is known to be on it. */
export interface BenchImage extends CocoImage {
  /** Absolute. */
  readonly path: string
  readonly annotations: readonly CocoAnnotation[]
}

/** Photos with ground truth, in the order of the images' ids, which decides between equal scores. */
export interface BenchData {
  /** Last part of the folder's path. */
  readonly name: string
  /** Of instances.json. */
  readonly sha256: string | null
  readonly images: readonly BenchImage[]
  readonly categories: readonly CocoCategory[]
}

/** Names in one sentence, before it says how many more there are. */
const NAMED = 5

/**
 * A folder with `images/` and `instances.json` in COCO form. Nothing of it is changed.
 *
 * @throws LexmaskError FOLDER_MISSING, NOT_A_FOLDER; FILE_NOT_FOUND, FILE_UNREADABLE, FORMAT_INVALID for
 *   `instances.json`; NO_IMAGES; IMAGE_MISSING, naming the photos that are not there
 */
export async function readBenchData(folder: string): Promise<BenchData> {
  const root = resolve(folder)
  const photos = join(root, 'images')
  const truthFile = join(root, 'instances.json')
  await requireFolder(root)
  await requireFolder(photos)
  const { images, annotations, categories } = await readCocoDataset(truthFile)
  if (images.length === 0) {
    throw new LexmaskError(
      'NO_IMAGES',
      `${truthFile} names no images. Give a file with ground truth.`,
      {
        file: truthFile,
      },
    )
  }
  requireMasks(truthFile, annotations)
  const missing: string[] = []
  for (const { file_name } of images) {
    const isThere =
      staysInFolder(file_name) &&
      (await stat(join(photos, file_name)).then(
        (facts) => facts.isFile(),
        () => false,
      ))
    if (!isThere) missing.push(file_name)
  }
  if (missing.length > 0) throw missingImages(photos, missing)
  const ofImage = groupBy(annotations, ({ image_id }) => image_id)
  return {
    name: basename(root),
    sha256: await hashOfFile(truthFile),
    categories,
    images: images
      .toSorted((a, b) => a.id - b.id)
      .map((image) => ({
        ...image,
        path: join(photos, image.file_name),
        annotations: ofImage.get(image.id) ?? [],
      })),
  }
}

function requireMasks(file: string, annotations: readonly CocoAnnotation[]): void {
  const refuse = (what: string): LexmaskError =>
    new LexmaskError('FORMAT_INVALID', `${file} ${what}`, { file })
  if (annotations.length === 0) {
    throw refuse('has no annotations, so there is nothing to measure against.')
  }
  const bare = annotations.find(
    ({ segmentation }) => Array.isArray(segmentation) && segmentation.length === 0,
  )
  if (bare === undefined) return
  throw refuse(
    `has a box and no mask in annotation ${bare.id}. Masks are measured: give ground truth with masks.`,
  )
}

function missingImages(folder: string, missing: readonly string[]): LexmaskError {
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : ''
  return new LexmaskError(
    'IMAGE_MISSING',
    `instances.json names photos that are not in ${folder}: ${missing.slice(0, NAMED).join(', ')}${more}. ` +
      'Copy them there, or take them out of the file.',
    { folder, missing },
  )
}

/** Objects without crowds. */
export const objectsOf = ({ annotations }: BenchImage): readonly CocoAnnotation[] =>
  annotations.filter(({ iscrowd }) => iscrowd === 0)
