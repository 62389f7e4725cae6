import type { XywhBox } from '#shared/geometry/box.ts'
import type { AttributeDefinition, AttributeValues } from './attributes.ts'
import type { ProviderChoice, ProviderFallback } from './providers.ts'
import type { ServiceWay } from '#shared/vocabulary/word-server.ts'

/** One class of the project's vocabulary. */
export interface ClassRecord {
  readonly id: number
  readonly name: string
  readonly synonyms: readonly string[]
  /** Own prompts; when there are any, they replace the templates. */
  readonly prompts: readonly string[]
  /** Look-alikes that may win a region but are never emitted. */
  readonly negatives: readonly string[]
  /** Scores from here on are proposed; null means the project's default. */
  readonly threshold: number | null
  /** #rrggbb */
  readonly colour: string
  readonly position: number
}

/** What the vocabulary has beside its classes; there is one. */
export interface VocabularyRecord {
  readonly id: 1
  readonly negatives: readonly string[]
}

/** The properties that annotations of the project can have; there is one list. */
export interface AttributesRecord {
  readonly id: 1
  /** In the order in which they are asked for. */
  readonly definitions: readonly AttributeDefinition[]
}

export type ImageStatus = 'new' | 'labelled' | 'reviewed' | 'failed'

/** The words of a project. A revision names one state of them: it grows with every change. */
export interface Vocabulary {
  readonly revision: number
  /** In the order of their positions. */
  readonly classes: readonly ClassRecord[]
  /** Look-alikes and backgrounds that compete with all classes and are never emitted. */
  readonly negatives: readonly string[]
}

/** One photo. Width and height are those of the image after its EXIF orientation is applied. */
export interface ImageRecord {
  readonly id: number
  /** POSIX; relative to the project file's folder where it can be, absolute otherwise. */
  readonly path: string
  /** POSIX; relative to the folder it was added from: the `file_name` of an export. */
  readonly name: string
  readonly bytes: number
  readonly modifiedMs: number
  /** Lower-case hex of the file's bytes; null until the file was read. */
  readonly sha256: string | null
  /** null until the image was decoded once. */
  readonly width: number | null
  readonly height: number | null
  readonly status: ImageStatus
  /** Why the image could not be labelled, in words for the user; null when it could. */
  readonly error: string | null
}

export type AnnotationState = 'proposed' | 'accepted' | 'edited' | 'rejected'
export type AnnotationOrigin = 'run' | 'person' | 'import'

/** Where a proposed annotation came from; written into exports. */
export interface Provenance {
  readonly recipe: string
  readonly runId: number
  /** What the detector itself saw, when it saw something by name. */
  readonly detectorClass: string | null
  readonly objectness: number
  /** How the word is served by which the class got it; missing in older projects. */
  readonly servedAs?: ServiceWay
  /** The detector's own, in pixels of the image, to two decimals; missing in older projects. */
  readonly box?: XywhBox
}

/** One object in one image. Its geometry is the mask; bbox and area are the mask's. */
export interface AnnotationRecord {
  readonly id: number
  readonly imageId: number
  readonly classId: number
  /** Content hash of an immutable mask. */
  readonly maskHash: string
  readonly bbox: XywhBox
  readonly area: number
  readonly isCrowd: boolean
  /** Partly behind something else. */
  readonly isOccluded: boolean
  /** Partly outside of the image. */
  readonly isTruncated: boolean
  /** Its own values by name; those of definitions without one are their defaults. */
  readonly attributes: AttributeValues
  /**
   * The order in which annotations of an image lie above each other and are exported: the higher
   * lies above, of equal ones the higher id. The id, unless it was moved.
   */
  readonly position: number
  readonly score: number | null
  readonly state: AnnotationState
  readonly origin: AnnotationOrigin
  /** The candidate it was made of; null when a person drew it or it was imported. */
  readonly candidateId: number | null
  readonly provenance: Provenance | null
}

/**
 * What a project consists of, as history and events see it. Every field of a record is a plain JSON
 * value, so that a record survives a process border and a database unchanged.
 */
export interface RecordsByKind {
  readonly annotation: AnnotationRecord
  readonly image: ImageRecord
  readonly class: ClassRecord
  readonly vocabulary: VocabularyRecord
  readonly attributes: AttributesRecord
}
export type RecordKind = keyof RecordsByKind
export type ProjectRecord = RecordsByKind[RecordKind]

/** A binary mask in pixels of the oriented image, as COCO's compressed RLE. */
export interface EncodedMask {
  readonly height: number
  readonly width: number
  readonly counts: string
}

/** A stored mask: immutable, and named by its content. */
export interface MaskRecord extends EncodedMask {
  /** Lower-case hex sha256 of size and counts. */
  readonly hash: string
  readonly bbox: XywhBox
  /** Set pixels. */
  readonly area: number
}

export type RunParameters = Readonly<Record<string, unknown>>

/** The model that a run used, exactly enough to use it again. */
export interface RunPack {
  readonly name: string
  /** File name to lower-case hex. */
  readonly sha256: Readonly<Record<string, string>>
  readonly precision: string
  /** The execution provider that was really in use. */
  readonly provider: string
  /** What was asked for, and what did not run where it was meant to; missing in older runs. */
  readonly providerAsked?: ProviderChoice
  readonly fallbacks?: readonly ProviderFallback[]
}

/** One start of a recipe with everything that its results depend on. */
export interface RunRecord {
  readonly id: number
  readonly recipe: string
  readonly parameters: RunParameters
  readonly packs: readonly RunPack[]
  readonly vocabulary: Vocabulary
  readonly createdMs: number
}

export type JobKind = 'prelabel'
export type JobState = 'queued' | 'running' | 'done' | 'cancelled' | 'failed'
export type JobItemState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** Work on many images that survives a restart; one item an image. */
export interface JobRecord {
  readonly id: number
  readonly runId: number | null
  readonly kind: JobKind
  readonly state: JobState
  /** Why the job as a whole failed, in words for the user. */
  readonly error: string | null
  readonly createdMs: number
  readonly finishedMs: number | null
  /** Items by state. */
  readonly items: Readonly<Record<JobItemState, number>>
}

/** One entry of an image's history, without its diff. */
export interface ChangeSummary {
  readonly id: number
  /** null for a change of the vocabulary. */
  readonly imageId: number | null
  readonly label: string
  readonly jobId: number | null
  readonly createdMs: number
  /** Name of the person; null for what the application did, and in older projects. */
  readonly madeBy: string | null
  readonly isUndone: boolean
}
