import { asksDrawnBoxes, isClipRecipe } from '#shared/contract/recipes.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import {
  diffRecords,
  recordKey,
  updatesOfKind,
  type RecordDiff,
} from '#shared/history/record-diff.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import { callDrawn } from './drawn-annotations.ts'
import { isTouched, proposeAnnotations, provenanceOf } from './propose-annotations.ts'
import type { ProposalScorer, ScoredImage } from './scoring.ts'
import { detectorDisagreement, doubtOf, rivalScore } from './uncertainty.ts'

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
  scorer: ProposalScorer,
  { label, jobId, merge, replaceTouched }: ProposalChange,
): CommittedProposals {
  const before = project.annotations.listForImage(imageId)
  const scored = scorer.score(candidates)
  const { regions, scoring, facts, recipe } = scorer.parameters
  const after = asksDrawnBoxes(regions)
    ? callDrawn(before, {
        ...{ candidates, called: scored.called, classes: scorer.vocabulary.classes },
        threshold: scoring.threshold,
        // Scoring again follows the words, and asks about nothing that it was not asked before.
        asks: jobId === null ? 'waiting' : replaceTouched ? 'all' : 'uncalled',
        provenanceOf: (candidate, { servedAs }) =>
          provenanceOf(candidate, servedAs, recipe, facts.detectorClasses),
      })
    : proposeAnnotations({
        imageId,
        annotations: before,
        candidates,
        detections: scored.detections,
        classes: scorer.vocabulary.classes,
        threshold: scoring.threshold,
        recipe,
        detectorClasses: facts.detectorClasses,
        replaceTouched,
        reserveIds: (count) => project.annotations.reserveIds(count),
      })
  const diff = withStatus(project, imageId, diffRecords('annotation', before, after))
  const change = project.history.commitChange({ imageId, label, diff, jobId, merge })
  writeScores(project, imageId, candidates, scorer, scored)
  writeDoubts(project, after, candidates, scorer, scored)
  return { change, diff }
}

/** For an image whose annotations are to stay: what its candidates score now, for the histogram. */
export function noteScores(
  project: ProjectDatabase,
  imageId: number,
  candidates: readonly StoredCandidate[],
  scorer: ProposalScorer,
): void {
  writeScores(project, imageId, candidates, scorer, scorer.score(candidates))
}

/** For an image whose proposals came back without what scoring said of them, by undo. */
export function noteDoubts(
  project: ProjectDatabase,
  imageId: number,
  candidates: readonly StoredCandidate[],
  scorer: ProposalScorer,
): void {
  const annotations = project.annotations.listForImage(imageId)
  writeDoubts(project, annotations, candidates, scorer, scorer.score(candidates))
}

function writeScores(
  project: ProjectDatabase,
  imageId: number,
  candidates: readonly StoredCandidate[],
  { vocabulary }: ProposalScorer,
  { detections }: ScoredImage,
): void {
  const scores = detections.flatMap(({ candidate, classIndex, score }) =>
    classIndex === null || candidates[candidate].area === 0
      ? []
      : { classId: vocabulary.classes[classIndex].id, score },
  )
  project.scores.replaceForImage(imageId, scores)
}

function writeDoubts(
  project: ProjectDatabase,
  annotations: readonly AnnotationRecord[],
  candidates: readonly StoredCandidate[],
  { vocabulary, parameters, detectorClasses }: ProposalScorer,
  { called }: ScoredImage,
): void {
  const boxes = candidates.map(({ box }) => box)
  const candidateById = new Map(candidates.map(({ id }, index) => [id, index]))
  const classById = new Map(vocabulary.classes.map(({ id }, index) => [id, index]))
  for (const annotation of annotations) {
    const candidate = candidateById.get(annotation.candidateId ?? -1)
    const classIndex = classById.get(annotation.classId)
    if (isTouched(annotation) || candidate === undefined || classIndex === undefined) continue
    const doubt = doubtOf({
      score: annotation.score ?? 0,
      threshold: vocabulary.classes[classIndex].threshold ?? parameters.scoring.threshold,
      rivalScore: rivalScore({ candidate, classIndex }, called, boxes),
      // In the other recipes a region has one judge.
      disagreement: isClipRecipe(parameters.recipe)
        ? detectorDisagreement(candidates[candidate].posterior, detectorClasses[classIndex])
        : 0,
    })
    project.annotations.setDoubt(annotation.id, doubt)
  }
}

/**
 * An image with fresh proposals waits for its review again; one that a person finished stays so. One
 * whose last run failed stays failed while old candidates are scored: it is to be run again.
 */
function withStatus(project: ProjectDatabase, imageId: number, diff: RecordDiff): RecordDiff {
  const image = project.images.get(imageId)
  if (!image) return diff
  const isNews = ([from, to]: readonly [AnnotationRecord, AnnotationRecord]): boolean =>
    from.state !== 'proposed' && to.state === 'proposed'
  const hasNews =
    Object.keys(diff.added).length > 0 || updatesOfKind(diff.updated, 'annotation').some(isNews)
  const isFinished = image.status === 'reviewed' && !hasNews
  if (image.status === 'labelled' || isFinished || image.error !== null) return diff
  const key = recordKey('image', imageId)
  return { ...diff, updated: { ...diff.updated, [key]: [image, { ...image, status: 'labelled' }] } }
}
