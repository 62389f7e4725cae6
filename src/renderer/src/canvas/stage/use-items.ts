import { computed, toRaw, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type {
  CanvasAnnotation,
  CanvasGhost,
  CanvasSettings,
  ClassThresholds,
} from '../canvas-content.ts'
import { MaskCache } from '../mask-runs.ts'
import { PickIndex } from '../picking.ts'
import { itemsInPaintOrder, looksOf, reachableIds } from '../shown-items.ts'
import type { CanvasItem, Look } from '../shown-items.ts'

export interface ItemsInput {
  readonly annotations: readonly CanvasAnnotation[]
  readonly ghosts: readonly CanvasGhost[]
  readonly thresholds: ClassThresholds | null
  readonly settings: CanvasSettings
  readonly hasRejected: boolean
}

export interface CanvasItems {
  readonly items: ComputedRef<readonly CanvasItem[]>
  /** How each item is drawn, by its number. */
  readonly looks: ComputedRef<readonly Look[]>
  readonly index: ComputedRef<PickIndex>
  readonly masks: MaskCache
  /** In the order of keys. */
  readonly reachable: ComputedRef<readonly number[]>
  readonly isPickable: (item: number) => boolean
  /** The number of an annotation's item, when it is in sight. */
  readonly itemOf: (annotationId: number) => number | null
}

/** What there is to draw and to pick. A moving threshold changes the looks alone. */
export function useItems(input: () => ItemsInput): CanvasItems {
  const masks = new MaskCache()
  // Thousands of masks, each read a million times: not through proxies.
  const items = computed(() => {
    const { annotations, ghosts } = input()
    const plain = itemsInPaintOrder(toRaw(annotations).map(toRaw), toRaw(ghosts).map(toRaw))
    masks.keepOnly(new Set(plain.map(({ shape }) => shape.mask.hash)))
    return plain
  })
  const looks = computed(() => {
    const { thresholds, settings, hasRejected } = input()
    const plainThresholds = thresholds === null ? null : new Map(thresholds)
    return looksOf(items.value, {
      thresholds: plainThresholds,
      hasGhosts: settings.hasGhosts,
      hasRejected,
    })
  })
  const numbers = computed(
    () =>
      new Map(
        items.value.flatMap(({ kind, shape }, i) =>
          kind === 'annotation' ? [[shape.id, i] as const] : [],
        ),
      ),
  )
  const index = computed(() => new PickIndex(items.value, masks))
  // Built with the content, not with the first move of the pointer over it.
  watch(index, () => undefined, { immediate: true })
  const isPickable = (item: number): boolean => looks.value[item] !== 'none'
  return {
    items,
    looks,
    masks,
    index,
    reachable: computed(() => reachableIds(items.value, looks.value)),
    isPickable,
    itemOf: (annotationId) => {
      const item = numbers.value.get(annotationId)
      return item === undefined || !isPickable(item) ? null : item
    },
  }
}
