import { resolve, sep } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord, ImageRecord } from '#shared/contract/records.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import type { OverlayObject } from '#main/pictures/protocol.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { fileOfImage } from '../images/add-images.ts'
import {
  classFilter,
  climbsOut,
  staysInFolder,
  type FailedOverlay,
  type OverlayFilter,
  type OverlayPlan,
  type OverlaySource,
} from './overlay-source.ts'

/** Class id to what is drawn of it. */
type DrawnClasses = ReadonlyMap<number, Pick<OverlayObject, 'name' | 'number' | 'colour'>>

/**
 * The photos of a project with their annotations, but for rejected ones.
 *
 * @param images names of images and folders as the project has them, or paths; null takes all
 * @throws LexmaskError INVALID_INPUT for a class or an image that the project does not have
 */
export function planProjectOverlays(
  project: ProjectDatabase,
  images: readonly string[] | null,
  { classes, minScore, withEmpty }: OverlayFilter,
): OverlayPlan {
  const known = project.vocabulary.list()
  const isWanted = classFilter(
    classes,
    known.map(({ name }) => name),
  )
  const drawn: DrawnClasses = new Map(
    known
      .map(({ id, name, colour }, i) => [id, { name, colour, number: i + 1 }] as const)
      .filter(([, { name }]) => isWanted(name)),
  )
  const annotationsOf = (imageId: number): AnnotationRecord[] =>
    project.annotations
      .listForImage(imageId)
      .filter(({ state }) => state !== 'rejected')
      .filter(({ classId, score }) => drawn.has(classId) && (score ?? 1) >= minScore)
  const sources: OverlaySource[] = []
  const failed: FailedOverlay[] = []
  for (const image of selectImages(project, images)) {
    if (!withEmpty && annotationsOf(image.id).length === 0) continue
    if (!staysInFolder(image.name)) failed.push(climbsOut(image.name))
    else sources.push(sourceOf(project, image, annotationsOf, drawn))
  }
  return { sources, failed, withoutMask: 0 }
}

function selectImages(project: ProjectDatabase, wanted: readonly string[] | null): ImageRecord[] {
  const images = [...project.images.iterate()]
  if (wanted === null) return images
  const selected = new Set<ImageRecord>()
  for (const one of wanted) {
    const found = images.filter((image) => isNamedBy(project, image, one))
    if (found.length === 0) {
      throw new LexmaskError(
        'INVALID_INPUT',
        `The project has no image or folder of images “${one}”. lexmask info --project lists what it holds.`,
        { image: one },
      )
    }
    for (const image of found) selected.add(image)
  }
  return images.filter((image) => selected.has(image))
}

/** By its name or its file, or by a folder above it. */
function isNamedBy(project: ProjectDatabase, { name, path }: ImageRecord, wanted: string): boolean {
  const asName = wanted.replace(/\/+$/, '')
  if (name === asName || name.startsWith(`${asName}/`) || name.endsWith(`/${asName}`)) return true
  const file = fileOfImage(project.path, path)
  const asPath = resolve(wanted)
  return file === asPath || file.startsWith(asPath.endsWith(sep) ? asPath : asPath + sep)
}

function sourceOf(
  project: ProjectDatabase,
  { id, name, path, width, height }: ImageRecord,
  annotationsOf: (imageId: number) => readonly AnnotationRecord[],
  classes: DrawnClasses,
): OverlaySource {
  const size = width === null || height === null ? null : { width, height }
  return {
    name,
    file: fileOfImage(project.path, path),
    masks: () => {
      const annotations = annotationsOf(id)
      const masks = project.masks.getMany(annotations.map(({ maskHash }) => maskHash))
      const objects = annotations.flatMap((annotation): OverlayObject[] => {
        const mask = masks.get(annotation.maskHash)
        const drawn = classes.get(annotation.classId)
        if (!mask || !drawn) return []
        const { isCrowd, score, state } = annotation
        const { counts } = rleFromCocoString(mask.counts, mask)
        const standing = state === 'proposed' ? 'proposed' : 'decided'
        return [{ ...drawn, counts, score, isCrowd, standing }]
      })
      return { size, objects }
    },
  }
}
