import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { Ring } from '#shared/geometry/contours.ts'
import type { CanvasSettings } from '../canvas-content.ts'
import { LOOK_STYLES } from '../compose/look-styles.ts'
import type { LayerContent, LayerItem } from '../compose/layer-content.ts'
import type { View } from '../view-transform.ts'
import type { LiveShape } from './live-layer.ts'
import { OutlineCache } from './outline-cache.ts'
import type { Highlight } from './paint-stage.ts'
import type { CanvasItems } from './use-items.ts'

export interface DrawingInput {
  readonly content: CanvasItems
  readonly settings: () => CanvasSettings
  readonly selected: () => ReadonlySet<number>
  /** The number of the item under the pointer, here or in a list. */
  readonly hovered: () => number | null
  readonly view: () => View | null
  readonly pixelRatio: () => number
}

export interface Drawing {
  /** For the bitmap layers: everything but the live annotation. */
  readonly layer: ComputedRef<LayerContent>
  readonly live: ComputedRef<LiveShape | null>
  readonly highlights: ComputedRef<readonly Highlight[]>
  /** Of all that is selected and in sight; made when somebody asks. */
  readonly selectedOutlines: ComputedRef<readonly Pick<LiveShape, 'rings' | 'colour'>[]>
  /** Of the live annotation's fill, once the layer below does not hold it any more. */
  readonly liveOpacity: ComputedRef<number>
}

/** Who is drawn where: idle masks in the layers, one selected one live, the hovered one on top. */
export function useDrawing(input: DrawingInput): Drawing {
  const { content } = input
  const outlines = new OutlineCache(content.masks)
  /** Outlines of one doubling of the scale are the same: they are not made at every step of a zoom. */
  const outlineScale = computed(() => {
    const scale = (input.view()?.scale ?? 1) * input.pixelRatio()
    return 2 ** Math.floor(Math.log2(scale))
  })

  const liveItem = computed(() => {
    const [id, ...others] = input.selected()
    return id === undefined || others.length > 0 ? null : content.itemOf(id)
  })

  const live = computed((): LiveShape | null => {
    if (liveItem.value === null) return null
    const item = content.items.value[liveItem.value]
    return {
      id: item.shape.id,
      rings: outlines.rings(item, outlineScale.value),
      colour: item.shape.colour,
      isDashed: content.looks.value[liveItem.value] !== 'accepted',
    }
  })

  const layer = computed((): LayerContent => {
    const { maskOpacity, hasOutlines, hasBoxes } = input.settings()
    const selected = input.selected()
    const items: LayerItem[] = []
    content.items.value.forEach(({ kind, shape }, i) => {
      const look = content.looks.value[i]
      if (look === 'none' || i === liveItem.value) return
      items.push({
        maskHash: shape.mask.hash,
        // Copied: a proxy cannot be posted to a worker.
        bbox: [shape.bbox[0], shape.bbox[1], shape.bbox[2], shape.bbox[3]],
        colour: shape.colour,
        look,
        isSelected: kind === 'annotation' && selected.has(shape.id),
      })
    })
    return { items, maskOpacity, hasOutlines, hasBoxes }
  })

  const highlights = computed((): Highlight[] => {
    const hovered = input.hovered()
    if (hovered === null || hovered === liveItem.value) return []
    const item = content.items.value[hovered]
    return [{ path: pathFrom(outlines.rings(item, outlineScale.value)), colour: item.shape.colour }]
  })

  const selectedOutlines = computed(() =>
    [...input.selected()].flatMap((id) => {
      const item = content.itemOf(id)
      if (item === null) return []
      const shown = content.items.value[item]
      return [{ rings: outlines.rings(shown, outlineScale.value), colour: shown.shape.colour }]
    }),
  )

  const liveOpacity = computed(() => {
    const look = liveItem.value === null ? 'none' : content.looks.value[liveItem.value]
    return look === 'none' ? 0 : input.settings().maskOpacity * LOOK_STYLES[look].fill
  })
  return { layer, live, highlights, selectedOutlines, liveOpacity }
}

function pathFrom(rings: readonly Ring[]): Path2D {
  const path = new Path2D()
  for (const ring of rings) {
    path.moveTo(ring[0], ring[1])
    for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i], ring[i + 1])
    path.closePath()
  }
  return path
}
