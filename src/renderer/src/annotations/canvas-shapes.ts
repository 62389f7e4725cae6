import type { XywhBox } from '#shared/geometry/box.ts'
import type { ScoredCandidate } from '#shared/contract/commands.ts'
import type { AnnotationRecord, ClassRecord, MaskRecord } from '#shared/contract/records.ts'
import type { CanvasAnnotation, CanvasGhost } from '../canvas/canvas-content.ts'

/** A region that a run has found, whether it is an annotation or not. */
export interface ShownRegion {
  readonly candidateId: number
  /** Image pixels. */
  readonly bbox: XywhBox
}

/** What the canvas is told of the records of an image. */
export interface ShapeSources {
  readonly classById: ReadonlyMap<number, ClassRecord>
  readonly masks: ReadonlyMap<string, MaskRecord>
  readonly isClassVisible: (classId: number) => boolean
}

export function canvasAnnotations(
  annotations: readonly AnnotationRecord[],
  hiddenIds: ReadonlySet<number>,
  { classById, masks, isClassVisible }: ShapeSources,
): CanvasAnnotation[] {
  return annotations.flatMap((annotation) => {
    const { id, classId, score, state, bbox, maskHash } = annotation
    const mask = masks.get(maskHash)
    const ofClass = classById.get(classId)
    if (mask === undefined || ofClass === undefined) return []
    const { colour, name } = ofClass
    const isHidden = hiddenIds.has(id) || !isClassVisible(classId)
    return { id, classId, colour, name, score, mask, bbox, state, isHidden }
  })
}

/**
 * Candidates that are no annotations, also no rejected ones. A ghost's id is its place in the list of
 * candidates, from 1: one candidate may be a ghost of several classes.
 */
export function canvasGhosts(
  candidates: readonly ScoredCandidate[],
  annotations: readonly AnnotationRecord[],
  { classById, masks, isClassVisible }: ShapeSources,
): CanvasGhost[] {
  const annotated = new Set(
    annotations.map(({ candidateId, classId }) => `${candidateId} ${classId}`),
  )
  return candidates.flatMap((candidate, i) => {
    const { candidateId, classId, score, bbox, maskHash } = candidate
    const mask = masks.get(maskHash)
    const ofClass = classById.get(classId)
    const isGhost = !annotated.has(`${candidateId} ${classId}`) && isClassVisible(classId)
    if (!isGhost || mask === undefined || ofClass === undefined) return []
    const { colour, name } = ofClass
    return { id: i + 1, classId, colour, name, score, mask, bbox }
  })
}

/** The candidate that a ghost stands for. */
export function candidateOfGhost(
  candidates: readonly ScoredCandidate[],
  ghostId: number,
): ScoredCandidate | undefined {
  return candidates[ghostId - 1]
}
