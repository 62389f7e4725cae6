import type { FvlmPatchRegions } from '#shared/contract/recipes.ts'
import { splitClipRecipe } from './clip-recipe.ts'
import { embedFeatureRegions } from './embed-feature-regions.ts'

/**
 * The two-score method. Its training-free half: CLIP's Vision Transformer in two parts. The patches
 * are embedded once an image; of every box RoIAlign takes its patches from there, before the encoder,
 * and the encoder sees them with the class token in front as an image of its own. The trained half is
 * the vector that a box head may give, which is kept beside it.
 */
export const fvlmPatchRecipe = splitClipRecipe<FvlmPatchRegions>(
  'fvlm-patch',
  (regions, pixels, clip, parameters, clock) =>
    embedFeatureRegions(regions, pixels, clip, { ...parameters, shortSide: null }, clock),
  { keepsBoxHead: true },
)
