import type { VildRegions } from '#shared/contract/recipes.ts'
import { scaleBox } from '#shared/geometry/box.ts'
import { averageDirection } from '#shared/vocabulary/text-vectors.ts'
import { cropToTower } from '#main/vision/clip-preprocess.ts'
import { clipRecipe, embedCrops } from './clip-recipe.ts'

/** The crops of a region: its box, and the box with half as much again around it. */
const SCALES = [1, 1.5] as const

/**
 * ViLD's CLIP half (Gu et al. 2022): the image vectors of the box and of the box grown by half, summed
 * and brought to length 1. The larger crop brings what is around the object.
 */
export const vildRecipe = clipRecipe<VildRegions>(
  'vild',
  async (regions, pixels, clip, { crop, batchSize }, clock) => {
    const vectors = await embedCrops(
      regions.length * SCALES.length,
      (i, out) => {
        const { box } = regions[Math.floor(i / SCALES.length)]
        const scaled = scaleBox(box, SCALES[i % SCALES.length])
        cropToTower(pixels, scaled, crop, clip.preprocess, out)
      },
      clip,
      batchSize,
      clock,
    )
    const { dimension } = clip
    const both = new Float32Array(SCALES.length * dimension)
    return regions.map((_, region) => {
      SCALES.forEach((_, s) => both.set(vectors[region * SCALES.length + s], s * dimension))
      return averageDirection(both, dimension)
    })
  },
)
