import { computed, onMounted, onScopeDispose, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { Box } from '#shared/geometry/box.ts'
import type { Size } from '#shared/geometry/size.ts'
import { snappedView } from '../view-transform.ts'
import type { View } from '../view-transform.ts'
import type { LiveLayer, LiveShape } from './live-layer.ts'
import { paintStage } from './paint-stage.ts'
import type { Highlight } from './paint-stage.ts'
import type { Chip } from './paint-chip.ts'
import type { LoadedPicture } from './load-picture.ts'
import type { MaskLayers } from './use-layers.ts'

export interface StageInput {
  readonly view: () => View | null
  readonly image: () => Size | null
  readonly viewport: () => Size
  readonly pixelRatio: () => number
  readonly picture: () => LoadedPicture | null
  readonly layers: MaskLayers
  readonly chips: () => readonly Chip[]
  readonly highlights: () => readonly Highlight[]
  readonly sweep: () => Box | null
  readonly live: () => LiveShape | null
  readonly liveLayer: () => LiveLayer | null
  readonly liveFill: () => number
}

/** Paints a frame whenever something in it changed, once a frame at most. */
export function useStage(
  element: Readonly<ShallowRef<HTMLCanvasElement | null>>,
  input: StageInput,
): void {
  let context: CanvasRenderingContext2D | null = null
  let frame = 0
  let paper = ''

  const everything = computed(() => [
    input.view(),
    input.viewport(),
    input.pixelRatio(),
    input.picture(),
    input.layers.sharp.value,
    input.layers.coarse.value,
    input.highlights(),
    input.sweep(),
    input.live(),
    input.liveLayer(),
    input.liveFill(),
  ])

  function request(): void {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }

  function paint(): void {
    frame = 0
    const view = input.view()
    const image = input.image()
    if (context === null || element.value === null) return
    const viewport = input.viewport()
    const pixelRatio = input.pixelRatio()
    fitToViewport(element.value, viewport, pixelRatio)
    if (view === null || image === null) return clear(context, element.value)
    const snapped = snappedView(view, pixelRatio)
    paintStage(context, {
      view: snapped,
      viewport,
      pixelRatio,
      image,
      levels: input.picture()?.levels ?? [],
      sharp: input.layers.sharp.value,
      coarse: input.layers.coarse.value,
      highlights: input.highlights(),
      chips: input.chips(),
      sweep: input.sweep(),
      paper,
    })
    const liveLayer = input.liveLayer()
    liveLayer?.show(input.live())
    liveLayer?.paint(snapped, viewport, { fillOpacity: input.liveFill() })
  }

  onMounted(() => {
    context = element.value?.getContext('2d') ?? null
    if (context === null || element.value === null) return
    paper = getComputedStyle(element.value).getPropertyValue('--raised').trim()
    request()
  })
  watch([everything, input.chips], request)
  onScopeDispose(() => cancelAnimationFrame(frame))
}

/** Gives a canvas as many pixels as the room that it fills. */
export function fitToViewport(
  element: HTMLCanvasElement,
  viewport: Size,
  pixelRatio: number,
): void {
  const width = Math.round(viewport.width * pixelRatio)
  const height = Math.round(viewport.height * pixelRatio)
  if (element.width === width && element.height === height) return
  element.width = width
  element.height = height
}

function clear(context: CanvasRenderingContext2D, { width, height }: HTMLCanvasElement): void {
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, width, height)
}
