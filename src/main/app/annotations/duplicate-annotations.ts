import type { CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { requireImage } from '../images/require-image.ts'
import type { EditedShapes } from './edit-annotation-shapes.ts'
import { requireAnnotations, type Author } from './edit-annotations.ts'

/**
 * Copies of annotations, as one step of the image that gets them: where the next image of a series
 * shows the same things at nearly the same place.
 *
 * @throws LexmaskError NOT_FOUND; INVALID_INPUT for an image of another size, where the same pixels
 *   are another place
 */
export function duplicateAnnotations(
  project: ProjectDatabase,
  { fromImageId, annotationIds, toImageId }: CommandInput<'annotations.duplicate'>,
  madeBy: Author,
): EditedShapes {
  return project.transaction(() => {
    const from = requireImage(project, fromImageId)
    const to = requireImage(project, toImageId)
    const originals = requireAnnotations(project, fromImageId, annotationIds)
    if (from.width !== to.width || from.height !== to.height) {
      throw new LexmaskError(
        'INVALID_INPUT',
        to.width === null || to.height === null
          ? `The size of “${to.name}” is not known yet. Open it, then duplicate again.`
          : `“${to.name}” is ${to.width} × ${to.height}, and “${from.name}” ${from.width} × ${from.height}. ` +
              'Annotations can be duplicated to images of the same size.',
        { fromImageId, toImageId },
      )
    }
    const createdIds = project.annotations.reserveIds(originals.length)
    const copies = originals.map((original, index): AnnotationRecord => {
      const id = createdIds[index]
      return {
        ...original,
        ...{ id, position: id, imageId: toImageId, state: 'accepted', origin: 'person' },
        ...{ score: null, candidateId: null, provenance: null },
      }
    })
    const diff = diffRecords('annotation', [], copies)
    const step = { imageId: toImageId, label: 'Duplicate', diff, madeBy }
    return { change: project.history.commitChange(step), createdIds }
  })
}
