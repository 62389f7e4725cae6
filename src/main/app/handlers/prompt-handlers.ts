import type { CommandInput, PromptedMask, PromptTools } from '#shared/contract/commands.ts'
import type { ProjectHandlers } from '#shared/contract/dispatch.ts'
import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import {
  detectorRegionsSchema,
  detectorScoringSchema,
  regionTextRegionsSchema,
  regionTextScoringSchema,
} from '#shared/contract/recipes.ts'
import type { EncodedMask } from '#shared/contract/records.ts'
import { rleFromCocoString, rleToCocoString, type Rle } from '#shared/geometry/rle.ts'
import type { PromptedRegion } from '#main/inference/protocol.ts'
import { fileOfImage } from '../images/add-images.ts'
import type { AppServices } from './app-services.ts'
import { requireImage } from '../images/require-image.ts'
import type { PromptModels } from '../models/inference-service.ts'
import type { RunParameters } from '../models/run-parameters.ts'
import type { ImageScorer } from '../scoring/scoring.ts'
import { suggestClasses } from '../annotations/suggest-classes.ts'

type PromptHandlers = Pick<
  ProjectHandlers,
  'prompts.available' | 'masks.fromBox' | 'masks.fromPoints' | 'masks.snap'
>

/** A run that needs other models turns out those of a prompt; the next try uses the run's. */
const TRIES = 2

export function promptHandlers(services: AppServices): PromptHandlers {
  return {
    'prompts.available': () => toolsOf(services),
    'masks.fromBox': (input) => maskFromBox(services, input),
    'masks.fromPoints': (input) => maskFromPoints(services, input),
    'masks.snap': (input) => snapped(services, input),
  }
}

async function toolsOf({ inference }: AppServices): Promise<PromptTools> {
  try {
    return toolsWith(await inference.promptModels())
  } catch (error) {
    const { code, message } = failureOfError(error)
    if (code === 'INTERNAL') throw error
    return { box: false, points: false, why: message }
  }
}

function toolsWith({ models, detector, sam }: PromptModels): PromptTools {
  if (sam) return { box: true, points: true, why: null }
  const noSam =
    'Points need a model pack of the kind SAM, and none is installed. docs/packs.md says what it consists of.'
  if (models.graph === 'regions') return { box: true, points: false, why: noSam }
  const why =
    `The pack ${detector.name} makes masks of whole images only. For masks of boxes choose a Mask R-CNN ` +
    `pack of three graphs, or install a SAM pack. ${noSam}`
  return { box: false, points: false, why }
}

function maskFromBox(
  services: AppServices,
  { imageId, box, classId }: CommandInput<'masks.fromBox'>,
): Promise<PromptedMask> {
  return prompted(services, imageId, (path, prompts, scorer) => {
    const { sam } = prompts
    const tools = toolsWith(prompts)
    if (!tools.box) throw new LexmaskError('PACK_MISSING', tools.why ?? '')
    return services.inference.maskInBox({ path, box, classes: classesMeant(scorer, classId), sam })
  })
}

function maskFromPoints(
  services: AppServices,
  { imageId, points, box }: CommandInput<'masks.fromPoints'>,
): Promise<PromptedMask> {
  return prompted(services, imageId, (path, prompts) => {
    const { sam } = prompts
    if (!sam) throw new LexmaskError('PACK_MISSING', toolsWith(prompts).why ?? '')
    return services.inference.maskAtPoints({ path, points, box: box ?? null, sam })
  })
}

async function snapped(
  { project, snapMask }: AppServices,
  { imageId, mask, bandPx }: CommandInput<'masks.snap'>,
): Promise<{ mask: EncodedMask }> {
  if (!snapMask) {
    throw new LexmaskError('FORBIDDEN', 'Masks follow the image in the window only. Open it there.')
  }
  const path = fileOfImage(project.path, requireImage(project, imageId).path)
  return {
    mask: encoded(await snapMask({ path, mask: rleFromCocoString(mask.counts, mask), bandPx })),
  }
}

function encoded(mask: Rle): EncodedMask {
  return { width: mask.width, height: mask.height, counts: rleToCocoString(mask) }
}

/** @throws LexmaskError NOT_FOUND; as `loadForPrompts`; what `ask` fails with */
async function prompted(
  { project, inference, scorers }: AppServices,
  imageId: number,
  ask: (path: string, models: PromptModels, scorer: ImageScorer) => Promise<PromptedRegion>,
): Promise<PromptedMask> {
  for (let tries = 1; ; tries++) {
    // Each time: when it is cancelled because the project was closed, there is no image any more.
    const path = fileOfImage(project.path, requireImage(project, imageId).path)
    try {
      const models = await inference.loadForPrompts()
      const scorer = await scorers.forPrompts(scoringOf(models))
      const region = await ask(path, models, scorer)
      const { mask, score } = region
      const names = models.detector.description.classes.map(({ name }) => name)
      return {
        mask: encoded(mask),
        suggestions: suggestClasses(region, scorer, names),
        score,
      }
    } catch (error) {
      if (tries === TRIES || failureOfError(error).code !== 'CANCELLED') throw error
    }
  }
}

/** A run's way of scoring, with all its defaults, over the models of the prompts. */
function scoringOf({ models, detector }: PromptModels): RunParameters {
  const detectorClasses = detector.description.classes.map(({ name }) => name)
  const common = {
    models: { ...models, clip: null },
    facts: { detectorClasses, clip: null, sameTextSpace: false },
    replaceTouched: false,
    scoredRevision: null,
  }
  return detector.description.text
    ? {
        ...common,
        recipe: 'region-text',
        regions: regionTextRegionsSchema.parse({}),
        scoring: regionTextScoringSchema.parse({}),
      }
    : {
        ...common,
        recipe: 'detector',
        regions: detectorRegionsSchema.parse({}),
        scoring: detectorScoringSchema.parse({}),
      }
}

/** What the detector calls a class; null when it knows it by no name. @throws LexmaskError NOT_FOUND */
function classesMeant(
  { vocabulary, detectorClasses }: ImageScorer,
  classId: number | undefined,
): readonly number[] | null {
  if (classId === undefined) return null
  const index = vocabulary.classes.findIndex(({ id }) => id === classId)
  if (index < 0) {
    throw new LexmaskError('NOT_FOUND', 'This class is not in the project any more.', { classId })
  }
  const meant = [...detectorClasses[index]]
  return meant.length > 0 ? meant : null
}
