import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { Point } from '../canvas-content.ts'
import { isToolBusy, startTool, stepTool, toolCursor } from '../tools/tool-machine.ts'
import type { ToolMachine, ToolName } from '../tools/tool-machine.ts'
import type { Modifiers, PointerButton, ToolEffect, ToolInput } from '../tools/tool.ts'
import { wheelMeaning } from '../wheel-meaning.ts'
import type { WheelMeaning } from '../wheel-meaning.ts'

export interface PointerActions {
  readonly apply: (effect: ToolEffect) => void
  readonly wheel: (meaning: WheelMeaning, at: Point) => void
  readonly pinch: (before: readonly [Point, Point], after: readonly [Point, Point]) => void
  /** Where the pointer is, whatever it does. */
  readonly seen: (at: Point | null) => void
}

export interface PointerControl {
  readonly machine: Readonly<ShallowRef<ToolMachine>>
  readonly cursor: ComputedRef<string>
  /** What the element listens to. */
  readonly listeners: Readonly<Record<string, (event: never) => void>>
  readonly holdSpace: (isHeld: boolean) => void
  readonly cancel: () => void
  /** A drag or a press is under way. */
  readonly isBusy: () => boolean
  readonly take: (tool: ToolName) => void
}

const BUTTONS: readonly PointerButton[] = ['primary', 'middle', 'secondary']

/** Feeds the tool in hand with what the pointer, two fingers and the wheel do on an element. */
export function usePointer(actions: PointerActions): PointerControl {
  const machine = shallowRef(startTool('select'))
  const isSpaceHeld = ref(false)
  /** Fingers on the glass, in the order they came. */
  const touches = new Map<number, Point>()

  function feed(input: ToolInput): void {
    const step = stepTool(machine.value, input)
    machine.value = step.machine
    step.effects.forEach(actions.apply)
  }

  function pointerDown(event: PointerEvent): void {
    const element = event.currentTarget as HTMLElement
    const at = placeOf(event)
    element.setPointerCapture(event.pointerId)
    // Middle-click would start the browser's own scrolling.
    if (event.button === 1) event.preventDefault()
    if (event.pointerType === 'touch') {
      touches.set(event.pointerId, at)
      if (touches.size === 2) return feed({ kind: 'cancel' })
    }
    feed({
      kind: 'down',
      at,
      button: BUTTONS[event.button] ?? 'none',
      modifiers: modifiersOf(event),
      isSpaceHeld: isSpaceHeld.value,
    })
  }

  function pointerMove(event: PointerEvent): void {
    const at = placeOf(event)
    actions.seen(at)
    if (touches.size === 2 && touches.has(event.pointerId)) return pinchTo(event.pointerId, at)
    if (touches.has(event.pointerId)) touches.set(event.pointerId, at)
    feed({ kind: 'move', at })
  }

  function pinchTo(pointerId: number, at: Point): void {
    const before = [...touches.values()] as [Point, Point]
    touches.set(pointerId, at)
    actions.pinch(before, [...touches.values()] as [Point, Point])
  }

  function pointerUp(event: PointerEvent): void {
    const wasPinch = touches.size === 2
    touches.delete(event.pointerId)
    feed(wasPinch ? { kind: 'cancel' } : { kind: 'up', at: placeOf(event) })
  }

  function pointerCancel(event: PointerEvent): void {
    touches.delete(event.pointerId)
    feed({ kind: 'cancel' })
  }

  function pointerLeave(): void {
    actions.seen(null)
    feed({ kind: 'leave' })
  }

  function doubleClick(event: MouseEvent): void {
    feed({ kind: 'double', at: placeOf(event) })
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault()
    actions.wheel(wheelMeaning(event), placeOf(event))
  }

  // A key that is released in another window is never reported here.
  const letGo = (): void => {
    isSpaceHeld.value = false
  }
  window.addEventListener('blur', letGo)
  onScopeDispose(() => window.removeEventListener('blur', letGo))

  return {
    machine,
    cursor: computed(() => toolCursor(machine.value, isSpaceHeld.value)),
    listeners: {
      pointerdown: pointerDown,
      pointermove: pointerMove,
      pointerup: pointerUp,
      pointercancel: pointerCancel,
      pointerleave: pointerLeave,
      dblclick: doubleClick,
      wheel,
    },
    holdSpace: (isHeld) => (isSpaceHeld.value = isHeld),
    cancel: () => feed({ kind: 'cancel' }),
    isBusy: () => isToolBusy(machine.value),
    take: (tool) => (machine.value = startTool(tool)),
  }
}

function placeOf(event: MouseEvent): Point {
  const corner = (event.currentTarget as HTMLElement).getBoundingClientRect()
  return { x: event.clientX - corner.left, y: event.clientY - corner.top }
}

function modifiersOf(event: PointerEvent): Modifiers {
  return {
    isShift: event.shiftKey,
    isControl: event.ctrlKey || event.metaKey,
    isAlt: event.altKey,
  }
}
