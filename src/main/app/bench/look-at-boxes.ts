import { LexmaskError } from '#shared/contract/errors.ts'
import type { RegionRecipe } from '#shared/contract/recipes.ts'
import { boxFromXywh } from '#shared/geometry/box.ts'
import type { CocoAnnotation } from '#main/formats/coco-types.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import type { InferenceService } from '../models/inference-service.ts'
import type { BenchImage } from './bench-data.ts'

/**
 * What a recipe says of the true boxes, in their order: `detector` what its box head says of each, the
 * others what they say of boxes that a person drew.
 *
 * @throws LexmaskError INVALID_INPUT for a box outside the image; PACK_INVALID for a detector that cannot
 *   look at a box
 */
export async function lookAtBoxes(
  inference: InferenceService,
  image: BenchImage,
  objects: readonly CocoAnnotation[],
  order: RegionRecipe,
): Promise<Candidate[][]> {
  if (order.recipe === 'detector') {
    const looked: Candidate[][] = []
    for (const object of objects) looked.push(await classesOf(inference, image, object))
    return looked
  }
  const parameters = { ...order.parameters, source: 'boxes' }
  const drawn = objects.map(({ bbox }) => boxFromXywh(bbox))
  const given = { recipe: order.recipe, parameters } as RegionRecipe
  const { candidates } = await inference.analyse(image.path, given, drawn)
  if (candidates.length !== objects.length) {
    throw new LexmaskError(
      'FORMAT_INVALID',
      `${image.file_name} has an object in instances.json whose box lies outside of it. Correct the box, or leave it out.`,
      { file: image.file_name },
    )
  }
  return candidates.map((candidate) => [candidate])
}

/** One candidate for each class that the box head finds possible, as detections are. */
async function classesOf(
  inference: InferenceService,
  { path }: BenchImage,
  { bbox }: CocoAnnotation,
): Promise<Candidate[]> {
  const order = { path, box: bbox, classes: null, sam: null }
  const { mask, posterior } = await inference.maskInBox(order)
  return Array.from(posterior.classes, (detectorClass) => ({
    box: boxFromXywh(bbox),
    mask,
    objectness: 1,
    detectorClass,
    posterior,
    vector: null,
  }))
}
