import type { OvsegRegions } from '#shared/contract/recipes.ts'
import type { Box } from '#shared/geometry/box.ts'
import { isEmptyRle } from '#shared/geometry/rle-algebra.ts'
import { cropToTower } from '#main/vision/clip-preprocess.ts'
import { maskedCrop, meanPixel } from '#main/vision/masked-crop.ts'
import { clipRecipe, embedCrops } from './clip-recipe.ts'

/**
 * OVSeg (Liang et al. 2023): the tight box of the mask, what lies outside the mask filled with CLIP's
 * mean pixel, stretched to the tower's input. A region without a mask has nothing to show.
 */
export const ovsegRecipe = clipRecipe<OvsegRegions>(
  'ovseg',
  async (regions, pixels, clip, { batchSize }, clock) => {
    const shown = regions.filter(({ mask }) => !isEmptyRle(mask))
    const fill = meanPixel(clip.preprocess)
    const vectors = await embedCrops(
      shown.length,
      (i, out) => {
        const crop = maskedCrop(pixels, shown[i].mask, fill)
        if (crop === null) throw new Error('an empty mask was to be shown')
        const whole: Box = [0, 0, crop.width, crop.height]
        cropToTower(crop, whole, 'stretch', clip.preprocess, out)
      },
      clip,
      batchSize,
      clock,
    )
    const vectorOf = new Map(shown.map((region, i) => [region, vectors[i]]))
    return regions.map((region) => vectorOf.get(region) ?? null)
  },
)
