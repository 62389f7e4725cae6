import type { PackSummary } from '#shared/contract/commands.ts'
import { isClipRecipe, RECIPE_NAMES, type RecipeName } from '#shared/contract/recipes.ts'

/** The recipes for which all packs are there: some need a CLIP beside the detector. */
export function recipesServed(packs: readonly PackSummary[]): RecipeName[] {
  return RECIPE_NAMES.filter((recipe) => {
    const serves = (kind: PackSummary['kind']): boolean =>
      packs.some((pack) => pack.kind === kind && pack.recipes.includes(recipe))
    return serves('mask-rcnn') && (!isClipRecipe(recipe) || serves('clip'))
  })
}
