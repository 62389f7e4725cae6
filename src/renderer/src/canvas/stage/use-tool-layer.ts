import { onMounted, onScopeDispose, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { Size } from '#shared/geometry/size.ts'
import { snappedView } from '../view-transform.ts'
import type { View } from '../view-transform.ts'
import { paintTool } from './paint-tool.ts'
import type { ToolPicture } from './paint-tool.ts'
import { fitToViewport } from './use-stage.ts'

export interface ToolLayerInput {
  readonly view: () => View | null
  readonly viewport: () => Size
  readonly pixelRatio: () => number
  readonly pictures: () => readonly ToolPicture[]
}

/**
 * What tools draw has a canvas of its own above the others: a stroke under way paints nothing but
 * itself, however many masks lie below.
 */
export function useToolLayer(
  element: Readonly<ShallowRef<HTMLCanvasElement | null>>,
  input: ToolLayerInput,
): void {
  let context: CanvasRenderingContext2D | null = null
  let frame = 0

  function request(): void {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }

  function paint(): void {
    frame = 0
    const view = input.view()
    if (context === null || element.value === null) return
    const viewport = input.viewport()
    const pixelRatio = input.pixelRatio()
    fitToViewport(element.value, viewport, pixelRatio)
    paintTool(context, {
      view: view === null ? { scale: 1, x: 0, y: 0 } : snappedView(view, pixelRatio),
      viewport,
      pixelRatio,
      pictures: view === null ? [] : input.pictures(),
    })
  }

  onMounted(() => {
    context = element.value?.getContext('2d') ?? null
    request()
  })
  watch([input.view, input.viewport, input.pixelRatio, input.pictures], request)
  onScopeDispose(() => cancelAnimationFrame(frame))
}
