import type { ClipForm, ClipRegions, RegionRecipe } from '#shared/contract/recipes.ts'
import type { Failure } from '#shared/contract/errors.ts'
import type { Box, XywhBox } from '#shared/geometry/box.ts'
import type { Rle } from '#shared/geometry/rle.ts'
import type { ClipPack, MaskRcnnPack, SamPack } from '#main/packs/find-packs.ts'
import type {
  Provider,
  ProviderChoice,
  ProviderRefusal,
  ProviderReport,
} from '#shared/contract/providers.ts'
import type { Candidate, Posterior } from '#main/vision/candidate.ts'
import type { PointPrompt } from '#main/vision/sam-prompt.ts'

/** What an inference process is started with; another model or provider means another process. */
export interface WorkerSettings {
  readonly detector: MaskRcnnPack
  /** `regions`: the pack's three graphs; `detections`: its end-to-end graph. */
  readonly graph: 'regions' | 'detections'
  readonly precision: string
  readonly clip: ClipPack | null
  /** Which of its image encoders is loaded. */
  readonly clipForm: ClipForm
  readonly provider: ProviderChoice
  /** What `auto` takes on this machine, as it was measured; null when it was not. */
  readonly measured?: Provider | null
  /** 0 leaves the number to ONNX Runtime. */
  readonly threads: number
  /** An image that claims more pixels is refused before it is decoded. */
  readonly maxPixels: number
  /** Providers that brought an earlier process down. */
  readonly excludedProviders: readonly ProviderRefusal[]
}

/** One opened pack, exactly enough to say which numbers made a run's results. */
export interface LoadedPack {
  readonly name: string
  readonly precision: string
  readonly sha256: Readonly<Record<string, string>>
}

export interface LoadedNetworks {
  readonly packs: readonly LoadedPack[]
  readonly provider: ProviderReport
  /** Names of the detector's classes by index; the background is not among them. */
  readonly detectorClasses: readonly string[]
  readonly clip: {
    /** Names the text tower by content: the key of cached text vectors. */
    readonly encoder: string
    readonly dimension: number
    readonly logitScale: number
  } | null
}

/** What a model found in one image: everything that scoring needs, and no word of a vocabulary. */
export interface ImageAnalysis {
  /** Of the image after its EXIF orientation is applied. */
  readonly width: number
  readonly height: number
  readonly sha256: string
  readonly candidates: readonly Candidate[]
  /** Milliseconds by stage; decoding overlaps the inference of the image before. */
  readonly stageMs: Readonly<Partial<Record<string, number>>>
  /** Milliseconds inside ONNX Runtime. */
  readonly runMs: number
}

export interface TextVectors {
  /** Float32Array // [n, dimension] unit rows */
  readonly vectors: Float32Array
  /** Which texts were longer than the model's context and lost their end. */
  readonly truncated: readonly boolean[]
}

/** What a person points at in an image; boxes in pixels of the oriented image, cut to it. */
export interface BoxOrder {
  readonly path: string
  readonly box: XywhBox
  /** Detector classes one of which the object is; null where that is not known. */
  readonly classes: readonly number[] | null
  /** For a detector that cannot look at a box; null when none is installed. */
  readonly sam: SamPack | null
}

export interface PointOrder {
  readonly path: string
  readonly points: readonly PointPrompt[]
  readonly box: XywhBox | null
  readonly sam: SamPack
}

/** One object of an image, with what the detector sees where it is. */
export interface PromptedRegion {
  /** Of the image after its EXIF orientation is applied. */
  readonly width: number
  readonly height: number
  readonly mask: Rle
  /** How sure the model is of the mask, in 0..1. */
  readonly score: number
  /** Where the detector looked; null for an empty mask. */
  readonly box: Box | null
  /** Without any class when the detector cannot look at a box. */
  readonly posterior: Posterior
  /** Unit region vector; null when the detector gives none. */
  readonly vector: Float32Array | null
}

/** What the inference engine of this process is, without any model. */
export interface RuntimeFacts {
  readonly version: string
  /** Providers that were built in; those that are not bundled need libraries of their own. */
  readonly backends: readonly { readonly name: string; readonly isBundled: boolean }[]
  readonly node: string
  readonly electron: string | null
}

export interface WorkerMemory {
  readonly residentBytes: number
  /** The most since the process began. */
  readonly peakBytes: number
}

/** Where objects may be, the surest first, before anything says what they are. */
export interface ImageProposals {
  /** In pixels of the oriented image, as the region proposal network gives them. */
  readonly boxes: readonly Box[]
  /** The same boxes refined by the deltas of the detector's best class. */
  readonly refined: readonly Box[]
}

export interface ProposalOrder {
  readonly path: string
  readonly atMost: number
  readonly nmsIou: number
}

/** Requests by name, with what they answer. */
export interface WorkerCalls {
  readonly load: { readonly input: WorkerSettings; readonly output: LoadedNetworks }
  readonly analyse: {
    readonly input: {
      readonly path: string
      readonly recipe: RegionRecipe
      /** That a person drew, in pixels of the oriented image; for a recipe that asks for them. */
      readonly drawn?: readonly Box[]
    }
    readonly output: ImageAnalysis
  }
  /** The regions of the recipes that ask CLIP, without asking it. */
  readonly findRegions: {
    readonly input: { readonly path: string; readonly parameters: ClipRegions }
    readonly output: ImageAnalysis
  }
  readonly propose: { readonly input: ProposalOrder; readonly output: ImageProposals }
  readonly embedTexts: {
    readonly input: { readonly texts: readonly string[] }
    readonly output: TextVectors
  }
  /** Before the next image of a batch. */
  readonly maskInBox: { readonly input: BoxOrder; readonly output: PromptedRegion }
  readonly maskAtPoints: { readonly input: PointOrder; readonly output: PromptedRegion }
  /** Before `load`. */
  readonly runtime: { readonly input: null; readonly output: RuntimeFacts }
  /** Opens what a run opens only when it needs it, and runs the graphs once. */
  readonly trial: {
    readonly input: { readonly sam: SamPack | null }
    readonly output: ProviderReport
  }
  readonly memory: { readonly input: null; readonly output: WorkerMemory }
}
export type WorkerCallName = keyof WorkerCalls

export type WorkerRequest = {
  readonly [Name in WorkerCallName]: {
    readonly id: number
    readonly call: Name
    readonly input: WorkerCalls[Name]['input']
  }
}[WorkerCallName]

export type WorkerMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  /** Said before a provider is touched: should the process die now, the provider did it. */
  | { readonly kind: 'trying'; readonly provider: Provider }
  /** A graph left its provider in the middle of the work. */
  | { readonly kind: 'provider'; readonly report: ProviderReport }
