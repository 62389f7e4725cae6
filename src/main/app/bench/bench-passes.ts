import { recipeSchema } from '#shared/contract/commands.ts'
import {
  isClipRecipe,
  RECIPE_SCHEMAS,
  type RecipeName,
  type RegionRecipe,
} from '#shared/contract/recipes.ts'
import type { RunParameters } from '../models/run-parameters.ts'
import type { RowWords } from './bench-words.ts'

type Settings = Readonly<Record<string, unknown>>

/** What is measured over the images with one search for regions; the rows only score differently. */
export interface BenchPass {
  readonly regions: RegionRecipe
  readonly rows: readonly PassRow[]
}

export interface PassRow {
  readonly words: RowWords
  readonly scoring: RunParameters['scoring']
  /** What of it differs from the product's defaults. */
  readonly parameters: Settings
}

/** Scores that recall is measured down to where no pack says where its authors stopped. */
const FLOOR = 0.001

/** So that a region whose likeliest class is hidden is still there by its next likely ones. */
const NARROWED_REGIONS = { candidateFloor: 0.005, atMost: 300 }
/** Beside all words of a text table a probability is small: AP asks for the order alone. */
const NARROWED_SCORING = { scoreFloor: 0, threshold: 0, atMost: 1000 }

/**
 * @param published the pack's own thresholds and suppression for this recipe
 * @param words the kinds that are measured
 */
export function passesOf(
  recipe: RecipeName,
  published: Settings,
  words: readonly RowWords[],
): BenchPass[] {
  const measured: Settings = isClipRecipe(recipe)
    ? { ...published, scoreFloor: FLOOR, threshold: FLOOR }
    : published
  const together = words.filter((one) => one !== 'novel-by-text')
  const passes: BenchPass[] = []
  if (together.length > 0) {
    const { regions } = choiceOf(recipe, measured)
    passes.push({
      regions,
      rows: together.map((one) =>
        one === 'defaults'
          ? // Regions are those of the other rows, which have all that the defaults would find.
            rowOf(recipe, one, { ...onlyRegions(recipe, measured) })
          : rowOf(recipe, one, measured),
      ),
    })
  }
  if (words.includes('novel-by-text')) {
    const { regions } = choiceOf(recipe, { ...measured, ...NARROWED_REGIONS })
    const scoring = { ...measured, ...NARROWED_SCORING }
    passes.push({ regions, rows: [rowOf(recipe, 'novel-by-text', scoring)] })
  }
  return passes
}

function rowOf(recipe: RecipeName, words: RowWords, settings: Settings): PassRow {
  const { scoring } = choiceOf(recipe, settings)
  const defaults: Settings = { ...choiceOf(recipe, {}).all }
  const parameters = Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => JSON.stringify(defaults[name]) !== JSON.stringify(value),
    ),
  )
  return { words, scoring, parameters }
}

/** Settings of the search alone. */
function onlyRegions(recipe: RecipeName, settings: Settings): Settings {
  const { regions, scoring } = RECIPE_SCHEMAS[recipe]
  return those(
    settings,
    Object.keys(regions.shape).filter((name) => !(name in scoring.shape)),
  )
}

const those = (settings: Settings, names: readonly string[]): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)))

/** @throws z.ZodError for a setting out of range, which a pack may have */
function choiceOf(
  recipe: RecipeName,
  settings: Settings,
): { regions: RegionRecipe; scoring: RunParameters['scoring']; all: Settings } {
  const schemas = RECIPE_SCHEMAS[recipe]
  const { name, regions, scoring } = recipeSchema.parse({
    name: recipe,
    regions: those(settings, Object.keys(schemas.regions.shape)),
    scoring: those(settings, Object.keys(schemas.scoring.shape)),
  })
  return {
    regions: { recipe: name, parameters: regions } as RegionRecipe,
    scoring,
    all: { ...regions, ...scoring },
  }
}
