import { onScopeDispose, watch } from 'vue'
import type { Ref } from 'vue'

/** Tells the inner size of an element, without its scroll bar, at once and whenever it changes. */
export function useResizeObserver(
  element: Readonly<Ref<HTMLElement | null>>,
  listener: (size: { readonly width: number; readonly height: number }) => void,
): void {
  const observer = new ResizeObserver((entries) => {
    const { width, height } = entries[entries.length - 1].contentRect
    listener({ width, height })
  })
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before)
      if (now) observer.observe(now)
    },
    { immediate: true },
  )
  onScopeDispose(() => observer.disconnect())
}
