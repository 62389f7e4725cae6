import type { RecipeChoice } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { InferenceState } from '#shared/contract/events.ts'
import type { RunPack } from '#shared/contract/records.ts'
import type { Box } from '#shared/geometry/box.ts'
import { InferenceHost, type HostState } from '#main/inference/host.ts'
import type {
  BoxOrder,
  ImageAnalysis,
  ImageProposals,
  LoadedNetworks,
  PointOrder,
  PromptedRegion,
  ProposalOrder,
  WorkerMemory,
} from '#main/inference/protocol.ts'
import type { LaunchWorker } from '#main/inference/worker-process.ts'
import type { ClipPack, FoundPacks, MaskRcnnPack, SamPack } from '#main/packs/find-packs.ts'
import { fastestWay } from '#shared/contract/measurement.ts'
import {
  fallbacksOf,
  type ProviderChoice,
  type ProviderReport,
} from '#shared/contract/providers.ts'
import {
  CLIP_FORMS,
  isClipRecipe,
  type ClipRegions,
  type RegionRecipe,
} from '#shared/contract/recipes.ts'
import {
  chooseClip,
  chooseDetector,
  missingClip,
  missingDetector,
  missingPack,
} from '../packs/choose-pack.ts'
import type { FindMeasurement } from '../machine/measured.ts'
import { readRegionSpace, type RegionSpace } from '../words/region-space.ts'
import type { ModelFacts, RunModels } from './run-parameters.ts'

export interface InferenceOptions {
  readonly launch: LaunchWorker
  /** Name of a Mask R-CNN pack; null takes the first that is found. */
  readonly pack: string | null
  /** null takes int8 where the pack has it. */
  readonly precision: string | null
  /** `detections` uses the pack's end-to-end graph. */
  readonly graph: 'regions' | 'detections' | null
  readonly provider: ProviderChoice
  readonly threads: number
  readonly maxPixels: number
  /** What was measured on this machine; left out, nothing was. */
  readonly measured?: (() => Promise<FindMeasurement>) | undefined
}

interface Found extends FoundPacks {
  readonly measured: FindMeasurement
}

/** The models that answer prompts. */
export interface PromptModels {
  readonly models: RunModels
  readonly detector: MaskRcnnPack
  /** null when none is installed. */
  readonly sam: SamPack | null
}

/** The models of this application: which packs serve a recipe, and the process that runs them. */
export class InferenceService {
  readonly #options: InferenceOptions
  readonly #findPacks: () => Promise<FoundPacks>
  readonly #tell: (state: InferenceState) => void
  #host: InferenceHost | null = null
  #models: RunModels | null = null
  /** Of the processes that were stopped. */
  #ending: Promise<unknown> = Promise.resolve()

  constructor(
    options: InferenceOptions,
    findPacks: () => Promise<FoundPacks>,
    tell: (state: InferenceState) => void,
  ) {
    this.#options = options
    this.#findPacks = findPacks
    this.#tell = tell
  }

  get pid(): number | undefined {
    return this.#host?.pid
  }

  /** Those that are loaded, and what runs them now; null while none are. */
  get networks(): LoadedNetworks | null {
    const state = this.#host?.state
    return state?.state === 'ready' ? state.networks : null
  }

  state(): InferenceState {
    return stateOf(this.#host?.state ?? { state: 'stopped' }, this.#models)
  }

  /**
   * What a run of a recipe would use, without loading it.
   *
   * @throws LexmaskError PACK_MISSING, naming where was looked; INVALID_INPUT for a precision that
   *   the pack does not have
   */
  async modelsFor(recipe: RecipeChoice['name']): Promise<{ models: RunModels; facts: ModelFacts }> {
    const { detector, clip, models } = this.#choose(await this.#look(), recipe)
    return {
      models: { ...models, clip: clip?.name ?? null },
      facts: {
        detectorClasses: detector.description.classes.map(({ name }) => name),
        clip: null,
        sameTextSpace: false,
      },
    }
  }

  /**
   * The thresholds and suppression with which the pack's authors measured it, as parameters of a
   * recipe: for a comparison, where the defaults serve a person who reviews.
   *
   * @param pack name of the Mask R-CNN pack; null for the one that a run would use
   */
  async publishedParameters(
    recipe: RecipeChoice['name'],
    pack: string | null = null,
  ): Promise<Readonly<Record<string, unknown>>> {
    const found = await this.#look()
    const detector =
      pack === null ? this.#choose(found, recipe).detector : detectorNamed(found, pack)
    const { scoreThreshold, nmsIou, atMost } = detector.description.detection
    const suppression = {
      scoreFloor: scoreThreshold,
      threshold: scoreThreshold,
      nmsIou,
      crossClassNmsIou: 1,
      atMost,
    }
    if (isClipRecipe(recipe)) return suppression
    switch (recipe) {
      case 'detector':
        return { ...suppression, candidateFloor: scoreThreshold }
      case 'region-text': {
        const everyRegion = { candidateFloor: 0, regionNmsIou: 1 }
        return { ...suppression, ...everyRegion, objectness: 'ignore', distractors: 'pack' }
      }
    }
  }

  /**
   * The text side of a pack whose box head gives region vectors.
   *
   * @throws LexmaskError PACK_MISSING, PACK_INVALID
   */
  async regionSpace(name: string): Promise<RegionSpace> {
    return readRegionSpace(detectorNamed(await this.#findPacks(), name))
  }

  /** As `regionSpace`; null for a pack without a text side. */
  async findRegionSpace(name: string): Promise<RegionSpace | null> {
    const pack = detectorNamed(await this.#findPacks(), name)
    return pack.description.text ? readRegionSpace(pack) : null
  }

  /** Load what a run asks for; a process with other models is replaced. */
  async load(models: RunModels): Promise<LoadedNetworks> {
    // First, so that the rest happens in one turn: of two images in work each asks, and a second
    // process would be nobody's.
    return this.#loadFrom(await this.#look(), models)
  }

  /**
   * What answers prompts, without loading it: the models that are loaded, so that a run keeps its own,
   * else those of a run of `detector`.
   *
   * @throws LexmaskError as `modelsFor`
   */
  async promptModels(): Promise<PromptModels> {
    return this.#promptModels(await this.#look())
  }

  /** @throws LexmaskError as `promptModels` and `load` */
  async loadForPrompts(): Promise<PromptModels> {
    const found = await this.#look()
    // In one turn with it: a run that began in between would lose its models to those of the prompt.
    const chosen = this.#promptModels(found)
    await this.#loadFrom(found, chosen.models)
    return chosen
  }

  #promptModels(found: Found): PromptModels {
    const models = (this.#host && this.#models) ?? this.#choose(found, 'detector').models
    const sam = found.packs.find((pack) => pack.kind === 'sam')
    return { models, detector: detectorNamed(found, models.detector), sam: sam ?? null }
  }

  async #loadFrom(found: Found, models: RunModels): Promise<LoadedNetworks> {
    if (this.#host && JSON.stringify(this.#models) === JSON.stringify(models)) {
      return this.#host.load()
    }
    const ended = this.stop()
    const { packs, searched } = found
    const detector = detectorNamed(found, models.detector)
    const clip = packs.find((pack) => pack.kind === 'clip' && pack.name === models.clip)
    if (models.clip !== null && !clip) {
      throw missingPack(`pack of the name ${models.clip}`, searched)
    }
    const { launch, provider, threads, maxPixels } = this.#options
    const measurement = found.measured(detector)
    const { precision } = models
    const fastest = measurement && fastestWay(measurement, { provider, precision })
    this.#models = models
    const host = new InferenceHost(launch, {
      detector,
      graph: models.graph,
      precision: models.precision,
      clip: clip?.kind === 'clip' ? clip : null,
      clipForm: models.clipForm,
      provider,
      measured: fastest?.provider ?? null,
      threads,
      maxPixels,
    })
    host.onState((state) => this.#tell(stateOf(state, models)))
    this.#host = host
    await ended
    // It would start a process that nobody ends.
    if (this.#host !== host) throw new LexmaskError('CANCELLED', 'Other models were asked for.')
    return host.load()
  }

  /** Opens and runs what a run would: `load` goes before. */
  async trial(): Promise<ProviderReport> {
    const { packs } = await this.#findPacks()
    const sam = packs.find((pack) => pack.kind === 'sam') ?? null
    return this.#loaded().call('trial', { sam })
  }

  async analyse(path: string, recipe: RegionRecipe, drawn: readonly Box[]): Promise<ImageAnalysis> {
    return this.#loaded().call('analyse', { path, recipe, drawn })
  }

  /** The regions of the recipes that ask CLIP, without asking it. */
  async findRegions(path: string, parameters: ClipRegions): Promise<ImageAnalysis> {
    return this.#loaded().call('findRegions', { path, parameters })
  }

  /** @throws LexmaskError PACK_INVALID for a detector of one graph, which tells no proposals */
  async propose(order: ProposalOrder): Promise<ImageProposals> {
    return this.#loaded().call('propose', order)
  }

  /** The object that fills a box; `loadForPrompts` goes before. @throws LexmaskError as `Prompts` */
  async maskInBox(order: BoxOrder): Promise<PromptedRegion> {
    return this.#loaded().call('maskInBox', order)
  }

  async maskAtPoints(order: PointOrder): Promise<PromptedRegion> {
    return this.#loaded().call('maskAtPoints', order)
  }

  async embedTexts(texts: readonly string[]): Promise<Float32Array> {
    const { vectors } = await this.#loaded().call('embedTexts', { texts })
    return vectors
  }

  async workerMemory(): Promise<WorkerMemory> {
    return this.#loaded().call('memory', null)
  }

  /** True when the process was given up after failures in a row. */
  get hasFailed(): boolean {
    return this.#host?.state.state === 'failed'
  }

  /** After a failure: the next request starts the process again. */
  retry(): InferenceState {
    this.#host?.retry()
    return this.state()
  }

  /** What is open fails with CANCELLED, at once. Resolves when no process is left. Never throws. */
  async stop(): Promise<void> {
    const ended = this.#host?.stop()
    this.#host = null
    this.#ending = Promise.all([this.#ending, ended])
    await this.#ending
  }

  #loaded(): InferenceHost {
    if (this.#host) return this.#host
    throw new LexmaskError('INFERENCE_FAILED', 'No model is loaded yet. Start a run first.')
  }

  async #look(): Promise<Found> {
    const [found, measured] = await Promise.all([
      this.#findPacks(),
      this.#options.measured?.() ?? (() => null),
    ])
    return { ...found, measured }
  }

  /** As it was measured, with the provider that is asked for; null when it was not. */
  #fastestPrecision({ measured }: Found, detector: MaskRcnnPack): string | null {
    const measurement = measured(detector)
    const { provider } = this.#options
    return (
      measurement && (fastestWay(measurement, { provider, precision: null })?.precision ?? null)
    )
  }

  #choose(
    found: Found,
    recipe: RecipeChoice['name'],
  ): { detector: MaskRcnnPack; clip: ClipPack | null; models: RunModels } {
    const detector = chooseDetector(found, recipe, this.#options.pack)
    if (!detector) throw missingDetector(found, recipe, this.#options.pack)
    const clip = isClipRecipe(recipe) ? chooseClip(found, recipe) : null
    if (isClipRecipe(recipe) && !clip) throw missingClip(found, recipe)
    const { description } = detector
    const known = Object.keys(description.precisions)
    const { precision } = this.#options
    if (precision !== null && !known.includes(precision)) {
      throw new LexmaskError(
        'INVALID_INPUT',
        `The pack ${detector.name} has no precision “${precision}”. It has: ${known.join(', ')}.`,
        { pack: detector.name, precision, known },
      )
    }
    return {
      detector,
      clip,
      models: {
        detector: detector.name,
        graph: this.#options.graph ?? (description.anchors ? 'regions' : 'detections'),
        precision: precision ?? this.#fastestPrecision(found, detector) ?? usualOf(known),
        clip: null,
        clipForm: isClipRecipe(recipe) ? CLIP_FORMS[recipe] : 'whole',
      },
    }
  }
}

/** Before anything is measured: the smallest one is the fastest on most processors. */
const usualOf = (precisions: readonly string[]): string =>
  precisions.includes('int8') ? 'int8' : precisions[0]

/** @throws LexmaskError PACK_MISSING */
function detectorNamed({ packs, searched }: FoundPacks, name: string): MaskRcnnPack {
  const pack = packs.find((one) => one.kind === 'mask-rcnn' && one.name === name)
  if (pack?.kind === 'mask-rcnn') return pack
  throw missingPack(`pack of the name ${name}`, searched)
}

function stateOf(state: HostState, models: RunModels | null): InferenceState {
  const nothing = { provider: null, pack: models?.detector ?? null, error: null }
  switch (state.state) {
    case 'ready':
      return { ...nothing, state: 'ready', provider: state.networks.provider }
    case 'failed':
      return { ...nothing, state: 'failed', error: state.reason }
    case 'starting':
    case 'stopped':
      return { ...nothing, state: state.state }
  }
}

/** What is kept of the loaded networks with a run. */
export function packsOfRun({ packs, provider }: LoadedNetworks): RunPack[] {
  const { used, requested } = provider
  const fallbacks = fallbacksOf(provider)
  return packs.map((pack) => ({ ...pack, provider: used, providerAsked: requested, fallbacks }))
}
