import { onScopeDispose, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { Size } from '#shared/geometry/size.ts'
import { coarseFrame, isFrameCovering, sharpFrame } from '../compose/layer-frame.ts'
import type { LayerFrame } from '../compose/layer-frame.ts'
import { LayerSource, openComposeWorker } from '../compose/layer-source.ts'
import type { LayerName, MaskLayer } from '../compose/layer-source.ts'
import type { LayerContent } from '../compose/layer-content.ts'
import { imageInSight } from '../view-transform.ts'
import type { View } from '../view-transform.ts'
import type { CanvasItem } from '../shown-items.ts'

export interface LayersInput {
  readonly view: View | null
  readonly imageId: number | string | null
  readonly image: Size | null
  readonly viewport: Size
  readonly pixelRatio: number
  readonly items: readonly CanvasItem[]
  readonly content: LayerContent
  readonly liveId: number | null
}

export interface MaskLayers {
  readonly sharp: Readonly<ShallowRef<MaskLayer | null>>
  readonly coarse: Readonly<ShallowRef<MaskLayer | null>>
}

/** A zoom has ended when nothing moved for so long. */
const SETTLED_MS = 120
/** The coarse layer waits until a slider rests: the sharp one is what is looked at. */
const COARSE_DELAY_MS = 200

/**
 * Keeps the mask layers right. A change of content is ordered at once; a zoom when it has ended; a
 * pan when it comes near the edge of what is painted. In between, the old layers are moved.
 */
export function useLayers(input: {
  readonly [Name in keyof LayersInput]: () => LayersInput[Name]
}): MaskLayers {
  const layers = {
    sharp: shallowRef<MaskLayer | null>(null),
    coarse: shallowRef<MaskLayer | null>(null),
  }
  const source = new LayerSource(openComposeWorker(), (layer) => replace(layer.name, layer))
  let orderedFrame: LayerFrame | null = null
  let settling = 0
  let coarseDelay = 0

  function replace(name: LayerName, layer: MaskLayer | null): void {
    layers[name].value?.bitmap.close()
    layers[name].value = layer
  }

  function order(name: LayerName, frame: LayerFrame): void {
    const liveId = input.liveId()
    source.order(name, { frame, content: input.content(), pixelRatio: input.pixelRatio(), liveId })
  }

  function orderSharp(): void {
    const view = input.view()
    const image = input.image()
    if (view === null || image === null) return
    orderedFrame = sharpFrame(view, image, input.viewport(), input.pixelRatio())
    order('sharp', orderedFrame)
  }

  function orderCoarse(): void {
    clearTimeout(coarseDelay)
    coarseDelay = window.setTimeout(() => {
      const image = input.image()
      if (image !== null) order('coarse', coarseFrame(image))
    }, COARSE_DELAY_MS)
  }

  function orderBoth(): void {
    orderSharp()
    orderCoarse()
  }

  function followView(): void {
    const view = input.view()
    const image = input.image()
    if (view === null || image === null) return
    clearTimeout(settling)
    const scale = view.scale * input.pixelRatio()
    if (orderedFrame?.scale !== scale) {
      settling = window.setTimeout(orderSharp, SETTLED_MS)
    } else if (!isFrameCovering(orderedFrame, imageInSight(view, image, input.viewport()), image)) {
      orderSharp()
    }
  }

  function forget(): void {
    orderedFrame = null
    clearTimeout(settling)
    clearTimeout(coarseDelay)
    source.cancel()
    replace('sharp', null)
    replace('coarse', null)
  }

  watch(input.items, (items) => source.setMasks(items.map(({ shape }) => shape.mask)), {
    immediate: true,
  })
  // After the masks: an order may name only what the worker has been told of.
  watch([input.content, input.pixelRatio], orderBoth)
  watch([input.view, input.viewport], () => (orderedFrame === null ? orderBoth() : followView()), {
    immediate: true,
  })
  onScopeDispose(() => {
    clearTimeout(settling)
    clearTimeout(coarseDelay)
    source.close()
    forget()
  })
  // Masks of one image are never seen over another.
  watch([input.imageId, input.image], forget, { flush: 'sync' })
  return layers
}
