import type { RegionclipRegions } from '#shared/contract/recipes.ts'
import { splitClipRecipe } from './clip-recipe.ts'
import { embedFeatureRegions } from './embed-feature-regions.ts'

/**
 * RegionCLIP (Zhong et al. 2022) with a CLIP ResNet: the third stage's features once an image, RoIAlign
 * of every box, and the last stage with the attention pool a region.
 */
export const regionclipRecipe = splitClipRecipe<RegionclipRegions>(
  'regionclip',
  embedFeatureRegions,
)
