import type { FvlmPatchRegions } from '#shared/contract/recipes.ts'
import { splitClipRecipe } from './clip-recipe.ts'
import { embedFeatureRegions } from './embed-feature-regions.ts'

/**
 * The training-free half of the two-score method: CLIP's Vision Transformer in two parts. The patches
 * are embedded once an image; of every box RoIAlign takes its patches from there, before the encoder,
 * and the encoder sees them with the class token in front as an image of its own.
 */
export const fvlmPatchRecipe = splitClipRecipe<FvlmPatchRegions>(
  'fvlm-patch',
  (regions, pixels, clip, parameters, clock) =>
    embedFeatureRegions(regions, pixels, clip, { ...parameters, shortSide: null }, clock),
)
