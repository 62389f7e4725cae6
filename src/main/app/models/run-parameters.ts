import { z } from 'zod'
import { LexmaskError } from '#shared/contract/errors.ts'
import {
  isClipRecipe,
  RECIPE_SCHEMAS,
  type ClipRecipeName,
  type RecipeName,
} from '#shared/contract/recipes.ts'
import type { RunRecord } from '#shared/contract/records.ts'

/** The networks that a run asks for. Two runs that ask for the same with the same `regions` find the same. */
const modelsSchema = z.object({
  detector: z.string(),
  graph: z.enum(['regions', 'detections']),
  precision: z.string(),
  clip: z.string().nullable(),
  /** Which image encoder of the CLIP pack. */
  clipForm: z.enum(['whole', 'vit-stages', 'resnet-stages']).default('whole'),
})
export type RunModels = z.infer<typeof modelsSchema>

/** What scoring has to know of the models, so that it needs none of them. */
const facts = z.object({
  detectorClasses: z.array(z.string()),
  /** null until the models were loaded, and for a run without CLIP. */
  clip: z.object({ encoder: z.string(), dimension: z.number(), logitScale: z.number() }).nullable(),
  /** Whether the detector's region vectors lie in CLIP's text space; found once both were loaded. */
  sameTextSpace: z.boolean().default(false),
})
export type ModelFacts = z.infer<typeof facts>

const common = {
  models: modelsSchema,
  facts,
  /** Whether the run also replaces what a person has touched. */
  replaceTouched: z.boolean(),
  /**
   * Revision of the vocabulary with which all that the run found was scored; null from a change of
   * `scoring` on until everything is scored again. Whatever is cut off in between is caught up with.
   */
  scoredRevision: z.number().nullable().default(null),
}

const runOf = <Name extends RecipeName, Regions extends z.ZodType, Scoring extends z.ZodType>(
  recipe: Name,
  { regions, scoring }: { readonly regions: Regions; readonly scoring: Scoring },
) => z.object({ recipe: z.literal(recipe), regions, scoring, ...common })

const runParametersSchema = z.discriminatedUnion('recipe', [
  runOf('detector', RECIPE_SCHEMAS.detector),
  runOf('region-text', RECIPE_SCHEMAS['region-text']),
  runOf('crop', RECIPE_SCHEMAS.crop),
  runOf('vild', RECIPE_SCHEMAS.vild),
  runOf('ovseg', RECIPE_SCHEMAS.ovseg),
  runOf('fvlm-patch', RECIPE_SCHEMAS['fvlm-patch']),
  runOf('regionclip', RECIPE_SCHEMAS.regionclip),
])
export type RunParameters = z.infer<typeof runParametersSchema>
export type ClipRunParameters = Extract<RunParameters, { recipe: ClipRecipeName }>

export function isClipRun(parameters: RunParameters): parameters is ClipRunParameters {
  return isClipRecipe(parameters.recipe)
}

/** The parameters of a stored run, checked: a project file may come from anywhere. */
export function parametersOfRun(run: RunRecord): RunParameters {
  return runParametersSchema.parse({ recipe: run.recipe, ...run.parameters })
}

/**
 * The parameters with those of the changes that their recipe's scoring has.
 *
 * @throws LexmaskError INVALID_INPUT for a value out of range
 */
export function withScoring(
  parameters: RunParameters,
  changes: Readonly<Record<string, unknown>>,
): RunParameters {
  const own = RECIPE_SCHEMAS[parameters.recipe].scoring
  const known = Object.entries(changes).filter(([name]) => name in own.shape)
  const parsed = own.safeParse({ ...parameters.scoring, ...Object.fromEntries(known) })
  if (parsed.success) return { ...parameters, scoring: parsed.data } as RunParameters
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new LexmaskError(
    'INVALID_INPUT',
    `Scoring of the recipe "${parameters.recipe}": ${problems.join('; ')}.`,
    { problems },
  )
}

/** @throws LexmaskError INVALID_INPUT for a name that the scoring of none of the recipes has */
export function refuseUnscored(
  changes: Readonly<Record<string, unknown>>,
  recipes: readonly RunParameters['recipe'][],
): void {
  const known = recipes.flatMap((recipe) => Object.keys(RECIPE_SCHEMAS[recipe].scoring.shape))
  const unknown = Object.keys(changes).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  const isOfRegions = unknown.some((name) =>
    recipes.some((recipe) => name in RECIPE_SCHEMAS[recipe].regions.shape),
  )
  const advice = isOfRegions ? ' What decides which regions are found needs a new run.' : ''
  throw new LexmaskError(
    'INVALID_INPUT',
    `Scoring has no parameter ${unknown.join(', ')}. ` +
      `It has: ${[...new Set(known)].sort().join(', ')}.${advice}`,
    { unknown },
  )
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
