import { z } from 'zod'
import {
  cropRegionsSchema,
  cropScoringSchema,
  detectorRegionsSchema,
  detectorScoringSchema,
  regionTextRegionsSchema,
  regionTextScoringSchema,
  RECIPE_NAMES,
} from './recipes.ts'
import type { ServiceReport } from '#shared/vocabulary/service-report.ts'
import type { InferenceState } from './events.ts'
import type {
  AnnotationRecord,
  ChangeSummary,
  ImageRecord,
  ImageStatus,
  JobRecord,
  MaskRecord,
  Vocabulary,
} from './records.ts'

const id = z.int().positive()
/** Bounds one request; larger selections are told by filter. */
const ids = z.array(id).min(1).max(10_000)
const word = z.string().trim().min(1).max(200)
const path = z.string().min(1)
const score = z.number().min(0).max(1)
const nothing = z.strictObject({})

const imageFilterSchema = z.strictObject({
  statuses: z.array(z.enum(['new', 'labelled', 'reviewed', 'failed'])).optional(),
  /** Part of the name; capital or small Latin letters are the same. */
  search: z.string().max(200).optional(),
  /** Images with an annotation of this class that is not rejected. */
  classId: id.optional(),
})

const imageSelectionSchema = z.union(
  [z.strictObject({ imageIds: ids }), z.strictObject({ filter: imageFilterSchema })],
  { error: 'Give either imageIds or a filter' },
)

const classDraftSchema = z.strictObject({
  /** Keeps the class through a renaming; without it, an existing class of the same name is kept. */
  id: id.optional(),
  name: word,
  synonyms: z.array(word).max(100).default([]),
  prompts: z.array(z.string().trim().min(1).max(1000)).max(100).default([]),
  negatives: z.array(word).max(100).default([]),
  threshold: score.nullable().default(null),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/, 'A colour is # and six hexadecimal digits in lower case')
    .optional(),
})

const classDraftsSchema = z
  .array(classDraftSchema)
  .max(5000)
  .superRefine((classes, context) => {
    refuseTwins(
      classes.map(({ name }) => name.toLowerCase()),
      (index, twin) =>
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `"${classes[index].name}" is already class ${twin + 1}`,
        }),
    )
    refuseTwins(
      classes.map(({ id }) => id),
      (index, twin) =>
        context.addIssue({
          code: 'custom',
          path: [index, 'id'],
          message: `this id is already that of class ${twin + 1}`,
        }),
    )
  })

/** Tells of each value that an earlier one equals; `undefined` equals nothing. */
function refuseTwins(
  values: readonly (string | number | undefined)[],
  refuse: (index: number, twin: number) => void,
): void {
  const seen = new Map<string | number, number>()
  values.forEach((value, index) => {
    if (value === undefined) return
    const twin = seen.get(value)
    if (twin === undefined) seen.set(value, index)
    else refuse(index, twin)
  })
}

/** A recipe with the parameters of its two halves; what is left out takes its default. */
export const recipeSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('detector'),
    regions: detectorRegionsSchema.prefault({}),
    scoring: detectorScoringSchema.prefault({}),
  }),
  z.strictObject({
    name: z.literal('region-text'),
    regions: regionTextRegionsSchema.prefault({}),
    scoring: regionTextScoringSchema.prefault({}),
  }),
  z.strictObject({
    name: z.literal('crop'),
    regions: cropRegionsSchema.prefault({}),
    scoring: cropScoringSchema.prefault({}),
  }),
])

const encodedMaskSchema = z.strictObject({
  height: z.int().positive(),
  width: z.int().positive(),
  /** COCO's compressed RLE. */
  counts: z.string().min(1),
})

const annotationSelection = {
  /** A change belongs to the history of one image. */
  imageId: id,
  annotationIds: ids,
}

export type ImageFilter = z.infer<typeof imageFilterSchema>
export type ImageSelection = z.infer<typeof imageSelectionSchema>
export type ClassDraft = z.infer<typeof classDraftSchema>
export type RecipeChoice = z.infer<typeof recipeSchema>

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

export interface ImagePage {
  /** How many images the filter lets through, on all pages. */
  readonly total: number
  readonly images: readonly ImageRecord[]
}

export interface AddedImages {
  readonly added: number
  /** Already in the project. */
  readonly known: number
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

export interface StartedJob {
  readonly jobId: number
  readonly runId: number
  readonly images: number
  /** Words of the vocabulary that no installed model or text table can serve. */
  readonly unservedWords: readonly string[]
}

/** The change that an edit made; `changeId` is null when there was nothing to change. */
export interface ChangeReceipt {
  readonly changeId: number | null
  readonly revision: number
}

/** What undo and redo would do next in an image. */
export interface HistoryState {
  readonly undo: ChangeSummary | null
  readonly redo: ChangeSummary | null
}

export interface UndoneRun {
  readonly undoneImageIds: readonly number[]
  /** Images that were edited since in a way that does not let the run be taken back. */
  readonly conflictingImageIds: readonly number[]
}

export interface RescoreSummary {
  readonly images: number
  readonly added: number
  readonly updated: number
  readonly removed: number
  readonly unservedWords: readonly string[]
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

declare const outputOf: unique symbol

interface Command<Input extends z.ZodType, Output> {
  readonly input: Input
  /** A type only: no value carries it. */
  readonly [outputOf]?: Output
}

/** Curried, as TypeScript infers all type arguments or none. */
const answering =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): Command<Input, Output> => ({ input })

/** Everything that a shell can ask of the application. */
export const commands = {
  'project.info': answering<ProjectInfo>()(nothing),
  'project.snapshot': answering<Snapshot>()(
    z.strictObject({
      /** The images whose annotations the client shows. */
      imageIds: z.array(id).max(1000).default([]),
    }),
  ),

  'images.list': answering<ImagePage>()(
    z.strictObject({
      filter: imageFilterSchema.default({}),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
  ),
  /** Files or folders; a folder means every image under it. */
  'images.add': answering<AddedImages>()(z.strictObject({ paths: z.array(path).min(1) })),
  /** From the project, with their annotations; the files stay. */
  'images.remove': answering<{ readonly removed: number }>()(z.strictObject({ imageIds: ids })),

  'vocabulary.get': answering<Vocabulary>()(nothing),
  'vocabulary.replace': answering<Vocabulary>()(
    z.strictObject({
      /** The revision that the edit started from; another one now is a CONFLICT. */
      revision: z.int().min(0),
      classes: classDraftsSchema,
      negatives: z.array(word).max(1000).default([]),
    }),
  ),

  /** How words will be served by what is installed; no model runs. */
  'vocabulary.report': answering<ServiceReport>()(
    z.strictObject({
      recipe: z.enum(RECIPE_NAMES),
      /** Drafts, while somebody types; without, the stored vocabulary. */
      classes: z
        .array(
          z.strictObject({
            name: word,
            synonyms: z.array(word).max(100).default([]),
            negatives: z.array(word).max(100).default([]),
          }),
        )
        .max(5000)
        .optional(),
      /** Of the whole vocabulary, with drafts. */
      negatives: z.array(word).max(1000).default([]),
    }),
  ),

  'prelabel.start': answering<StartedJob>()(
    z.strictObject({
      images: imageSelectionSchema,
      recipe: recipeSchema,
      /** The revision that the user sees; another one now is a CONFLICT. */
      vocabularyRevision: z.int().min(0),
      /** Also replaces annotations that a person accepted, edited, rejected or drew. */
      replaceTouched: z.boolean().default(false),
    }),
  ),
  /** Candidates of earlier runs, scored anew with the present vocabulary: no model runs. */
  'rescore.all': answering<RescoreSummary>()(
    z.strictObject({
      vocabularyRevision: z.int().min(0),
      /** Replaces these scoring parameters of the runs on record; the rest stays. */
      scoring: z.record(z.string(), z.unknown()).default({}),
    }),
  ),

  /** The newest first. */
  'jobs.list': answering<readonly JobRecord[]>()(nothing),
  'jobs.cancel': answering<JobRecord>()(z.strictObject({ jobId: id })),
  'inference.get': answering<InferenceState>()(nothing),

  'annotations.list': answering<readonly AnnotationRecord[]>()(z.strictObject({ imageId: id })),
  /** A new shape. */
  'annotations.update': answering<ChangeReceipt>()(
    z.strictObject({
      annotationId: id,
      /** The mask that was edited; another one now is a CONFLICT. */
      expectedMaskHash: z.string(),
      mask: encodedMaskSchema,
    }),
  ),
  'annotations.delete': answering<ChangeReceipt>()(z.strictObject(annotationSelection)),
  'annotations.setClass': answering<ChangeReceipt>()(
    z.strictObject({ ...annotationSelection, classId: id }),
  ),
  'annotations.setState': answering<ChangeReceipt>()(
    z.strictObject({ ...annotationSelection, state: z.enum(['proposed', 'accepted', 'rejected']) }),
  ),
  'masks.get': answering<readonly MaskRecord[]>()(
    z.strictObject({ hashes: z.array(z.string()).min(1).max(10_000) }),
  ),

  'history.get': answering<HistoryState>()(z.strictObject({ imageId: id })),
  'history.undo': answering<HistoryState>()(z.strictObject({ imageId: id })),
  'history.redo': answering<HistoryState>()(z.strictObject({ imageId: id })),
  'history.undoRun': answering<UndoneRun>()(z.strictObject({ runId: id })),

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

export type Commands = typeof commands
export type CommandName = keyof Commands
/** What a caller writes; parts with a default may be left out. */
export type CommandRequest<Name extends CommandName> = z.input<Commands[Name]['input']>
/** What a handler gets: checked and complete. */
export type CommandInput<Name extends CommandName> = z.output<Commands[Name]['input']>
export type CommandOutput<Name extends CommandName> = NonNullable<Commands[Name][typeof outputOf]>

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}
