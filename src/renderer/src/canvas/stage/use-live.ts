import { onScopeDispose, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { LiveLayer } from './live-layer.ts'
import type { LiveShape } from './live-layer.ts'

/** The live layer, opened with the first selection. */
export function useLive(
  element: Readonly<ShallowRef<HTMLCanvasElement | null>>,
  shape: () => LiveShape | null,
): Readonly<ShallowRef<LiveLayer | null>> {
  const layer = shallowRef<LiveLayer | null>(null)
  let isOpening = false
  let isClosed = false

  async function open(canvas: HTMLCanvasElement): Promise<void> {
    isOpening = true
    const opened = await LiveLayer.open(canvas)
    if (isClosed) await opened.close()
    else layer.value = opened
  }

  watch(
    [shape, element],
    ([wanted, canvas]) => {
      if (wanted !== null && canvas !== null && !isOpening) void open(canvas)
    },
    { immediate: true, flush: 'post' },
  )
  onScopeDispose(() => {
    isClosed = true
    void layer.value?.close()
  })
  return layer
}
