import { RECIPE_NAMES, RECIPE_SCHEMAS, type RecipeName } from '#shared/contract/recipes.ts'
import { recipeSchema, type RecipeChoice } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'

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
  const { regions, scoring } = RECIPE_SCHEMAS[name]
  refuseUnknown(name, settings, [...Object.keys(regions.shape), ...Object.keys(scoring.shape)])
  const parsed = recipeSchema.safeParse({
    name,
    regions: those(settings, regions.shape),
    scoring: those(settings, scoring.shape),
  })
  if (parsed.success) return parsed.data
  const said = parsed.error.issues.map(
    ({ path, message }) => `${path.at(-1)?.toString()}: ${message}`,
  )
  // A parameter of both halves is wrong in both.
  const problems = [...new Set(said)]
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

/** The parameters of each recipe with their defaults, for `--help`. */
export function describeParameters(): string {
  return RECIPE_NAMES.flatMap((name) => {
    const { regions, scoring } = RECIPE_SCHEMAS[name]
    return [
      `  ${name}, a change runs the model again:`,
      ...linesOf(regions.parse({})),
      `  ${name}, a change only scores again:`,
      ...linesOf(scoring.parse({})),
    ]
  }).join('\n')
}

/** Of a terminal of 80 columns. */
const HELP_WIDTH = 76

function linesOf(defaults: object): string[] {
  const lines: string[] = []
  for (const [name, value] of Object.entries(defaults)) {
    const text = `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
    const last = lines.at(-1)
    if (last !== undefined && last.length + text.length + 1 <= HELP_WIDTH) {
      lines[lines.length - 1] = `${last} ${text}`
    } else {
      lines.push(`    ${text}`)
    }
  }
  return lines
}
