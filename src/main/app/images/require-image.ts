import { LexmaskError } from '#shared/contract/errors.ts'
import type { ImageRecord } from '#shared/contract/records.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'

/** @throws LexmaskError NOT_FOUND */
export function requireImage(project: ProjectDatabase, imageId: number): ImageRecord {
  const image = project.images.get(imageId)
  if (image) return image
  throw new LexmaskError('NOT_FOUND', 'This image is not in the project any more.', { imageId })
}
