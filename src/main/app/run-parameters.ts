import { z } from 'zod'
import {
  cropRegionsSchema,
  cropScoringSchema,
  detectorRegionsSchema,
  detectorScoringSchema,
} from '#shared/contract/recipes.ts'
import type { RunRecord } from '#shared/contract/records.ts'

/** The networks that a run asks for. Two runs that ask for the same with the same `regions` find the same. */
const modelsSchema = z.object({
  detector: z.string(),
  graph: z.enum(['regions', 'detections']),
  precision: z.string(),
  clip: z.string().nullable(),
})
export type RunModels = z.infer<typeof modelsSchema>

/** What scoring has to know of the models, so that it needs none of them. */
const facts = z.object({
  detectorClasses: z.array(z.string()),
  /** null until the models were loaded, and for a run without CLIP. */
  clip: z.object({ encoder: z.string(), dimension: z.number(), logitScale: z.number() }).nullable(),
})
export type ModelFacts = z.infer<typeof facts>

const runParametersSchema = z.discriminatedUnion('recipe', [
  z.object({
    recipe: z.literal('detector'),
    regions: detectorRegionsSchema,
    scoring: detectorScoringSchema,
    models: modelsSchema,
    facts,
    /** Whether the run also replaces what a person has touched. */
    replaceTouched: z.boolean(),
  }),
  z.object({
    recipe: z.literal('crop'),
    regions: cropRegionsSchema,
    scoring: cropScoringSchema,
    models: modelsSchema,
    facts,
    /** Whether the run also replaces what a person has touched. */
    replaceTouched: z.boolean(),
  }),
])
export type RunParameters = z.infer<typeof runParametersSchema>

/** The parameters of a stored run, checked: a project file may come from anywhere. */
export function parametersOfRun(run: RunRecord): RunParameters {
  return runParametersSchema.parse({ recipe: run.recipe, ...run.parameters })
}

/** What decides which regions are found in an image. */
export interface RegionSearch {
  readonly recipe: RunParameters['recipe']
  readonly regions: RunParameters['regions']
  readonly models: RunModels
}

/** Whether two runs find the same regions in the same image. */
export function findSameRegions(a: RegionSearch, b: RegionSearch): boolean {
  const key = ({ recipe, regions, models }: RegionSearch): string =>
    JSON.stringify([recipe, Object.entries(regions).sort(), Object.entries(models).sort()])
  return key(a) === key(b)
}
