import { CLIP_FORMS } from '#shared/contract/recipes.ts'
import type { LoadedNetworks } from '#main/inference/protocol.ts'
import type { ProjectDatabase } from '#main/storage/project-database.ts'
import type { InferenceService } from './inference-service.ts'
import type { ModelFacts, RunModels } from './run-parameters.ts'
import { haveSameTextSpace } from '../words/same-text-space.ts'
import type { EmbedTexts } from '../words/text-vectors.ts'

/**
 * What scoring has to know of models that are loaded.
 *
 * @throws LexmaskError as `InferenceService.findRegionSpace` and `embedTexts`
 */
export async function factsOf(
  project: ProjectDatabase,
  inference: InferenceService,
  models: RunModels,
  networks: LoadedNetworks,
): Promise<ModelFacts> {
  return {
    detectorClasses: [...networks.detectorClasses],
    clip: networks.clip,
    sameTextSpace: await isSameTextSpace(project, inference, models, networks),
  }
}

/** Asked of the models themselves, for the recipe that compares regions in both. */
async function isSameTextSpace(
  project: ProjectDatabase,
  inference: InferenceService,
  { detector, clipForm }: RunModels,
  { clip, detectorClasses }: LoadedNetworks,
): Promise<boolean> {
  if (clip === null || clipForm !== CLIP_FORMS['fvlm-patch']) return false
  const space = await inference.findRegionSpace(detector)
  if (space === null) return false
  const embed: EmbedTexts = (texts) => inference.embedTexts(texts)
  return haveSameTextSpace(project, clip, embed, space, detectorClasses)
}
