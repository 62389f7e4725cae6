import { z } from 'zod'
import type { InferenceState } from '../events.ts'
import { RECIPE_SCHEMAS, type RecipeName } from '../recipes.ts'
import type { JobRecord } from '../records.ts'
import { answering, id, nothing } from './command.ts'
import { imageSelectionSchema } from './images.ts'

const choiceOf = <Name extends RecipeName, Regions extends z.ZodType, Scoring extends z.ZodType>(
  name: Name,
  { regions, scoring }: { readonly regions: Regions; readonly scoring: Scoring },
) =>
  z.strictObject({
    name: z.literal(name),
    regions: regions.prefault({} as z.input<Regions>),
    scoring: scoring.prefault({} as z.input<Scoring>),
  })

/** A recipe with the parameters of its two halves; what is left out takes its default. */
export const recipeSchema = z.discriminatedUnion('name', [
  choiceOf('detector', RECIPE_SCHEMAS.detector),
  choiceOf('region-text', RECIPE_SCHEMAS['region-text']),
  choiceOf('crop', RECIPE_SCHEMAS.crop),
  choiceOf('vild', RECIPE_SCHEMAS.vild),
  choiceOf('ovseg', RECIPE_SCHEMAS.ovseg),
  choiceOf('fvlm-patch', RECIPE_SCHEMAS['fvlm-patch']),
  choiceOf('regionclip', RECIPE_SCHEMAS.regionclip),
])
export type RecipeChoice = z.infer<typeof recipeSchema>

export interface StartedJob {
  readonly jobId: number
  readonly runId: number
  readonly images: number
  /** Words of the vocabulary that no installed model or text table can serve. */
  readonly unservedWords: readonly string[]
}

export interface RescoreSummary {
  readonly images: number
  readonly added: number
  readonly updated: number
  readonly removed: number
  readonly unservedWords: readonly string[]
  /** A later call took over before this one was through; that one scores everything. */
  readonly isSuperseded: boolean
}

export interface ListedJob extends JobRecord {
  /** It has open images, and nothing works on them until `jobs.resume`. */
  readonly isPaused: boolean
}

/** An image of a job that could not be labelled. */
export interface JobFailure {
  readonly imageId: number
  readonly name: string
  /** In words for the user. */
  readonly reason: string
}

export const labellingCommands = {
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
      /** Scored first: those that a person looks at. */
      firstImageIds: z.array(id).max(100).default([]),
    }),
  ),

  /** The newest first. */
  'jobs.list': answering<readonly ListedJob[]>()(nothing),
  'jobs.cancel': answering<JobRecord>()(z.strictObject({ jobId: id })),
  /** Lets the images in work end and takes no more, until `jobs.resume`. */
  'jobs.pause': answering<Record<never, never>>()(nothing),
  /** Goes on with all that is queued, also by an earlier session. */
  'jobs.resume': answering<{ readonly queued: number }>()(nothing),
  'jobs.failures': answering<readonly JobFailure[]>()(z.strictObject({ jobId: id })),

  'inference.get': answering<InferenceState>()(nothing),
  /** After `failed`: starts the process anew and goes on with what is queued. */
  'inference.retry': answering<InferenceState>()(nothing),
} as const
