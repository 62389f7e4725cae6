import { boxFromXywh, boxIou } from '#shared/geometry/box.ts'
import { rleFromCocoString } from '#shared/geometry/rle.ts'
import { measureRle, rleIou } from '#shared/geometry/rle-algebra.ts'
import type { AnnotationRecord } from '#shared/contract/records.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import {
  coveredShares,
  regionFeatures,
  sharedFeatures,
  type TaughtExample,
} from '#main/vision/lesson.ts'
import type { ImageScorer } from '../scoring/scoring.ts'

/** Boxes that overlap more are one region. */
const SAME_REGION_IOU = 0.7
/** An annotation with another mask is about the candidate that it covers so far. */
const SAME_OBJECT_IOU = 0.5

/**
 * What the answers in an image say of its candidates. Of an annotation that was accepted or got its
 * class or shape from a person, the region is of that class, and of no other that scoring called it
 * by; of a rejected one it is not of that class, and may be of others.
 *
 * @param scorer without lessons: what is learnt corrects what words say
 */
export function examplesOfImage(
  project: ProjectDatabase,
  imageId: number,
  scorer: ImageScorer,
): TaughtExample[] {
  const answers = project.annotations
    .listForImage(imageId)
    .filter((one) => one.state !== 'proposed' && !project.lessons.isForgotten(one))
  if (answers.length === 0) return []
  const candidates = project.candidates.listForImage(imageId)
  const { scorable, called } = scorer.call(candidates)
  const { vocabulary, parameters } = scorer
  const boxes = candidates.map(({ box }) => box)
  const covered = coveredShares(called, boxes)
  // Of a region that may have several classes, one says nothing of the others.
  const isOneClass = parameters.scoring.crossClassNmsIou < 1
  return answers.flatMap((answer): TaughtExample[] => {
    const at = candidateOf(project, answer, candidates)
    const classIndex = vocabulary.classes.findIndex(({ id }) => id === answer.classId)
    if (at === null || classIndex < 0) return []
    const region = regionFeatures(scorable[at], parameters.facts.detectorClasses.length)
    const here = called
      .map((detection, index) => ({ detection, index }))
      .filter(({ detection: { candidate, isNegative, classIndex: other } }) => {
        if (isNegative || other === null) return false
        return candidate === at || boxIou(boxes[candidate], boxes[at]) > SAME_REGION_IOU
      })
      .sort((a, b) => b.detection.score - a.detection.score)
    const example = (index: number, isYes: boolean): TaughtExample => {
      // A recipe may have a candidate for each class of a region: the best that the class called.
      const own =
        here.find(({ detection: one }) => one.classIndex === index && one.candidate === at) ??
        here.find(({ detection: one }) => one.classIndex === index)
      const score = own?.detection.score ?? parameters.scoring.scoreFloor / 2
      const shared = sharedFeatures(
        scorable[own?.detection.candidate ?? at],
        score,
        own ? covered[own.index] : 0,
      )
      return { classId: vocabulary.classes[index].id, score, isYes, shared, region }
    }
    if (answer.state === 'rejected') return [example(classIndex, false)]
    const others = isOneClass
      ? [...new Set(here.map(({ detection }) => detection.classIndex as number))]
      : []
    return [
      example(classIndex, true),
      ...others.filter((other) => other !== classIndex).map((other) => example(other, false)),
    ]
  })
}

/** Index of the candidate that an annotation is about; null when it is about none of them. */
export function candidateOf(
  project: ProjectDatabase,
  annotation: AnnotationRecord,
  candidates: readonly StoredCandidate[],
): number | null {
  const own = candidates.findIndex(
    ({ id, maskHash }) => id === annotation.candidateId && maskHash === annotation.maskHash,
  )
  if (own >= 0) return own
  const box = boxFromXywh(annotation.bbox)
  // Masks that cover each other to a half have boxes that overlap.
  const near = candidates.flatMap((candidate, index) =>
    boxIou(boxFromXywh(candidate.bbox), box) > 0 ? [{ hash: candidate.maskHash, index }] : [],
  )
  const masks = project.masks.getMany([annotation.maskHash, ...near.map(({ hash }) => hash)])
  const measured = (hash: string): ReturnType<typeof measureRle> | null => {
    const mask = masks.get(hash)
    return mask ? measureRle(rleFromCocoString(mask.counts, mask)) : null
  }
  const mask = measured(annotation.maskHash)
  if (!mask) return null
  let best: { index: number; iou: number } | null = null
  for (const { hash, index } of near) {
    const other = measured(hash)
    const iou = other ? rleIou(mask, other, false) : 0
    if (iou >= SAME_OBJECT_IOU && iou > (best?.iou ?? 0)) best = { index, iou }
  }
  return best?.index ?? null
}
