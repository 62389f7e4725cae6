import { computed, shallowRef } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { Box } from '#shared/geometry/box.ts'
import type { MenuRequest, Point, SelectMode } from '../canvas-content.ts'
import { nextBelow } from '../picking.ts'
import type { Modifiers, ToolEffect } from '../tools/tool.ts'
import type { Gesture } from '../tools/gesture.ts'
import { offsetOf } from '../tools/select-tool.ts'
import { boxBetween } from '../tools/lines.ts'
import { clampScale, pinchedView, screenToImage } from '../view-transform.ts'
import type { CanvasItems } from './use-items.ts'
import { usePointer } from './use-pointer.ts'
import type { PointerControl } from './use-pointer.ts'
import type { ViewControl } from './use-view.ts'

export interface ToolEvents {
  readonly select: (ids: readonly number[], mode: SelectMode) => void
  readonly hover: (id: number | null) => void
  readonly menu: (request: MenuRequest) => void
  readonly promote: (ghostId: number) => void
  /** An annotation was double-clicked. */
  readonly activate: (annotationId: number) => void
  readonly gesture: (gesture: Gesture) => void
  readonly resize: (notches: 1 | -1) => void
  /** Image pixels. */
  readonly pointer: (at: Point | null) => void
}

export interface CanvasTools {
  readonly pointer: PointerControl
  /** The number of the item under the pointer. */
  readonly hoveredItem: Readonly<ShallowRef<number | null>>
  /** How far the selected masks are on their way, image pixels; null while they rest. */
  readonly movedBy: ComputedRef<Point | null>
  /** What is under the pointer would go along with a drag. */
  readonly isOverMovable: ComputedRef<boolean>
  /** The box of a sweep under way, CSS pixels. */
  readonly sweep: ComputedRef<Box | null>
  readonly openMenu: (event: MouseEvent) => void
}

/** Does what tools want done: the view moves, and the outside is told what was picked. */
export function useCanvasTools(
  control: ViewControl,
  content: CanvasItems,
  selectedIds: () => readonly number[],
  canMove: () => boolean,
  events: ToolEvents,
): CanvasTools {
  const hoveredItem = shallowRef<number | null>(null)
  let hoveredId: number | null = null

  const inImage = (at: Point): Point | null =>
    control.view.value === null ? null : screenToImage(control.view.value, at)

  function smallestAt(at: Point): number | null {
    const view = control.view.value
    if (view === null) return null
    const { index, isPickable } = content
    const point = screenToImage(view, at)
    return (
      index.value.tinyNear(point, view.scale, isPickable) ??
      index.value.smallestAt(point, isPickable)
    )
  }

  const annotationId = (item: number | null): number | null => {
    const found = item === null ? undefined : content.items.value[item]
    return found?.kind === 'annotation' ? found.shape.id : null
  }

  function hover(at: Point | null): void {
    hoveredItem.value = at === null ? null : smallestAt(at)
    const id = annotationId(hoveredItem.value)
    if (id === hoveredId) return
    hoveredId = id
    events.hover(id)
  }

  function click(at: Point, { isShift, isControl, isAlt }: Modifiers): void {
    const isAdding = isShift || isControl
    const item = isAlt ? itemBelow(at) : smallestAt(at)
    if (item === null) {
      if (!isAdding) events.select([], 'replace')
      return
    }
    const id = annotationId(item)
    if (id !== null) events.select([id], isAdding ? 'toggle' : 'replace')
  }

  function itemBelow(at: Point): number | null {
    const point = inImage(at)
    if (point === null) return null
    const under = content.index.value
      .itemsAt(point, content.isPickable)
      .filter((item) => annotationId(item) !== null)
    const [present] = selectedIds()
    return nextBelow(under, present === undefined ? null : content.itemOf(present))
  }

  const isSelected = (item: number): boolean => {
    const id = annotationId(item)
    return id !== null && selectedIds().includes(id)
  }

  function isOnSelected(at: Point): boolean {
    if (!canMove() || selectedIds().length === 0) return false
    const { index, isPickable } = content
    const scale = control.view.value?.scale ?? 1
    const tiny = index.value.tinyNear(at, scale, isPickable)
    if (tiny !== null) return isSelected(tiny)
    return index.value.itemsAt(at, isPickable).some(isSelected)
  }

  function sweepUp(from: Point, to: Point, mode: SelectMode): void {
    const a = inImage(from)
    const b = inImage(to)
    if (a === null || b === null) return
    const box = boxBetween(a, b)
    const ids = content.index.value
      .itemsIn(box, content.isPickable)
      .flatMap((item) => annotationId(item) ?? [])
    if (ids.length > 0) events.select(ids, mode)
  }

  function activate(at: Point): void {
    const item = smallestAt(at)
    const found = item === null ? undefined : content.items.value[item]
    if (found?.kind === 'ghost') events.promote(found.shape.id)
    else if (found?.kind === 'annotation') events.activate(found.shape.id)
  }

  function openMenu(event: MouseEvent): void {
    event.preventDefault()
    // The menu key is answered by the key itself, at the selection.
    if (isFromKeyboard(event)) return
    const corner = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const item = smallestAt({ x: event.clientX - corner.left, y: event.clientY - corner.top })
    if (item === null) return
    const { kind, shape } = content.items.value[item]
    // A menu is about what is selected, so what it is opened on is selected first.
    if (kind === 'annotation' && !selectedIds().includes(shape.id)) {
      events.select([shape.id], 'replace')
    }
    events.menu({ id: shape.id, kind, x: event.clientX, y: event.clientY })
  }

  function apply(effect: ToolEffect): void {
    switch (effect.kind) {
      case 'pan':
        return control.pan(effect.dx, effect.dy)
      case 'hover':
        return hover(effect.at)
      case 'click':
        return click(effect.at, effect.modifiers)
      case 'activate':
        return activate(effect.at)
      case 'sweep':
        return sweepUp(effect.from, effect.to, effect.mode)
      case 'gesture':
        return events.gesture(effect.gesture)
      case 'resize':
        return events.resize(effect.notches)
    }
  }

  const pointer = usePointer({
    locate: (at) => {
      const view = control.view.value
      return view === null ? null : { inImage: screenToImage(view, at), scale: view.scale }
    },
    apply,
    wheel: (meaning, at) => {
      if (meaning.kind === 'pan') control.pan(meaning.dx, meaning.dy)
      else control.zoomTo((scale) => scale * meaning.factor, at)
    },
    pinch: (before, after) =>
      control.goTo(
        (view, image, room) =>
          pinchedView(view, before, after, (scale) => clampScale(scale, image, room)),
        false,
      ),
    isOnSelected,
    seen: (at) => events.pointer(at === null ? null : inImage(at)),
  })

  const sweep = computed(() => {
    const { tool } = pointer.machine.value
    return tool.name === 'select' && tool.state.kind === 'sweeping'
      ? boxBetween(tool.state.from, tool.state.to)
      : null
  })
  const movedBy = computed(() => {
    const { tool } = pointer.machine.value
    return tool.name === 'select' ? offsetOf(tool.state) : null
  })
  const isOverMovable = computed(() => {
    const item = hoveredItem.value
    return canMove() && item !== null && item < content.items.value.length && isSelected(item)
  })
  return { pointer, hoveredItem, movedBy, isOverMovable, sweep, openMenu }
}

function isFromKeyboard(event: MouseEvent): boolean {
  const pointerType = event instanceof PointerEvent ? event.pointerType : ''
  return pointerType === '' && event.button !== 2
}
