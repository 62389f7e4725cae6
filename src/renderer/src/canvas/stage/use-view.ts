import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { Size } from '#shared/geometry/size.ts'
import type { Point } from '../canvas-content.ts'
import {
  clampScale,
  fitView,
  isSameView,
  keepInSight,
  panBy,
  resizedView,
  viewBetween,
  zoomAt,
} from '../view-transform.ts'
import type { View } from '../view-transform.ts'

/** Two thirds of a zoom are done after this. */
const GLIDE_MS = 45

export interface ViewControl {
  /** null while there is no image or no room. */
  readonly view: Readonly<ShallowRef<View | null>>
  readonly isFitted: ComputedRef<boolean>
  /** @param isGliding moves there smoothly, unless the system asks for less motion */
  goTo(change: ViewChange, isGliding: boolean): void
  zoomTo(scale: (present: number) => number, anchor: Point | null): void
  pan(dx: number, dy: number): void
  fit(): void
  actualSize(anchor: Point | null): void
}

type ViewChange = (view: View, image: Size, viewport: Size) => View

/** The view of the image at hand: where it is, and where it glides to. */
export function useView(
  image: () => Size | null,
  imageId: () => number | string | null,
  viewport: Readonly<ShallowRef<Size>>,
): ViewControl {
  const view = shallowRef<View | null>(null)
  /** Whether the image follows the viewport's size, until a person chooses a view. */
  const isFollowing = shallowRef(true)
  const stillness = window.matchMedia('(prefers-reduced-motion: reduce)')
  let target: View | null = null
  /** Asked for before there was an image or room for it. */
  let awaited: ViewChange | null = null
  let frame = 0
  let lastMs = 0

  function place(next: View | null): void {
    cancelAnimationFrame(frame)
    frame = 0
    target = next
    view.value = next
  }

  function glide(next: View): void {
    target = next
    if (frame !== 0) return
    lastMs = performance.now()
    frame = requestAnimationFrame(step)
  }

  function step(nowMs: number): void {
    frame = 0
    if (view.value === null || target === null) return
    const share = 1 - Math.exp(-Math.max(1, nowMs - lastMs) / GLIDE_MS)
    lastMs = nowMs
    const next = viewBetween(view.value, target, share)
    if (isSameView(next, target)) return place(target)
    view.value = next
    frame = requestAnimationFrame(step)
  }

  function goTo(change: ViewChange, isGliding: boolean): void {
    const size = image()
    const present = target ?? view.value
    if (size === null || present === null) {
      awaited = change
      return
    }
    const next = keepInSight(change(present, size, viewport.value), size, viewport.value)
    // What is in sight already was revealed without a move, and the image goes on filling the room.
    isFollowing.value &&= isSameView(next, present)
    if (isGliding && !stillness.matches) glide(next)
    else place(next)
  }

  function zoomTo(scale: (present: number) => number, anchor: Point | null): void {
    goTo((present, size, room) => {
      const middle = { x: room.width / 2, y: room.height / 2 }
      const next = clampScale(scale(present.scale), size, room)
      return zoomAt(present, next, anchor ?? middle)
    }, true)
  }

  function pan(dx: number, dy: number): void {
    // What glides goes on gliding, from where the hand has moved it to.
    if (frame !== 0 && view.value !== null) view.value = panBy(view.value, dx, dy)
    goTo((present) => panBy(present, dx, dy), frame !== 0)
  }

  function fit(): void {
    goTo((_, size, room) => fitView(size, room), true)
    isFollowing.value = true
  }

  function actualSize(anchor: Point | null): void {
    zoomTo(() => 1, anchor)
  }

  function reset(): void {
    const size = image()
    const hasRoom = viewport.value.width > 0 && viewport.value.height > 0
    isFollowing.value = true
    place(size === null || !hasRoom ? null : fitView(size, viewport.value))
    if (view.value === null || awaited === null) return
    goTo(awaited, false)
    awaited = null
  }

  watch(
    [imageId, () => image()?.width, () => image()?.height],
    ([id], [idBefore]) => {
      if (id !== idBefore) awaited = null
      reset()
    },
    { immediate: true },
  )
  watch(viewport, (after, before) => {
    const size = image()
    if (size === null || view.value === null || isFollowing.value) return reset()
    place(keepInSight(resizedView(target ?? view.value, before, after), size, after))
  })
  onScopeDispose(() => cancelAnimationFrame(frame))

  return {
    view,
    isFitted: computed(() => isFollowing.value),
    goTo,
    zoomTo,
    pan,
    fit,
    actualSize,
  }
}
