import type { InferenceSession } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { MaskRcnnDescription } from '#main/packs/mask-rcnn-description.ts'
import { axis, findName, rank } from './graph-tensors.ts'

/** The features that a head takes: its inputs, with the outputs of the backbone that they are. */
export type FeatureFeeds = readonly { readonly input: string; readonly feature: string }[]

/** What the tensors of Mask R-CNN's three graphs are called. */
export interface RegionPorts {
  readonly image: string
  /** Of the backbone, finest first where there are several. */
  readonly features: readonly string[]
  /** One a level. */
  readonly levels: readonly { readonly objectness: string; readonly deltas: string }[]
  readonly box: {
    readonly features: FeatureFeeds
    readonly rois: string
    readonly probabilities: string
    readonly deltas: string
    /** null when the box head gives no region vectors. */
    readonly anyDeltas: string | null
    readonly vectors: string | null
  }
  readonly mask: {
    readonly features: FeatureFeeds
    readonly rois: string
    readonly masks: string
  }
}

interface RegionSessions {
  readonly backbone: InferenceSession
  readonly boxHead: InferenceSession
  readonly maskHead: InferenceSession
}

/**
 * Finds the tensors of the three graphs. Objectness and deltas are told by the number of their channels,
 * levels by their order; heads that take several features name them as the backbone does.
 *
 * @throws LexmaskError PACK_INVALID when the graphs are not what the description says
 */
export function findRegionPorts(
  { backbone, boxHead, maskHead }: RegionSessions,
  { anchors = [], classes }: MaskRcnnDescription,
): RegionPorts {
  const columns = classes.length + 1
  const fed = new Set([...featureInputs(boxHead), ...featureInputs(maskHead)])
  const named = backbone.outputNames.filter((name) => fed.has(name))
  // By their name first: a small network's features may have as many channels as its anchors.
  const rest = backbone.outputNames.filter((name) => !named.includes(name))
  const take = (what: string, channels: number): string => {
    const found = findName(rest, 'backbone_rpn', what, (name) => {
      return axis(backbone, name, 1) === channels
    })
    rest.splice(rest.indexOf(found), 1)
    return found
  }
  const levels = anchors.map(({ boxes }, level) => {
    const which = anchors.length === 1 ? '' : ` of level ${level + 1} of ${anchors.length}`
    return {
      objectness: take(`objectness output${which}`, boxes.length),
      deltas: take(`box delta output${which}`, 4 * boxes.length),
    }
  })
  const features =
    named.length > 0 ? named : [findName(rest, 'backbone_rpn', 'feature output', () => true)]
  const isRois = (session: InferenceSession) => (name: string) => rank(session, name) === 2
  const isWide = (width: number) => (name: string) => axis(boxHead, name, 1) === width
  return {
    image: backbone.inputNames[0],
    features,
    levels,
    box: {
      features: feedsOf(boxHead, 'box_head', features),
      rois: findName(boxHead.inputNames, 'box_head', 'RoI input', isRois(boxHead)),
      probabilities: findName(boxHead.outputNames, 'box_head', 'class output', isWide(columns)),
      deltas: findName(boxHead.outputNames, 'box_head', 'box delta output', isWide(4 * columns)),
      ...regionNames(boxHead, columns),
    },
    mask: {
      features: feedsOf(maskHead, 'mask_head', features),
      rois: findName(maskHead.inputNames, 'mask_head', 'RoI input', isRois(maskHead)),
      masks: findName(maskHead.outputNames, 'mask_head', 'mask output', (name) => {
        return rank(maskHead, name) === 4
      }),
    },
  }
}

const featureInputs = (head: InferenceSession): string[] =>
  head.inputNames.filter((name) => rank(head, name) === 4)

function feedsOf(head: InferenceSession, file: string, features: readonly string[]): FeatureFeeds {
  const inputs = featureInputs(head)
  if (inputs.length === 0) findName(head.inputNames, file, 'feature input', () => false)
  if (inputs.length === 1 && features.length === 1) {
    return [{ input: inputs[0], feature: features[0] }]
  }
  const unknown = inputs.find((input) => !features.includes(input))
  if (unknown !== undefined) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The model ${file} takes features "${unknown}", which backbone_rpn does not give ` +
        `(${features.join(', ')}). Heads of several features name them as the backbone does: export the pack again.`,
      { file, inputs, features },
    )
  }
  return inputs.map((input) => ({ input, feature: input }))
}

/** Outputs of a box head that gives region vectors: [n, 4], and the one of no other known width. */
function regionNames(
  boxHead: InferenceSession,
  columns: number,
): { anyDeltas: string | null; vectors: string | null } {
  const known = new Set([columns, 4 * columns, 4])
  const find = (isIt: (width: number) => boolean): string | null =>
    boxHead.outputNames.find((name) => isIt(axis(boxHead, name, 1))) ?? null
  return {
    anyDeltas: find((width) => width === 4),
    vectors: find((width) => width > 0 && !known.has(width)),
  }
}
