import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { Ring } from '#shared/geometry/contours.ts'
import { OTHER_COLOUR } from '#shared/geometry/semantic-order.ts'
import type { CanvasSettings } from '../canvas-content.ts'
import { LOOK_STYLES } from '../compose/look-styles.ts'
import type { DrawnLook } from '../compose/look-styles.ts'
import type { LayerContent, LayerItem } from '../compose/layer-content.ts'
import { semanticOrder } from '../shown-items.ts'
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

  function layerItem(i: number, look: DrawnLook): LayerItem {
    const { kind, shape } = content.items.value[i]
    return {
      maskHash: shape.mask.hash,
      // Copied: a proxy cannot be posted to a worker.
      bbox: [shape.bbox[0], shape.bbox[1], shape.bbox[2], shape.bbox[3]],
      colour: shape.colour,
      look,
      isSelected: kind === 'annotation' && input.selected().has(shape.id),
    }
  }

  /** Each pixel in the colour of its class: what is selected is among them, and nothing has a line. */
  const classes = computed((): LayerContent => {
    const order = semanticOrder(content.items.value, content.looks.value)
    return {
      items: order.map((i) => ({ ...layerItem(i, 'accepted'), isSelected: false })),
      maskOpacity: input.settings().maskOpacity,
      ...{ hasOutlines: false, hasBoxes: false, other: OTHER_COLOUR },
    }
  })

  const layer = computed((): LayerContent => {
    const { maskOpacity, hasOutlines, hasBoxes, isSemantic } = input.settings()
    if (isSemantic) return classes.value
    const items = content.looks.value.flatMap((look, i) =>
      look === 'none' || i === liveItem.value ? [] : layerItem(i, look),
    )
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
    return look === 'none' || input.settings().isSemantic
      ? 0
      : input.settings().maskOpacity * LOOK_STYLES[look].fill
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
