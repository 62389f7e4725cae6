import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openProject } from '#main/storage/open-project.ts'
import type { VocabularyDraft } from '#main/storage/vocabulary-repository.ts'
import type { OpenOptions } from '#main/storage/open-project.ts'
import type { ImageDraft } from '#main/storage/image-repository.ts'
import type { CommittedChange } from '#main/storage/history-store.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import type { ClassDraft } from '#shared/contract/commands.ts'
import type {
  AnnotationRecord,
  MaskRecord,
  RunRecord,
  Vocabulary,
} from '#shared/contract/records.ts'
import { rleFromCocoCounts } from '#shared/geometry/rle.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import { diffRecords } from '#shared/history/record-diff.ts'

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lexmask-storage-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function temporaryPath(name = 'street.lexmask'): string {
  return join(temporaryFolder(), name)
}

/** Closed with the test, unless the test closed it. */
export function open(path: string, options: OpenOptions = { create: true }): ProjectDatabase {
  const project = openProject(path, options)
  onTestFinished(() => project.close())
  return project
}

export function imageDraft(name: string): ImageDraft {
  return {
    path: `photos/${name}`,
    name,
    bytes: 1000,
    modifiedMs: 1_700_000_000_000.25,
    sha256: null,
    width: 8,
    height: 6,
  }
}

export function classDraft(name: string, more: Partial<ClassDraft> = {}): ClassDraft {
  return { name, synonyms: [], prompts: [], negatives: [], threshold: null, ...more }
}

/** Of an 8 x 6 image: the n-th pixel in column order and the one below it. */
export function maskAt(n: number): Rle {
  return rleFromCocoCounts([n, 2, 46 - n], { height: 6, width: 8 })
}

export function runDraft(): Omit<RunRecord, 'id'> {
  return {
    recipe: 'detector',
    parameters: { regions: { atMost: 100 }, scoring: { threshold: 0.2 } },
    packs: [
      {
        name: 'maskrcnn2go-coco',
        sha256: { 'rpn.onnx': 'a'.repeat(64) },
        precision: 'int8',
        provider: 'cpu',
      },
    ],
    vocabulary: { revision: 1, classes: [], negatives: ['wall'] },
    createdMs: 1_700_000_000_000,
  }
}

export function candidateAt(n: number): Candidate {
  return {
    box: [1.25, 2.5, 3.75, 4.0625],
    mask: maskAt(n),
    objectness: 0.123456789,
    detectorClass: 6,
    posterior: {
      classes: Uint16Array.of(6, 65_535, 3),
      probabilities: Float32Array.of(0.5, 0.25, 0.125),
    },
    vector: Uint16Array.of(0x3c00, 0, 0xffff),
    boxHeadVector: n % 2 === 0 ? Uint16Array.of(0x3800, 0xffff) : null,
  }
}

export interface Street {
  readonly project: ProjectDatabase
  readonly imageIds: readonly number[]
  readonly classId: number
}

/** Makes the vocabulary what a draft says, beside the history; in the caller's transaction. */
export function writeVocabulary(project: ProjectDatabase, draft: VocabularyDraft): Vocabulary {
  project.vocabulary.apply(project.vocabulary.diffTo(draft))
  return project.vocabulary.get()
}

/** A project of some images and the classes bus and tram. */
export function openStreet(path = temporaryPath(), images = 2): Street {
  const project = open(path)
  return project.transaction(() => {
    const names = Array.from(
      { length: images },
      (_, n) => `image-${String(n).padStart(4, '0')}.jpg`,
    )
    const { added } = project.images.insertMany(names.map(imageDraft))
    const vocabulary = writeVocabulary(project, {
      classes: [classDraft('bus'), classDraft('tram')],
      negatives: ['wall'],
    })
    return { project, imageIds: added.map(({ id }) => id), classId: vocabulary.classes[0].id }
  })
}

export function annotationOf(
  mask: MaskRecord,
  more: Pick<AnnotationRecord, 'id' | 'imageId' | 'classId'> & Partial<AnnotationRecord>,
): AnnotationRecord {
  return {
    maskHash: mask.hash,
    bbox: mask.bbox,
    area: mask.area,
    isCrowd: false,
    isOccluded: false,
    isTruncated: false,
    attributes: {},
    position: more.id,
    score: 0.1 + 0.2,
    state: 'proposed',
    origin: 'run',
    candidateId: 5,
    provenance: { recipe: 'detector', runId: 1, detectorClass: 'bus', objectness: 0.7 },
    ...more,
  }
}

/** Annotates an image through the history, as a run or a person would. */
export function annotate(
  { project, classId }: Street,
  imageId: number,
  {
    count = 1,
    label = 'Draw',
    jobId = null,
  }: { count?: number; label?: string; jobId?: number | null } = {},
): AnnotationRecord[] {
  return project.transaction(() => {
    const added = project.annotations
      .reserveIds(count)
      .map((id) => annotationOf(project.masks.put(maskAt(id % 40)), { id, imageId, classId }))
    project.history.commitChange({
      imageId,
      label,
      diff: diffRecords('annotation', [], added),
      jobId,
    })
    return added
  })
}

/** Changes fields of an annotation through the history. */
export function edit(
  project: ProjectDatabase,
  annotation: AnnotationRecord,
  changes: Partial<AnnotationRecord>,
  { label = 'Edit', merge = false }: { label?: string; merge?: boolean } = {},
): CommittedChange | null {
  const diff = diffRecords('annotation', [annotation], [{ ...annotation, ...changes }])
  return project.transaction(() =>
    project.history.commitChange({ imageId: annotation.imageId, label, diff, merge }),
  )
}
