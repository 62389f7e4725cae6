import type { ImageSelection } from '#shared/contract/commands.ts'
import type { ImageStatus } from '#shared/contract/records.ts'
import type { LabellingTarget } from './labelling-choice.ts'

/** The most ids that one request takes. */
const MOST_IDS = 10_000

const UNLABELLED: readonly ImageStatus[] = ['new', 'failed']

export interface TargetSources {
  readonly currentImageId: number | null
  readonly chosenIds: readonly number[]
  readonly imagesByStatus: Readonly<Record<ImageStatus, number>>
}

/** How many images a target stands for now. */
export function countOfTarget(target: LabellingTarget, sources: TargetSources): number {
  const { currentImageId, chosenIds, imagesByStatus } = sources
  switch (target) {
    case 'image':
      return currentImageId === null ? 0 : 1
    case 'selection':
      return chosenIds.length
    case 'unlabelled':
      return UNLABELLED.reduce((sum, status) => sum + imagesByStatus[status], 0)
    case 'all':
      return Object.values(imagesByStatus).reduce((sum, count) => sum + count, 0)
  }
}

/** null where there is nothing to label, or more than one request can name. */
export function imagesOfTarget(
  target: LabellingTarget,
  sources: TargetSources,
): ImageSelection | null {
  const count = countOfTarget(target, sources)
  if (count === 0) return null
  switch (target) {
    case 'image':
      return sources.currentImageId === null ? null : { imageIds: [sources.currentImageId] }
    case 'selection':
      return count > MOST_IDS ? null : { imageIds: [...sources.chosenIds] }
    case 'unlabelled':
      return { filter: { statuses: [...UNLABELLED] } }
    case 'all':
      return { filter: {} }
  }
}
