import { boxFromXywh, type Box } from '#shared/geometry/box.ts'
import type { AnnotationRecord, ClassRecord, Provenance } from '#shared/contract/records.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { Detection } from '#main/vision/detections.ts'

/** Boxes of what a person drew, where a run of `source=boxes` is to look, in the order of the annotations. */
export function drawnBoxes(annotations: readonly AnnotationRecord[]): Box[] {
  return annotations.filter(isDrawn).map(drawnBox)
}

export interface DrawnCall {
  readonly candidates: readonly StoredCandidate[]
  /** Before suppression: two boxes that a person drew are two objects, however much they overlap. */
  readonly called: readonly Detection[]
  readonly classes: readonly ClassRecord[]
  /** For classes without their own. */
  readonly threshold: number
  /**
   * Which annotations are called: only those that wait since a run called them; also those that no run
   * called; or all that a person drew.
   */
  readonly asks: 'waiting' | 'uncalled' | 'all'
  readonly provenanceOf: (candidate: StoredCandidate, detection: Detection) => Provenance
}

/**
 * The annotations of an image after its drawn boxes were called by what is in them. One that is called
 * by another class than its own waits with that class for a person's answer; where the box is all that
 * was drawn, with the mask found in it. All others stay as they are, so that nothing is lost.
 */
export function callDrawn(
  annotations: readonly AnnotationRecord[],
  call: DrawnCall,
): AnnotationRecord[] {
  return annotations.map((annotation) => {
    if (!isDrawn(annotation)) return annotation
    const at = call.candidates.findIndex((candidate) => isOf(annotation, candidate))
    if (at < 0) return annotation
    const candidate = call.candidates[at]
    const waits = annotation.state === 'proposed' && annotation.candidateId !== null
    const isUncalled = annotation.provenance === null
    if (!waits && call.asks !== 'all' && !(call.asks === 'uncalled' && isUncalled)) {
      return annotation
    }
    const best = bestOf(call.called, at)
    if (best === null || best.classIndex === null) return annotation
    const { id: classId, threshold } = call.classes[best.classIndex]
    if (best.score < (threshold ?? call.threshold)) return annotation
    // A person has said so already.
    if (!waits && classId === annotation.classId) return annotation
    return {
      ...annotation,
      ...(isOnlyBox(annotation) && candidate.area > 0 ? maskOf(candidate) : {}),
      classId,
      score: best.score,
      state: 'proposed',
      candidateId: candidate.id,
      provenance: call.provenanceOf(candidate, best),
    }
  })
}

function isDrawn({ origin, state, isCrowd }: AnnotationRecord): boolean {
  return origin !== 'run' && state !== 'rejected' && !isCrowd
}

/** Of one that a run has called already, and that nobody touched since, the box that was drawn. */
function drawnBox({ state, provenance, bbox }: AnnotationRecord): Box {
  return boxFromXywh(state === 'proposed' ? (provenance?.box ?? bbox) : bbox)
}

function isOf(annotation: AnnotationRecord, { id, box }: StoredCandidate): boolean {
  if (annotation.candidateId === id) return true
  return drawnBox(annotation).every((corner, i) => corner === box[i])
}

const isOnlyBox = ({ bbox: [, , width, height], area }: AnnotationRecord): boolean =>
  area === width * height

const maskOf = ({
  maskHash,
  bbox,
  area,
}: StoredCandidate): Pick<AnnotationRecord, 'maskHash' | 'bbox' | 'area'> => ({
  maskHash,
  bbox,
  area,
})

/** What a region is called most; null when that is a negative, or nothing. */
function bestOf(called: readonly Detection[], candidate: number): Detection | null {
  const own = called.filter((one) => one.candidate === candidate)
  const best = own.reduce<Detection | null>(
    (highest, one) => (highest === null || one.score > highest.score ? one : highest),
    null,
  )
  return best?.isNegative ? null : best
}
