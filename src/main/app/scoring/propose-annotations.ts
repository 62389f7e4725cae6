import { boxFromXywh, boxIou, xywhFromBox, type Box, type XywhBox } from '#shared/geometry/box.ts'
import type { AnnotationRecord, ClassRecord, Provenance } from '#shared/contract/records.ts'
import type { ServiceWay } from '#shared/vocabulary/word-server.ts'
import type { StoredCandidate } from '#main/storage/candidate-repository.ts'
import type { Detection } from '#main/vision/detections.ts'

/** A new proposal on the place of an annotation that a person has dealt with is that object again. */
const SAME_CLASS_IOU = 0.5
/** A rider and a horse share much of a box; one object called by two words shares nearly all. */
const OTHER_CLASS_IOU = 0.7

export interface ProposalInput {
  readonly imageId: number
  /** All of the image. */
  readonly annotations: readonly AnnotationRecord[]
  readonly candidates: readonly StoredCandidate[]
  /** Best first, indices into candidates and classes. */
  readonly detections: readonly Detection[]
  readonly classes: readonly ClassRecord[]
  /** For classes without their own. */
  readonly threshold: number
  readonly recipe: string
  /** Names of the detector's classes by index. */
  readonly detectorClasses: readonly string[]
  /** Also what a person accepted, edited, rejected or drew makes way. */
  readonly replaceTouched: boolean
  readonly reserveIds: (count: number) => number[]
}

/** Whether a person has had a say in an annotation: runs and re-scoring leave it alone. */
export function isTouched({ state, origin }: AnnotationRecord): boolean {
  return state !== 'proposed' || origin !== 'run'
}

/**
 * The annotations that an image is to have: what a person has touched, and the detections from each
 * class's threshold on. A proposal of the same candidate and class keeps its id.
 */
export function proposeAnnotations(input: ProposalInput): AnnotationRecord[] {
  const touched = input.replaceTouched ? [] : input.annotations.filter(isTouched)
  const proposed = new Map(
    input.annotations
      .filter((annotation) => !isTouched(annotation))
      .map((annotation) => [keyOf(annotation.candidateId, annotation.classId), annotation]),
  )
  const drafts = input.detections.flatMap((detection) => {
    const draft = draftOf(detection, input)
    return draft !== null && !touched.some((other) => isSameObject(draft, other)) ? [draft] : []
  })
  const isNew = (draft: AnnotationDraft): boolean =>
    !proposed.has(keyOf(draft.candidateId, draft.classId))
  const ids = input.reserveIds(drafts.filter(isNew).length).values()
  const proposals = drafts.map((draft): AnnotationRecord => {
    const present = proposed.get(keyOf(draft.candidateId, draft.classId))
    return {
      ...draft,
      ...(present ? describedAs(present) : undescribed(ids.next().value as number)),
    }
  })
  return [...touched, ...proposals]
}

type AnnotationDraft = Omit<AnnotationRecord, keyof ReturnType<typeof undescribed>>

/** A new annotation before a person says more of it: on top of the others. */
export function undescribed(
  id: number,
): Pick<
  AnnotationRecord,
  'id' | 'position' | 'isCrowd' | 'isOccluded' | 'isTruncated' | 'attributes'
> {
  const flags = { isCrowd: false, isOccluded: false, isTruncated: false }
  return { id, position: id, ...flags, attributes: {} }
}

const keyOf = (candidateId: number | null, classId: number): string => `${candidateId} ${classId}`

/** What a person said of it before proposing it again, and its place. */
function describedAs(present: AnnotationRecord): ReturnType<typeof undescribed> {
  const { id, position, isCrowd, isOccluded, isTruncated, attributes } = present
  return { id, position, isCrowd, isOccluded, isTruncated, attributes }
}

/** null under the threshold, and for a mask without a pixel, which no dataset can use. */
function draftOf(detection: Detection, input: ProposalInput): AnnotationDraft | null {
  const { servedAs } = detection
  if (detection.classIndex === null || servedAs === null) return null
  const { id: classId, threshold } = input.classes[detection.classIndex]
  const candidate = input.candidates[detection.candidate]
  if (detection.score < (threshold ?? input.threshold) || candidate.area === 0) return null
  return {
    imageId: input.imageId,
    classId,
    maskHash: candidate.maskHash,
    bbox: candidate.bbox,
    area: candidate.area,
    score: detection.score,
    state: 'proposed',
    origin: 'run',
    candidateId: candidate.id,
    provenance: provenanceOf(candidate, servedAs, input.recipe, input.detectorClasses),
  }
}

/**
 * @param servedAs null for a class that scoring would not have called the region by
 * @param detectorClasses names by index
 */
export function provenanceOf(
  { runId, detectorClass, objectness, box }: StoredCandidate,
  servedAs: ServiceWay | null,
  recipe: string,
  detectorClasses: readonly string[],
): Provenance {
  return {
    recipe,
    runId,
    detectorClass: detectorClass === null ? null : (detectorClasses[detectorClass] ?? null),
    objectness,
    ...(servedAs === null ? {} : { servedAs }),
    box: roundedBox(box),
  }
}

/** Hundredths of a pixel: finer than any of it is known. */
function roundedBox(box: Box): XywhBox {
  const [x, y, width, height] = xywhFromBox(box)
  const round = (value: number): number => Math.round(value * 100) / 100
  return [round(x), round(y), round(width), round(height)]
}

/** Whether a proposal would be an object that a person has dealt with. */
export function isSameObject(
  draft: Pick<AnnotationDraft, 'candidateId' | 'classId' | 'bbox'>,
  touched: AnnotationRecord,
): boolean {
  if (draft.candidateId === touched.candidateId && draft.classId === touched.classId) return true
  const overlap = boxIou(boxFromXywh(draft.bbox), boxFromXywh(touched.bbox))
  if (touched.classId === draft.classId) return overlap > SAME_CLASS_IOU
  // What was rejected as one class may still be another one.
  return touched.state !== 'rejected' && overlap > OTHER_CLASS_IOU
}
