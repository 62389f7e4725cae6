import { join } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { MaskRcnnPack } from '#main/packs/find-packs.ts'
import type { Provider, ProviderChoice, ProviderRefusal } from '#shared/contract/providers.ts'
import { modelSize } from '#main/vision/model-image.ts'
import { DetectionNetwork } from './detection-network.ts'
import { RegionNetwork } from './mask-rcnn.ts'
import { chooseProvider } from './choose-provider.ts'
import { SessionFactory } from './sessions.ts'

export type Detector =
  | { readonly kind: 'regions'; readonly network: RegionNetwork }
  | { readonly kind: 'detections'; readonly network: DetectionNetwork }

export interface DetectorChoice {
  readonly pack: MaskRcnnPack
  readonly graph: 'regions' | 'detections'
  readonly precision: string
}

export interface ProviderSettings {
  readonly provider: ProviderChoice
  /** The fastest when this machine was measured; null when it was not. */
  readonly measured?: Provider | null
  readonly threads: number
  readonly excluded: readonly ProviderRefusal[]
  /** Told before a provider is touched, so that a crash can be laid at its door. */
  readonly trying: (provider: Provider) => void
}

/** The photo format of most cameras; only its time is looked at. */
const PROBE_IMAGE = { width: 640, height: 480 }
/** Enough for every stride, and little enough for a GPU that the processor plays. */
const PROBE_CORNER = { width: 128, height: 128 }

/**
 * Open a detector on the provider that really runs it. The provider is tried with the pack's own
 * backbone on an empty image.
 */
export async function openDetector(
  choice: DetectorChoice,
  settings: ProviderSettings,
): Promise<{ detector: Detector; factory: SessionFactory }> {
  const { pack, graph, precision } = choice
  if (!(precision in pack.description.precisions)) {
    const known = Object.keys(pack.description.precisions).join(', ')
    throw new LexmaskError(
      'PACK_INVALID',
      `The pack ${pack.name} has no precision "${precision}". It has: ${known}.`,
      { pack: pack.name, precision },
    )
  }
  const probeFile = `${graph === 'regions' ? 'backbone_rpn' : 'end_to_end'}.${precision}.onnx`
  const decision = await chooseProvider({
    choice: settings.provider,
    measured: settings.measured ?? null,
    file: join(pack.folder, probeFile),
    probe: async (session, extent) => {
      const { resize, padToMultipleOf } = pack.description.input
      const size = extent === 'small' ? PROBE_CORNER : modelSize(PROBE_IMAGE, resize)
      const width = Math.ceil(size.width / padToMultipleOf) * padToMultipleOf
      const height = Math.ceil(size.height / padToMultipleOf) * padToMultipleOf
      const planes = [3, height, width]
      const dims = pack.description.input.layout === 'CHW' ? planes : [1, ...planes]
      const empty = new Tensor('float32', new Float32Array(3 * width * height), dims)
      await session.run({ [session.inputNames[0]]: empty })
    },
    settings: { threads: settings.threads },
    excluded: settings.excluded,
    trying: settings.trying,
  })
  const factory = new SessionFactory(decision, { threads: settings.threads })
  const detector: Detector =
    graph === 'regions'
      ? { kind: 'regions', network: await RegionNetwork.open(pack, precision, factory) }
      : { kind: 'detections', network: await DetectionNetwork.open(pack, precision, factory) }
  return { detector, factory }
}
