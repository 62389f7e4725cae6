import { basename } from 'node:path'
import type { AnnotationState } from '#shared/contract/records.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import type { ExportDataset, ExportItem } from '#main/formats/format.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/** A project as formats take it, image by image; images that were never decoded have no size and stay out. */
export function exportDataset(
  project: ProjectDatabase,
  states: readonly AnnotationState[],
): ExportDataset {
  return {
    title: basename(project.path, '.lexmask'),
    classes: project.vocabulary.list(),
    items: itemsOf(project, new Set(states)),
  }
}

function* itemsOf(
  project: ProjectDatabase,
  states: ReadonlySet<AnnotationState>,
): Generator<ExportItem> {
  for (const { id, name, width, height } of project.images.iterate()) {
    if (width === null || height === null) continue
    const annotations = project.annotations
      .listForImage(id)
      .filter(({ state }) => states.has(state))
    const masks = project.masks.getMany(annotations.map(({ maskHash }) => maskHash))
    yield {
      image: { id, name, width, height },
      annotations: annotations.flatMap((annotation) => {
        const mask = masks.get(annotation.maskHash)
        return mask ? [{ ...annotation, mask: rleFromCocoString(mask.counts, mask) }] : []
      }),
    }
  }
}
