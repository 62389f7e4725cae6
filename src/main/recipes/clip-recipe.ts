import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClipRecipeName, ClipRegions } from '#shared/contract/recipes.ts'
import type { ClipModel, SplitClip } from '#main/networks/clip.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { candidateOf, findClipRegions, type ClipRegion } from './clip-regions.ts'
import { drawnRegions } from './drawn-regions.ts'
import { prepareImage } from './prepare.ts'
import type { Recipe } from './recipe.ts'
import type { StageClock } from './stage-clock.ts'

export interface PreparedForClip {
  readonly input: ModelImage
  /** The oriented image at full size. */
  readonly pixels: RgbImage
}

/**
 * How CLIP sees regions.
 *
 * @returns a unit vector for each region; null for one that CLIP cannot be shown
 */
export type SeeRegions<Clip, Parameters> = (
  regions: readonly ClipRegion[],
  pixels: RgbImage,
  clip: Clip,
  parameters: Parameters,
  clock: StageClock,
) => Promise<(Float32Array | null)[]>

/**
 * A recipe that shows CLIP crops: class-agnostic regions of Mask R-CNN, each with a vector of CLIP's
 * space, so that any word can be asked for later.
 */
export const clipRecipe = <Parameters extends ClipRegions>(
  name: ClipRecipeName,
  see: SeeRegions<ClipModel, Parameters>,
): Recipe<Parameters, PreparedForClip> => recipeOf(name, isWhole, see)

/**
 * A recipe whose regions are cut out of features that CLIP makes once an image.
 *
 * @param keepsBoxHead whether candidates keep the box head's vector beside CLIP's
 */
export const splitClipRecipe = <Parameters extends ClipRegions>(
  name: ClipRecipeName,
  see: SeeRegions<SplitClip, Parameters>,
  { keepsBoxHead = false } = {},
): Recipe<Parameters, PreparedForClip> => recipeOf(name, isSplit, see, keepsBoxHead)

const isWhole = (clip: ClipModel | SplitClip): clip is ClipModel => clip.form === 'whole'
const isSplit = (clip: ClipModel | SplitClip): clip is SplitClip => clip.form !== 'whole'

function recipeOf<Clip, Parameters extends ClipRegions>(
  name: ClipRecipeName,
  isServedBy: (clip: ClipModel | SplitClip) => clip is Clip & (ClipModel | SplitClip),
  see: SeeRegions<Clip, Parameters>,
  keepsBoxHead = false,
): Recipe<Parameters, PreparedForClip> {
  return {
    async prepare(image, { detector }, clock) {
      const { description } = detector.network.pack
      return clock.time('decode', async () => ({
        input: await prepareImage(image, (size) => image.resized(size), description.input),
        pixels: await image.pixels(),
      }))
    },

    async findRegions({ input, pixels }, { detector, clip }, parameters, clock, drawn = []) {
      if (!clip || !isServedBy(clip)) {
        throw new LexmaskError(
          'PACK_MISSING',
          `The recipe "${name}" needs a CLIP pack, and none of its kind is loaded. Give its folder with --models, or use the recipe "detector".`,
        )
      }
      const regions =
        parameters.source === 'boxes'
          ? await drawnRegions(input, pixels, detector, drawn, clock)
          : await findClipRegions(input, pixels, detector, parameters, clock)
      const vectors = await see(regions, pixels, clip, parameters, clock)
      return regions.map((region, i) => candidateOf(region, vectors[i], keepsBoxHead))
    },
  }
}

/**
 * Image vectors of crops in micro-batches, so that memory has a bound: one batch of pixels lives for
 * the whole image.
 *
 * @param writeCrop writes Float32Array // [3, size, size] of one crop
 * @returns unit vectors [count]
 */
export async function embedCrops(
  count: number,
  writeCrop: (index: number, out: Float32Array) => void,
  clip: ClipModel,
  batchSize: number,
  clock: StageClock,
): Promise<Float32Array[]> {
  const { preprocess, dimension } = clip
  const length = 3 * preprocess.size ** 2
  const pixels = new Float32Array(Math.min(batchSize, count) * length)
  const vectors: Float32Array[] = []
  for (let from = 0; from < count; from += batchSize) {
    const batch = Math.min(batchSize, count - from)
    await clock.time('crops', () => {
      for (let i = 0; i < batch; i++) {
        writeCrop(from + i, pixels.subarray(i * length, (i + 1) * length))
      }
    })
    const embedded = await clock.time('vectors', () =>
      clip.embedImages(pixels.subarray(0, batch * length), batch),
    )
    for (let i = 0; i < batch; i++) {
      vectors.push(embedded.subarray(i * dimension, (i + 1) * dimension))
    }
  }
  return vectors
}
