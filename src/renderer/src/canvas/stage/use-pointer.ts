import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { Point } from '../canvas-content.ts'
import {
  isDrawing,
  isToolBusy,
  startTool,
  stepTool,
  toolCursor,
  toolPreview,
} from '../tools/tool-machine.ts'
import type { ToolMachine, ToolName } from '../tools/tool-machine.ts'
import type { PreviewShape } from '../tools/preview.ts'
import { TOOL_KEYS } from '../tools/tool.ts'
import type {
  Modifiers,
  OutlineTarget,
  Place,
  PointerButton,
  ToolEffect,
  ToolInput,
} from '../tools/tool.ts'
import { wheelMeaning } from '../wheel-meaning.ts'
import type { WheelMeaning } from '../wheel-meaning.ts'

export interface PointerActions {
  /** A place of the canvas in the image; null while there is none. */
  readonly locate: (at: Point) => Omit<Place, 'at'> | null
  readonly apply: (effect: ToolEffect) => void
  readonly wheel: (meaning: WheelMeaning, at: Point) => void
  readonly pinch: (before: readonly [Point, Point], after: readonly [Point, Point]) => void
  /** Whether a mask is selected there that may be moved. Image pixels. */
  readonly isOnSelected: (inImage: Point) => boolean
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
  /** A drag, a press or a drawing is under way. */
  readonly isBusy: () => boolean
  readonly take: (tool: ToolName) => void
  /** @returns whether the tool in hand had a use for the key */
  readonly pressKey: (event: KeyboardEvent) => boolean
  /** Moves the selected masks by keys, until `settle`. Whole image pixels. */
  readonly nudge: (by: Point) => void
  readonly settle: () => void
  /** Gives the tool in hand what its vertices are of. */
  readonly aim: (target: OutlineTarget | null) => void
  /** What the tool in hand shows of what it is doing. */
  readonly preview: ComputedRef<readonly PreviewShape[]>
}

const BUTTONS: readonly PointerButton[] = ['primary', 'middle', 'secondary']

/** Feeds the tool in hand with what the pointer, two fingers and the wheel do on an element. */
export function usePointer(actions: PointerActions): PointerControl {
  const machine = shallowRef(startTool('select'))
  let target: OutlineTarget | null = null
  const isSpaceHeld = ref(false)
  /** Fingers on the glass, in the order they came. */
  const touches = new Map<number, Point>()

  /** @returns whether the tool had a use for it */
  function feed(input: ToolInput): boolean {
    const before = machine.value
    const step = stepTool(before, input)
    machine.value = step.machine
    step.effects.forEach(actions.apply)
    return step.machine !== before || step.effects.length > 0
  }

  function placeInImage(event: MouseEvent, corner = cornerOf(event)): Place | null {
    const at = { x: event.clientX - corner.x, y: event.clientY - corner.y }
    const located = actions.locate(at)
    return located === null ? null : { at, ...located }
  }

  function pointerDown(event: PointerEvent): void {
    const element = event.currentTarget as HTMLElement
    const place = placeInImage(event)
    if (place === null) return
    element.setPointerCapture(event.pointerId)
    // Middle-click would start the browser's own scrolling.
    if (event.button === 1) event.preventDefault()
    if (event.pointerType === 'touch') {
      touches.set(event.pointerId, place.at)
      if (touches.size === 2) return void feed({ kind: 'interrupt' })
    }
    feed({
      kind: 'down',
      ...place,
      button: BUTTONS[event.button] ?? 'none',
      modifiers: modifiersOf(event),
      isSpaceHeld: isSpaceHeld.value,
      isOnSelected: actions.isOnSelected(place.inImage),
    })
  }

  function pointerMove(event: PointerEvent): void {
    const at = placeOf(event)
    actions.seen(at)
    if (touches.size === 2 && touches.has(event.pointerId)) return pinchTo(event.pointerId, at)
    if (touches.has(event.pointerId)) touches.set(event.pointerId, at)
    const corner = cornerOf(event)
    for (const one of movesOf(event)) {
      const place = placeInImage(one, corner)
      if (place !== null) feed({ kind: 'move', ...place, modifiers: modifiersOf(event) })
    }
  }

  /** The hand is faster than frames: a curve that is drawn needs the places in between. */
  function movesOf(event: PointerEvent): readonly PointerEvent[] {
    const all = isDrawing(machine.value) ? event.getCoalescedEvents?.() : undefined
    return all === undefined || all.length === 0 ? [event] : all
  }

  function pinchTo(pointerId: number, at: Point): void {
    const before = [...touches.values()] as [Point, Point]
    touches.set(pointerId, at)
    actions.pinch(before, [...touches.values()] as [Point, Point])
  }

  function pointerUp(event: PointerEvent): void {
    const wasPinch = touches.size === 2
    touches.delete(event.pointerId)
    const place = placeInImage(event)
    if (wasPinch || place === null) feed({ kind: 'interrupt' })
    else feed({ kind: 'up', ...place, modifiers: modifiersOf(event) })
  }

  function pointerCancel(event: PointerEvent): void {
    touches.delete(event.pointerId)
    feed({ kind: 'interrupt' })
  }

  function pointerLeave(): void {
    actions.seen(null)
    feed({ kind: 'leave' })
  }

  function doubleClick(event: MouseEvent): void {
    const place = placeInImage(event)
    if (place !== null) feed({ kind: 'double', ...place, modifiers: modifiersOf(event) })
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault()
    const isForTool = event.altKey && !event.ctrlKey && !event.metaKey
    const turned = event.deltaY === 0 ? event.deltaX : event.deltaY
    if (isForTool && turned !== 0 && feed({ kind: 'wheel', notches: turned < 0 ? 1 : -1 })) return
    actions.wheel(wheelMeaning(event), placeOf(event))
  }

  function pressKey(event: KeyboardEvent): boolean {
    const key = TOOL_KEYS.find((name) => name === event.key)
    return key !== undefined && feed({ kind: 'key', key, modifiers: modifiersOf(event) })
  }

  function take(tool: ToolName): void {
    feed({ kind: 'cancel' })
    machine.value = startTool(tool)
    actions.apply({ kind: 'hover', at: null })
    feed({ kind: 'target', target })
  }

  function aim(at: OutlineTarget | null): void {
    target = at
    feed({ kind: 'target', target })
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
    cancel: () => void feed({ kind: 'cancel' }),
    isBusy: () => isToolBusy(machine.value),
    take,
    pressKey,
    nudge: (by) => void feed({ kind: 'nudge', by }),
    settle: () => void feed({ kind: 'settle' }),
    aim,
    preview: computed(() => toolPreview(machine.value)),
  }
}

/** Of the element that listens, CSS pixels of the window. */
function cornerOf(event: Event): Point {
  const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect()
  return { x: left, y: top }
}

function placeOf(event: MouseEvent): Point {
  const corner = cornerOf(event)
  return { x: event.clientX - corner.x, y: event.clientY - corner.y }
}

function modifiersOf(
  event: Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): Modifiers {
  return {
    isShift: event.shiftKey,
    isControl: event.ctrlKey || event.metaKey,
    isAlt: event.altKey,
  }
}
