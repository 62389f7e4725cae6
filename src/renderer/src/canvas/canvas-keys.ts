import type { ActionId } from '../keyboard/actions.ts'
import { keysOfEvent } from '../keyboard/key-names.ts'
import { isChosenKey, isKeyOf } from '../keyboard/keys-in-force.ts'
import type { Point } from './canvas-content.ts'

/** What a key does while the canvas has the focus. */
export type CanvasCommand =
  | 'zoom-in'
  | 'zoom-out'
  | 'fit'
  | 'actual-size'
  | 'next'
  | 'previous'
  | 'pan-left'
  | 'pan-right'
  | 'pan-up'
  | 'pan-down'
  | 'menu'
  | 'deselect'

export interface KeyInput {
  readonly key: string
  readonly code: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

const PLAIN_KEYS: Readonly<Record<string, CanvasCommand>> = {
  ArrowRight: 'next',
  ArrowDown: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  ContextMenu: 'menu',
}

const SHIFTED_KEYS: Readonly<Record<string, CanvasCommand>> = {
  ArrowLeft: 'pan-left',
  ArrowRight: 'pan-right',
  ArrowUp: 'pan-up',
  ArrowDown: 'pan-down',
  F10: 'menu',
}

/** What the window's table has too: the canvas answers first where it has the focus. */
const ACTION_COMMANDS = [
  ['canvas.zoomIn', 'zoom-in'],
  ['canvas.zoomOut', 'zoom-out'],
  ['canvas.fit', 'fit'],
  ['canvas.actualSize', 'actual-size'],
  ['annotations.deselect', 'deselect'],
] as const satisfies readonly (readonly [ActionId, CanvasCommand])[]

/**
 * The command of a key, or null for one that is not the canvas's. What a person gave to an action in
 * the settings is that action's. `annotations.next` and `.previous` are `tabTarget`'s.
 */
export function commandOfKey(event: KeyInput): CanvasCommand | null {
  const keys = keysOfEvent(event)
  const found = ACTION_COMMANDS.find(([id]) => isKeyOf(id, keys))
  if (found !== undefined) return found[1]
  if (event.ctrlKey || event.metaKey || event.altKey || isChosenKey(keys)) return null
  return (event.shiftKey ? SHIFTED_KEYS : PLAIN_KEYS)[event.key] ?? null
}

/** How far a key moves the selected masks, and with Shift. Image pixels. */
const NUDGE_PX = 1
const NUDGE_FAR_PX = 10

const NUDGES = [
  ['mask.moveLeft', { x: -1, y: 0 }],
  ['mask.moveRight', { x: 1, y: 0 }],
  ['mask.moveUp', { x: 0, y: -1 }],
  ['mask.moveDown', { x: 0, y: 1 }],
] as const satisfies readonly (readonly [ActionId, Point])[]

/** How far a key moves the selected masks, image pixels; null for one that does not. */
export function nudgeOfKey(event: KeyInput): Point | null {
  const keys = keysOfEvent(event)
  const near = directionOf(keys)
  if (near !== null) return times(near, NUDGE_PX)
  const far = isChosenKey(keys) ? null : directionOf(keys.replace('Shift+', ''))
  return far === null ? null : times(far, NUDGE_FAR_PX)
}

function directionOf(keys: string): Point | null {
  return NUDGES.find(([id]) => isKeyOf(id, keys))?.[1] ?? null
}

const times = ({ x, y }: Point, length: number): Point => ({ x: x * length, y: y * length })

/** The one after the present one, from the last to the first again; null when there is none. */
export function neighbourId(
  ids: readonly number[],
  present: number | null,
  direction: 1 | -1,
): number | null {
  if (ids.length === 0) return null
  const at = present === null ? -1 : ids.indexOf(present)
  if (at < 0) return direction > 0 ? ids[0] : ids[ids.length - 1]
  return ids[(at + direction + ids.length) % ids.length]
}

/**
 * Where Tab leads inside the canvas. Past the last annotation, and with Shift before the first, it
 * is null: Tab leaves the canvas there, as nobody who works by keyboard may be caught in it.
 */
export function tabTarget(
  ids: readonly number[],
  present: number | null,
  direction: 1 | -1,
): number | null {
  const at = present === null ? -1 : ids.indexOf(present)
  if (at < 0) return direction > 0 ? (ids[0] ?? null) : null
  return ids[at + direction] ?? null
}
