import { z } from 'zod'
import type { AnnotationRecord, ImageRecord, ImageStatus, Vocabulary } from '../records.ts'
import { answering, id, nothing, path } from './command.ts'

export interface ProjectInfo {
  /** Absolute, as the system writes it. */
  readonly path: string
  readonly name: string
  readonly isReadOnly: boolean
  /** What is wrong with the file; empty for a sound one. */
  readonly damage: readonly string[]
  /** Of the records: the `revision` of the last `records.changed`. */
  readonly revision: number
  readonly vocabularyRevision: number
  readonly imagesByStatus: Readonly<Record<ImageStatus, number>>
  /** Without the rejected ones. */
  readonly annotationsByClass: readonly { readonly classId: number; readonly count: number }[]
}

/** What a client needs to go on after it missed an event. */
export interface Snapshot {
  readonly revision: number
  readonly project: ProjectInfo
  readonly vocabulary: Vocabulary
  /** Those of the asked ids that exist. */
  readonly images: readonly ImageRecord[]
  /** Of these images. */
  readonly annotations: readonly AnnotationRecord[]
}

export interface ExportSummary {
  /** Absolute. */
  readonly path: string
  readonly images: number
  readonly annotations: number
  readonly categories: number
  /** Annotations that could not be written, with the reason; the first of them. */
  readonly omitted: readonly { readonly annotationId: number; readonly reason: string }[]
  /** Names that more than one image has: readers of the file cannot tell them apart. */
  readonly sharedNames: readonly string[]
}

export const projectCommands = {
  'project.info': answering<ProjectInfo>()(nothing),
  'project.snapshot': answering<Snapshot>()(
    z.strictObject({
      /** The images whose annotations the client shows. */
      imageIds: z.array(id).max(1000).default([]),
    }),
  ),

  'export.coco': answering<ExportSummary>()(
    z.strictObject({
      /** The file to write. */
      path,
      states: z
        .array(z.enum(['proposed', 'accepted', 'edited', 'rejected']))
        .min(1)
        .default(['proposed', 'accepted', 'edited']),
      /** `auto`: polygons, and RLE for masks with holes. */
      segmentation: z.enum(['auto', 'polygon', 'rle']).default('auto'),
      /** How far polygons may stray from the mask, in pixels; 0 keeps every pixel. */
      tolerancePx: z.number().min(0).max(100).default(0),
      /** A COCO file whose category ids are taken over, by name. */
      categoriesFrom: path.nullable().default(null),
    }),
  ),
} as const
