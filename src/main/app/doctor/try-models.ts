import { failureOfError, LexmaskError } from '#shared/contract/errors.ts'
import type { ProviderState } from '#shared/contract/machine.ts'
import type { Provider, ProviderRefusal, ProviderReport } from '#shared/contract/providers.ts'
import { isClipRecipe, RECIPE_NAMES, type RecipeName } from '#shared/contract/recipes.ts'
import type { RuntimeFacts } from '#main/inference/protocol.ts'
import type { LaunchWorker } from '#main/inference/worker-process.ts'
import type { FoundPacks } from '#main/packs/find-packs.ts'
import { providersToTry } from '#main/packs/providers.ts'
import { InferenceService, type InferenceOptions } from '../models/inference-service.ts'

/** A driver may hang as well as crash. */
export const TRIAL_LIMIT_MS = 90_000

/** What a run would use, as it was tried. */
export interface ModelTrial {
  readonly trial: { readonly pack: string; readonly report: ProviderReport } | null
  /** Why no model could be opened, in words for the user. */
  readonly failure: string | null
}

/**
 * Opens every graph that a labelling run would open, in an inference process of its own, and runs those
 * of the detector and of CLIP once. Never throws: a driver that crashes or hangs is part of the answer.
 */
export async function tryModels(
  options: InferenceOptions,
  found: FoundPacks,
  limitMs: number,
): Promise<ModelTrial> {
  const service = new InferenceService(
    options,
    () => Promise.resolve(found),
    () => undefined,
  )
  try {
    const { models } = await service.modelsFor(recipeOfMost(found))
    const report = await within(limitMs, async () => {
      await service.load(models)
      return service.trial()
    })
    return { trial: { pack: models.detector, report }, failure: null }
  } catch (error) {
    return { trial: null, failure: failureOfError(error).message }
  } finally {
    await service.stop()
  }
}

/** The recipe that opens the most: one with CLIP where there is a pack for it. */
function recipeOfMost({ packs }: FoundPacks): RecipeName {
  const forms = packs.flatMap((pack) => (pack.kind === 'clip' ? pack.forms : []))
  if (forms.length === 0) return 'detector'
  const usual = {
    whole: 'crop',
    'vit-stages': 'fvlm-patch',
    'resnet-stages': 'regionclip',
  } as const
  const [first] = RECIPE_NAMES.filter(isClipRecipe).filter((recipe) =>
    forms.some((form) => usual[form] === recipe),
  )
  return first
}

/**
 * What became of each provider of this platform: those that the trial of a run has tried, and the
 * others one by one.
 */
export async function tryProviders(
  options: InferenceOptions,
  found: FoundPacks,
  { trial }: ModelTrial,
  limitMs: number,
): Promise<ProviderState[]> {
  if (trial === null) return []
  const { used, share, refused } = trial.report
  const states: ProviderState[] = []
  for (const provider of providersToTry('auto', process.platform)) {
    const refusal = refused.find((one) => one.provider === provider)
    if (provider === used) states.push({ provider, isUsed: true, share, refusal: null })
    else if (refusal) states.push({ provider, isUsed: false, share: null, refusal })
    else if (provider === 'cpu')
      states.push({ provider, isUsed: false, share: null, refusal: null })
    else states.push(await tryProvider(options, found, provider, limitMs))
  }
  return states
}

async function tryProvider(
  options: InferenceOptions,
  found: FoundPacks,
  provider: Provider,
  limitMs: number,
): Promise<ProviderState> {
  const asked = { ...options, provider, measured: undefined }
  const { trial, failure } = await tryModels(
    asked,
    { ...found, packs: found.packs.filter(({ kind }) => kind === 'mask-rcnn') },
    limitMs,
  )
  const state = { provider, isUsed: false }
  if (trial?.report.used === provider) return { ...state, share: trial.report.share, refusal: null }
  const known = trial?.report.refused.find((one) => one.provider === provider)
  const refusal: ProviderRefusal = known ?? { provider, code: 'failed', detail: failure ?? '' }
  return { ...state, share: null, refusal }
}

/** The engine of a fresh inference process; null when the process does not start. */
export function askRuntime(launch: LaunchWorker, limitMs: number): Promise<RuntimeFacts | null> {
  return new Promise((resolve) => {
    let end: (facts: RuntimeFacts | null) => void = resolve
    try {
      const started = launch()
      const timer = setTimeout(() => end(null), limitMs)
      end = (facts) => {
        clearTimeout(timer)
        resolve(facts)
        void started.kill()
      }
      started.onMessage((message) =>
        end(message.kind === 'answer' ? (message.output as RuntimeFacts) : null),
      )
      started.onExit(() => end(null))
      started.send({ id: 0, call: 'runtime', input: null })
    } catch {
      end(null)
    }
  })
}

/** @throws LexmaskError INFERENCE_FAILED when it takes longer; whoever waits then stops the process */
export async function within<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(limitMs)), limitMs)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

const tooLate = (limitMs: number): LexmaskError =>
  new LexmaskError(
    'INFERENCE_FAILED',
    `The models did not answer in ${Math.round(limitMs / 1000)} s.`,
    {
      limitMs,
    },
  )
