import { diffRecords, recordKey, type RecordDiff } from '#shared/history/record-diff.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { proposeAnnotations } from './propose-annotations.ts'
import type { ImageScorer } from './scoring.ts'

export interface ProposalChange {
  readonly label: string
  readonly jobId: number | null
  /** Becomes one with the newest change of the image, when that has the same label. */
  readonly merge: boolean
  readonly replaceTouched: boolean
}

export interface CommittedProposals {
  readonly change: CommittedChange | null
  readonly diff: RecordDiff
}

/**
 * Score an image's candidates and make its annotations follow, inside the caller's transaction.
 * A fresh run and re-scoring both end here.
 */
export function commitProposals(
  project: ProjectDatabase,
  imageId: number,
  candidates: readonly StoredCandidate[],
  scorer: ImageScorer,
  { label, jobId, merge, replaceTouched }: ProposalChange,
): CommittedProposals {
  const before = project.annotations.listForImage(imageId)
  const after = proposeAnnotations({
    imageId,
    annotations: before,
    candidates,
    detections: scorer.score(candidates),
    classes: scorer.vocabulary.classes,
    threshold: scorer.parameters.scoring.threshold,
    recipe: scorer.parameters.recipe,
    detectorClasses: scorer.parameters.facts.detectorClasses,
    replaceTouched,
    reserveIds: (count) => project.annotations.reserveIds(count),
  })
  const diff = withStatus(project, imageId, diffRecords('annotation', before, after))
  return { change: project.history.commitChange({ imageId, label, diff, jobId, merge }), diff }
}

/**
 * An image with fresh proposals waits for its review again; one that a person finished stays so. One
 * whose last run failed stays failed while old candidates are scored: it is to be run again.
 */
function withStatus(project: ProjectDatabase, imageId: number, diff: RecordDiff): RecordDiff {
  const image = project.images.get(imageId)
  if (!image) return diff
  const hasNews = Object.keys(diff.added).length > 0
  const isFinished = image.status === 'reviewed' && !hasNews
  if (image.status === 'labelled' || isFinished || image.error !== null) return diff
  const key = recordKey('image', imageId)
  return { ...diff, updated: { ...diff.updated, [key]: [image, { ...image, status: 'labelled' }] } }
}
