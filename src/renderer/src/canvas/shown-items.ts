import { compareForPixels, type SemanticInstance } from '#shared/geometry/semantic-order.ts'
import type {
  CanvasAnnotation,
  CanvasGhost,
  CanvasSettings,
  ClassThresholds,
} from './canvas-content.ts'

/** How an item is drawn; `none` is not drawn and cannot be picked. */
export type Look = 'none' | 'proposed' | 'accepted' | 'rejected' | 'ghost'

/** An annotation or a ghost, in one numbering. */
export type CanvasItem =
  | { readonly kind: 'annotation'; readonly shape: CanvasAnnotation; readonly area: number }
  | { readonly kind: 'ghost'; readonly shape: CanvasGhost; readonly area: number }

/** In the order of painting: the larger below, so that nothing is covered whole. */
export function itemsInPaintOrder(
  annotations: readonly CanvasAnnotation[],
  ghosts: readonly CanvasGhost[],
): CanvasItem[] {
  const items: CanvasItem[] = [
    ...ghosts.map((shape) => ({ kind: 'ghost' as const, shape, area: shape.mask.area })),
    ...annotations.map((shape) => ({ kind: 'annotation' as const, shape, area: shape.mask.area })),
  ]
  return items.sort((a, b) => b.area - a.area || a.shape.id - b.shape.id)
}

export interface LookRules {
  readonly thresholds: ClassThresholds | null
  readonly hasGhosts: CanvasSettings['hasGhosts']
  readonly hasRejected: boolean
}

/**
 * What thresholds and settings make of an item. A proposal under the threshold of its class is what
 * the application will make of it: a ghost; and a ghost that reaches it a proposal. So a slider
 * shows its outcome before anything is asked of the application.
 */
function lookOf(item: CanvasItem, rules: LookRules): Look {
  const { shape } = item
  if (item.kind === 'annotation') {
    if (item.shape.isHidden) return 'none'
    const { state } = item.shape
    if (state === 'rejected') return rules.hasRejected ? 'rejected' : 'none'
    if (state !== 'proposed') return 'accepted'
  }
  const threshold = rules.thresholds?.get(shape.classId)
  const isProposed =
    threshold === undefined || shape.score === null
      ? item.kind === 'annotation'
      : shape.score >= threshold
  if (isProposed) return 'proposed'
  return rules.hasGhosts ? 'ghost' : 'none'
}

export function looksOf(items: readonly CanvasItem[], rules: LookRules): Look[] {
  return items.map((item) => lookOf(item, rules))
}

/**
 * Numbers of the items that give pixels their class in a map of classes, in the order of painting: the
 * best last, so that each pixel is of the best that covers it.
 */
export function semanticOrder(items: readonly CanvasItem[], looks: readonly Look[]): number[] {
  const instanceOf = (i: number): SemanticInstance => {
    const { area, shape } = items[i]
    return { isDecided: looks[i] === 'accepted', score: shape.score, area }
  }
  return items
    .flatMap((_, i) => (looks[i] === 'accepted' || looks[i] === 'proposed' ? i : []))
    .sort((a, b) => compareForPixels(instanceOf(b), instanceOf(a)))
}

/** Ids of the annotations in sight in reading order, for keys that go from one to the next. */
export function reachableIds(items: readonly CanvasItem[], looks: readonly Look[]): number[] {
  const shapes = items
    .filter((item, i) => item.kind === 'annotation' && looks[i] !== 'none')
    .map(({ shape }) => shape)
  const rowPx = Math.max(1, ...shapes.map(({ bbox }) => bbox[1] + bbox[3])) / 8
  const row = (y: number) => Math.floor(y / rowPx)
  return shapes
    .sort((a, b) => row(a.bbox[1]) - row(b.bbox[1]) || a.bbox[0] - b.bbox[0] || a.id - b.id)
    .map(({ id }) => id)
}
