import { LexmaskError } from '#shared/contract/errors.ts'
import type { ClipRegions, RegionRecipe } from '#shared/contract/recipes.ts'
import type { Box } from '#shared/geometry/box.ts'
import { openImage, type OpenedImage } from '#main/imaging/decode-image.ts'
import type {
  ImageAnalysis,
  ImageProposals,
  LoadedNetworks,
  LoadedPack,
  ProposalOrder,
  TextVectors,
  WorkerSettings,
} from '#main/inference/protocol.ts'
import type { SamPack } from '#main/packs/find-packs.ts'
import { openClipIn } from '#main/networks/clip.ts'
import { openDetector } from '#main/networks/open-networks.ts'
import type { SessionFactory } from '#main/networks/sessions.ts'
import type { Provider, ProviderReport } from '#shared/contract/providers.ts'
import { agnosticRegions, proposeBoxes } from '#main/recipes/class-agnostic.ts'
import { cropRecipe } from '#main/recipes/crop.ts'
import { detectorRecipe } from '#main/recipes/detector.ts'
import { fvlmPatchRecipe } from '#main/recipes/fvlm-patch.ts'
import { ovsegRecipe } from '#main/recipes/ovseg.ts'
import { prepareForDetector } from '#main/recipes/prepare.ts'
import type { Networks, Recipe } from '#main/recipes/recipe.ts'
import { regionclipRecipe } from '#main/recipes/regionclip.ts'
import { regionTextRecipe } from '#main/recipes/region-text.ts'
import { StageClock } from '#main/recipes/stage-clock.ts'
import { vildRecipe } from '#main/recipes/vild.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import type { ImageSource } from '#main/vision/image-source.ts'
import { ModelQueue } from './model-queue.ts'
import { runOnce } from './run-once.ts'
import { Prompts } from './prompts.ts'

/** What the process tells of its providers while it works. */
export interface WorkerListener {
  /** Before a provider is touched: should the process die now, the provider did it. */
  readonly trying: (provider: Provider) => void
  /** A graph has left its provider in the middle of the work. */
  readonly onFallback: (report: ProviderReport) => void
}

/** The models of one inference process. Pixels and logits stay in here. */
export class InferenceWorker {
  readonly loaded: LoadedNetworks
  readonly prompts: Prompts
  readonly #networks: Networks
  readonly #factory: SessionFactory
  readonly #maxPixels: number
  /** Decoding runs beside it, inference one at a time. */
  readonly #queue = new ModelQueue()

  private constructor(
    loaded: LoadedNetworks,
    networks: Networks,
    factory: SessionFactory,
    maxPixels: number,
  ) {
    this.loaded = loaded
    this.#networks = networks
    this.#factory = factory
    this.#maxPixels = maxPixels
    this.prompts = new Prompts(networks, factory, this.#queue, maxPixels)
  }

  static async open(
    settings: WorkerSettings,
    { trying, onFallback }: WorkerListener,
  ): Promise<InferenceWorker> {
    const { detector, factory } = await openDetector(
      { pack: settings.detector, graph: settings.graph, precision: settings.precision },
      {
        provider: settings.provider,
        measured: settings.measured ?? null,
        threads: settings.threads,
        excluded: settings.excludedProviders,
        trying,
      },
    )
    const clip =
      settings.clip && (await openClipIn(settings.clip.folder, settings.clipForm, factory))
    factory.onFallback = onFallback
    const packs: LoadedPack[] = [
      {
        name: settings.detector.name,
        precision: settings.precision,
        sha256: detector.network.sha256s,
      },
    ]
    if (settings.clip && clip) {
      packs.push({ name: settings.clip.name, precision: clip.precision, sha256: clip.sha256s })
    }
    const loaded: LoadedNetworks = {
      packs,
      provider: factory.report,
      detectorClasses: settings.detector.description.classes.map(({ name }) => name),
      clip: clip && {
        encoder: clip.textEncoder,
        dimension: clip.dimension,
        logitScale: clip.logitScale,
      },
    }
    return new InferenceWorker(loaded, { detector, clip }, factory, settings.maxPixels)
  }

  /** Starts decoding at once and waits for the model only then. */
  async analyse(
    path: string,
    order: RegionRecipe,
    drawn: readonly Box[] = [],
  ): Promise<ImageAnalysis> {
    const { clock, image } = await this.#opened(path)
    const { candidates, runMs } = await this.#findRegions(image, order, clock, drawn)
    const { width, height, sha256 } = image
    return { width, height, sha256, candidates, stageMs: clock.ms, runMs }
  }

  /** The regions of the recipes that ask CLIP, without asking it. */
  async findRegions(path: string, parameters: ClipRegions): Promise<ImageAnalysis> {
    const { clock, image } = await this.#opened(path)
    const found = await this.#run(agnosticRegions, image, parameters, clock, [])
    const { width, height, sha256 } = image
    return { width, height, sha256, ...found, stageMs: clock.ms }
  }

  /** @throws LexmaskError PACK_INVALID for a detector of one graph, which tells no proposals */
  async propose({ path, atMost, nmsIou }: ProposalOrder): Promise<ImageProposals> {
    const { clock, image } = await this.#opened(path)
    const { input } = await prepareForDetector(image, this.#networks, clock)
    const options = { proposals: atMost, proposalNmsIou: nmsIou }
    return this.#queue.run('batch', () =>
      proposeBoxes(input, this.#networks.detector, options, clock),
    )
  }

  async #opened(path: string): Promise<{ clock: StageClock; image: OpenedImage }> {
    const clock = new StageClock()
    const image = await clock.time('decode', () => openImage(path, { maxPixels: this.#maxPixels }))
    return { clock, image }
  }

  /**
   * Opens what a run opens only when it needs it, and runs the graphs of the detector and of CLIP once,
   * so that what cannot run is known before a run.
   *
   * @throws LexmaskError when a graph runs nowhere, naming it
   */
  trial(sam: SamPack | null): Promise<ProviderReport> {
    return this.#queue.run('batch', async () => {
      await runOnce(this.#networks)
      if (sam) await this.prompts.open(sam)
      return this.#factory.report
    })
  }

  async embedTexts(texts: readonly string[]): Promise<TextVectors> {
    const { clip } = this.#networks
    if (!clip) {
      throw new LexmaskError(
        'PACK_MISSING',
        'No CLIP pack is loaded, so words cannot be turned into vectors. Install one or use the recipe "detector".',
      )
    }
    return this.#queue.run('batch', () => clip.embedTexts(texts))
  }

  #findRegions(
    image: ImageSource,
    order: RegionRecipe,
    clock: StageClock,
    drawn: readonly Box[],
  ): Promise<{ candidates: Candidate[]; runMs: number }> {
    switch (order.recipe) {
      case 'detector':
        return this.#run(detectorRecipe, image, order.parameters, clock, drawn)
      case 'region-text':
        return this.#run(regionTextRecipe, image, order.parameters, clock, drawn)
      case 'crop':
        return this.#run(cropRecipe, image, order.parameters, clock, drawn)
      case 'vild':
        return this.#run(vildRecipe, image, order.parameters, clock, drawn)
      case 'ovseg':
        return this.#run(ovsegRecipe, image, order.parameters, clock, drawn)
      case 'fvlm-patch':
        return this.#run(fvlmPatchRecipe, image, order.parameters, clock, drawn)
      case 'regionclip':
        return this.#run(regionclipRecipe, image, order.parameters, clock, drawn)
    }
  }

  async #run<Parameters, Prepared>(
    recipe: Recipe<Parameters, Prepared>,
    image: ImageSource,
    parameters: Parameters,
    clock: StageClock,
    drawn: readonly Box[],
  ): Promise<{ candidates: Candidate[]; runMs: number }> {
    const prepared = await recipe.prepare(image, this.#networks, clock)
    return this.#queue.run('batch', async () => {
      this.#factory.takeRunMs()
      const networks = this.#networks
      const candidates = await recipe.findRegions(prepared, networks, parameters, clock, drawn)
      return { candidates, runMs: this.#factory.takeRunMs() }
    })
  }
}
