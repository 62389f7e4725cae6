import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { recipeSchema, type RecipeChoice } from '#shared/contract/commands.ts'
import { RECIPE_NAMES, type RecipeName } from '#shared/contract/recipes.ts'
import { NO_CHANGES, type ParameterChanges } from './recipe-parameters.ts'

/** Which images a run is for. */
export const LABELLING_TARGETS = ['image', 'selection', 'unlabelled', 'all'] as const
export type LabellingTarget = (typeof LABELLING_TARGETS)[number]

interface Choice {
  readonly target: LabellingTarget
  readonly recipe: RecipeName
  readonly changes: Readonly<Partial<Record<RecipeName, ParameterChanges>>>
}

const KEY = 'lexmask.labelling'
const FIRST: Choice = { target: 'unlabelled', recipe: 'detector', changes: {} }

/** How a person labels: what was chosen last is offered again. */
export const useLabellingChoice = defineStore('labelling-choice', () => {
  const { target: firstTarget, recipe: firstRecipe, changes: firstChanges } = remembered()
  const target = shallowRef(firstTarget)
  const recipe = shallowRef(firstRecipe)
  const changes = shallowRef(firstChanges)
  /** Classes of which a start has told that nothing serves them: it is not said before every run. */
  const unservedTold = shallowRef<readonly string[]>([])

  const changesOf = (name: RecipeName): ParameterChanges => changes.value[name] ?? NO_CHANGES

  function setChanges(name: RecipeName, to: ParameterChanges): void {
    changes.value = { ...changes.value, [name]: to }
  }

  /** With all defaults. */
  function recipeChoice(): RecipeChoice {
    return recipeSchema.parse({ name: recipe.value, ...changesOf(recipe.value) })
  }

  watch([target, recipe, changes], () =>
    remember({ target: target.value, recipe: recipe.value, changes: changes.value }),
  )

  return { target, recipe, unservedTold, changesOf, setChanges, recipeChoice }
})

/** Of another version, or written by nobody, it counts for nothing. */
function remembered(): Choice {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '') as Choice
    const isKnown = LABELLING_TARGETS.includes(found.target) && RECIPE_NAMES.includes(found.recipe)
    const areValid = Object.entries(found.changes).every(
      ([name, changes]) => recipeSchema.safeParse({ name, ...changes }).success,
    )
    return isKnown && areValid ? found : FIRST
  } catch {
    return FIRST
  }
}

function remember(choice: Choice): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choice))
  } catch {
    // A browser may refuse to keep anything; then nothing is offered again.
  }
}
