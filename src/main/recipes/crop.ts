import type { CropRegions } from '#shared/contract/recipes.ts'
import { cropToTower } from '#main/vision/clip-preprocess.ts'
import { clipRecipe, embedCrops } from './clip-recipe.ts'

/** Each region cut out of the photo at full size and seen by CLIP. */
export const cropRecipe = clipRecipe<CropRegions>(
  'crop',
  (regions, pixels, clip, { crop, batchSize }, clock) =>
    embedCrops(
      regions.length,
      (i, out) => cropToTower(pixels, regions[i].box, crop, clip.preprocess, out),
      clip,
      batchSize,
      clock,
    ),
)
