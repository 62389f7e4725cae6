import {
  cropRegionsSchema,
  cropScoringSchema,
  detectorRegionsSchema,
  detectorScoringSchema,
  type RecipeName,
} from '#shared/contract/recipes.ts'
import { recipeSchema, type RecipeChoice } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'

const SCHEMAS = {
  detector: { regions: detectorRegionsSchema, scoring: detectorScoringSchema },
  crop: { regions: cropRegionsSchema, scoring: cropScoringSchema },
} as const

type Settings = Readonly<Record<string, unknown>>

/** The settings among `known`; one that both halves of a recipe have goes to both. */
function those(settings: Settings, known: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name in known))
}

/**
 * `--set` and `--threshold` as a recipe with all its parameters.
 *
 * @throws LexmaskError INVALID_INPUT for a name that the recipe does not have, or a value out of range
 */
export function recipeOf(name: RecipeName, settings: Settings): RecipeChoice {
  const { regions, scoring } = SCHEMAS[name]
  refuseUnknown(name, settings, [...Object.keys(regions.shape), ...Object.keys(scoring.shape)])
  const parsed = recipeSchema.safeParse({
    name,
    regions: those(settings, regions.shape),
    scoring: those(settings, scoring.shape),
  })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.at(-1)?.toString()}: ${message}`,
  )
  throw new LexmaskError('INVALID_INPUT', `The recipe "${name}": ${problems.join('; ')}.`, {
    problems,
  })
}

function refuseUnknown(recipe: string, settings: Settings, known: readonly string[]): void {
  const unknown = Object.keys(settings).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new LexmaskError(
    'INVALID_INPUT',
    `The recipe "${recipe}" has no parameter ${unknown.join(', ')}. It has: ${[...new Set(known)].sort().join(', ')}.`,
    { recipe, unknown },
  )
}
