import { onMounted, onScopeDispose, shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import type { Size } from '#shared/geometry/size.ts'

export interface Viewport {
  /** CSS pixels. */
  readonly size: Readonly<ShallowRef<Size>>
  readonly pixelRatio: Readonly<ShallowRef<number>>
}

/** The room of an element, and the device pixels in it: it changes when a window changes screens. */
export function useViewport(element: Readonly<ShallowRef<HTMLElement | null>>): Viewport {
  const size = shallowRef<Size>({ width: 0, height: 0 })
  const pixelRatio = shallowRef(window.devicePixelRatio || 1)
  const observer = new ResizeObserver(measure)

  function measure(): void {
    const { clientWidth: width, clientHeight: height } = element.value ?? document.body
    if (width !== size.value.width || height !== size.value.height) size.value = { width, height }
    pixelRatio.value = window.devicePixelRatio || 1
  }

  onMounted(() => {
    measure()
    if (element.value !== null) observer.observe(element.value)
    window.addEventListener('resize', measure)
  })
  onScopeDispose(() => {
    observer.disconnect()
    window.removeEventListener('resize', measure)
  })
  return { size, pixelRatio }
}
