import type { CropRegions } from '#shared/contract/recipes.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { Box } from '#shared/geometry/box.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { pasteOf } from '#main/packs/mask-rcnn-description.ts'
import type { ClipModel } from '#main/networks/clip.ts'
import type { DetectionNetwork } from '#main/networks/detection-network.ts'
import type { Candidate, Posterior } from '#main/vision/candidate.ts'
import { cropToTower } from '#main/vision/clip-preprocess.ts'
import { float16FromVector } from '#main/vision/float16.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import { takeBoxes, toImageBox } from '#main/vision/model-boxes.ts'
import { suppressOverlaps } from '#main/vision/nms.ts'
import { pasteMask } from '#main/vision/paste-mask.ts'
import { sparsePosterior } from '#main/vision/posterior.ts'
import type { RgbImage } from '#main/vision/rgb-image.ts'
import { maskPatch } from './mask-patch.ts'
import { prepareImage } from './prepare.ts'
import { proposeAndClassify } from './propose-and-classify.ts'
import type { Recipe } from './recipe.ts'
import type { StageClock } from './stage-clock.ts'

interface Prepared {
  readonly input: ModelImage
  readonly pixels: RgbImage
}

/** A region with its mask, before CLIP has seen it. */
interface Region {
  readonly box: Box
  readonly mask: Rle
  readonly objectness: number
  readonly posterior: Posterior
}

/**
 * Proposals of Mask R-CNN, each cut out of the photo at full size and seen by CLIP. Every object-like
 * region gets a vector, so that any word can be asked for later.
 */
export const cropRecipe: Recipe<CropRegions, Prepared> = {
  async prepare(image, { detector }, clock) {
    const { description } = detector.network.pack
    return clock.time('decode', async () => ({
      input: await prepareImage(image, (size) => image.resized(size), description.input),
      pixels: await image.pixels(),
    }))
  },

  async findRegions({ input, pixels }, { detector, clip }, parameters, clock) {
    if (!clip) {
      throw new LexmaskError(
        'PACK_MISSING',
        'The recipe "crop" needs a CLIP pack, and none is loaded. Give its folder with --models, or use the recipe "detector".',
      )
    }
    const regions =
      detector.kind === 'regions'
        ? await proposeRegions(input, pixels, detector.network, parameters, clock)
        : await detectedRegions(input, pixels, detector.network, parameters, clock)
    const vectors = await embedRegions(regions, pixels, clip, parameters, clock)
    return regions.map(({ box, mask, objectness, posterior }, i): Candidate => {
      return {
        box,
        mask,
        objectness,
        detectorClass: posterior.classes.length > 0 ? posterior.classes[0] : null,
        posterior,
        vector: float16FromVector(vectors[i]),
      }
    })
  },
}

const sides = (box: Box): number => Math.min(box[2] - box[0], box[3] - box[1])

async function proposeRegions(
  input: ModelImage,
  pixels: RgbImage,
  network: RegionNetwork,
  parameters: CropRegions,
  clock: StageClock,
): Promise<Region[]> {
  const { proposals, classes } = await proposeAndClassify(input, network, parameters, clock)
  const { columns, probabilities } = classes
  const count = proposals.objectness.length
  const posteriors = Array.from({ length: count }, (_, i) =>
    sparsePosterior(probabilities, i * columns + 1, columns - 1),
  )
  let boxes: Float32Array = proposals.boxes
  const convention = parameters.box === 'refined' ? network.refinedConvention : network.convention
  if (parameters.box === 'refined') {
    boxes = proposals.boxes.slice()
    posteriors.forEach((posterior, i) => {
      if (posterior.classes.length === 0) return
      network.refine(proposals.boxes, i, classes, posterior.classes[0] + 1, input, boxes, i * 4)
    })
  }
  const objectLike = Array.from(proposals.objectness.keys()).filter(
    (i) =>
      proposals.objectness[i] >= parameters.candidateFloor &&
      sides(toImageBox(boxes, i, input, convention)) >= parameters.minSidePx,
  )
  // Refinement draws neighbours onto one object: CLIP need not look at it twice.
  const kept = suppressOverlaps(boxes, objectLike, {
    iouThreshold: parameters.proposalNmsIou,
    convention,
  })
  if (kept.length === 0) return []
  const keptBoxes = takeBoxes(boxes, kept)
  const masks = await clock.time('masks', () => network.masks(proposals.features, keptBoxes))
  const paste = pasteOf(network.pack.description)
  return clock.time('paste', () =>
    kept.map((proposal, row) => {
      const posterior = posteriors[proposal]
      const box = toImageBox(keptBoxes, row, input, convention)
      return {
        box,
        mask: pasteMask(maskPatch(masks, row, posterior, parameters.mask), box, pixels, paste),
        objectness: proposals.objectness[proposal],
        posterior,
      }
    }),
  )
}

/** A graph that gives no proposals: what it detected serves as such. */
async function detectedRegions(
  input: ModelImage,
  pixels: RgbImage,
  network: DetectionNetwork,
  parameters: CropRegions,
  clock: StageClock,
): Promise<Region[]> {
  const detections = await clock.time('proposals', () => network.detect(input))
  const paste = pasteOf(network.pack.description)
  const cells = detections.size
  return clock.time('paste', () =>
    Array.from(detections.scores.keys())
      .filter((i) => detections.scores[i] >= parameters.candidateFloor)
      .slice(0, parameters.proposals)
      .map((i): Region => {
        const box = toImageBox(detections.boxes, i, input, network.convention)
        return {
          box,
          mask: pasteMask(
            { probabilities: detections.masks, offset: i * cells ** 2, size: cells },
            box,
            pixels,
            paste,
          ),
          objectness: detections.scores[i],
          posterior: {
            classes: Uint16Array.of(detections.labels[i] - 1),
            probabilities: Float32Array.of(detections.scores[i]),
          },
        }
      })
      .filter(({ box }) => sides(box) >= parameters.minSidePx),
  )
}

/** Image vectors of the regions, in micro-batches, so that memory has a bound. */
async function embedRegions(
  regions: readonly Region[],
  pixels: RgbImage,
  clip: ClipModel,
  parameters: CropRegions,
  clock: StageClock,
): Promise<Float32Array[]> {
  const { preprocess, dimension } = clip
  const length = 3 * preprocess.size ** 2
  const vectors: Float32Array[] = []
  for (let from = 0; from < regions.length; from += parameters.batchSize) {
    const batch = regions.slice(from, from + parameters.batchSize)
    const input = new Float32Array(batch.length * length)
    await clock.time('crops', () => {
      batch.forEach(({ box }, i) => {
        input.set(cropToTower(pixels, box, parameters.crop, preprocess), i * length)
      })
    })
    const embedded = await clock.time('vectors', () => clip.embedImages(input, batch.length))
    for (let i = 0; i < batch.length; i++) {
      vectors.push(embedded.subarray(i * dimension, (i + 1) * dimension))
    }
  }
  return vectors
}
