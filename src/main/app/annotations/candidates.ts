import type { CommandInput, ScoredCandidate } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import {
  isSameObject,
  isTouched,
  provenanceOf,
  undescribed,
} from '../scoring/propose-annotations.ts'
import type { RunScorers } from '../scoring/run-scorers.ts'

/** All that could be annotations of an image at some threshold, as proposals are made; best first. */
export async function listCandidates(
  project: ProjectDatabase,
  scorers: RunScorers,
  imageId: number,
): Promise<ScoredCandidate[]> {
  const runId = project.candidates.runOfImage(imageId)
  if (runId === null) return []
  const scorer = await scorers.ofRun(runId)
  // After the scorer is there: a run may have replaced them meanwhile.
  const candidates = project.candidates.listForImage(imageId)
  return scorer.score(candidates).detections.flatMap(({ candidate, classIndex, score }) => {
    const { id: candidateId, maskHash, bbox, area } = candidates[candidate]
    if (classIndex === null || area === 0) return []
    const classId = scorer.vocabulary.classes[classIndex].id
    return { candidateId, classId, score, maskHash, bbox, area }
  })
}

/** Of these, what a person has not dealt with yet: what a threshold still decides about. */
export async function listOpenCandidates(
  project: ProjectDatabase,
  scorers: RunScorers,
  imageId: number,
): Promise<ScoredCandidate[]> {
  const scored = await listCandidates(project, scorers, imageId)
  const touched = project.annotations.listForImage(imageId).filter(isTouched)
  return scored.filter((candidate) => !touched.some((other) => isSameObject(candidate, other)))
}

/**
 * A candidate becomes an accepted annotation, with what is known of it. Proposals that are the same
 * object make way, as they would when the image is scored again.
 *
 * @throws LexmaskError NOT_FOUND, MASK_INVALID
 */
export async function promoteCandidate(
  project: ProjectDatabase,
  scorers: RunScorers,
  { imageId, candidateId, classId }: CommandInput<'candidates.promote'>,
  madeBy: string | null,
): Promise<CommittedChange | null> {
  const runId = project.candidates.runOfImage(imageId)
  const scorer = runId === null ? null : await scorers.ofRun(runId)
  return project.transaction(() => {
    const candidates = project.candidates.listForImage(imageId)
    const candidate = candidates.find(({ id }) => id === candidateId)
    if (!candidate || !scorer || project.vocabulary.getClass(classId) === null) {
      throw new LexmaskError(
        'NOT_FOUND',
        'The candidate or its class is not there any more; a run may have made it anew. Look again.',
        { candidateId, classId },
      )
    }
    if (candidate.area === 0) {
      throw new LexmaskError('MASK_INVALID', 'This candidate has no pixel. Choose another one.', {
        candidateId,
      })
    }
    const before = project.annotations.listForImage(imageId)
    const isIt = (one: AnnotationRecord): boolean =>
      one.candidateId === candidateId && one.classId === classId
    const present = before.find(isIt)
    const { detectorClasses } = scorer.parameters.facts
    const classIndex = scorer.vocabulary.classes.findIndex(({ id }) => id === classId)
    const called = scorer
      .score(candidates)
      .detections.find(
        (one) => candidates[one.candidate] === candidate && one.classIndex === classIndex,
      )
    const promoted: AnnotationRecord = present
      ? { ...present, state: present.state === 'edited' ? 'edited' : 'accepted' }
      : {
          ...undescribed(project.annotations.reserveIds(1)[0]),
          imageId,
          classId,
          maskHash: candidate.maskHash,
          bbox: candidate.bbox,
          area: candidate.area,
          score: called?.score ?? null,
          state: 'accepted',
          origin: 'run',
          candidateId,
          provenance: provenanceOf(
            candidate,
            called?.servedAs ?? null,
            scorer.parameters.recipe,
            detectorClasses,
          ),
        }
    const others = before.filter((one) => one.id !== promoted.id)
    const after = others.filter((one) => isTouched(one) || !isSameObject(one, promoted))
    const diff = diffRecords('annotation', before, [...after, promoted])
    return project.history.commitChange({ imageId, label: 'Promote', diff, madeBy })
  })
}
