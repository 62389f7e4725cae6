import type { CommandInput, CommandOutput, ImageReview } from '#shared/contract/commands.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { requireImage } from '../images/require-image.ts'
import { requireAnnotations } from './edit-annotations.ts'

/** @throws LexmaskError NOT_FOUND */
export function reviewOfImage(project: ProjectDatabase, imageId: number): ImageReview {
  return project.read(() => {
    requireImage(project, imageId)
    const judgements = project.changes.judgementsOf(imageId)
    const seconds = project.times.ofImage(imageId)
    const ids = project.annotations.listForImage(imageId).map(({ id }) => id)
    return {
      secondsSpent: [...seconds.values()].reduce((sum, one) => sum + one, 0),
      annotations: ids
        .sort((a, b) => a - b)
        .map((annotationId) => ({
          annotationId,
          judgedBy: judgements.get(annotationId)?.judgedBy ?? null,
          judgedMs: judgements.get(annotationId)?.judgedMs ?? null,
          secondsSpent: seconds.get(annotationId) ?? 0,
        })),
    }
  })
}

/** @throws LexmaskError NOT_FOUND, PROJECT_READ_ONLY */
export function addTime(
  project: ProjectDatabase,
  { imageId, annotationId, seconds }: CommandInput<'review.addTime'>,
): CommandOutput<'review.addTime'> {
  return project.transaction(() => {
    requireImage(project, imageId)
    if (annotationId !== null) requireAnnotations(project, imageId, [annotationId])
    project.times.add(imageId, annotationId, seconds)
    const all = [...project.times.ofImage(imageId).values()]
    return { secondsSpent: all.reduce((sum, one) => sum + one, 0) }
  })
}
