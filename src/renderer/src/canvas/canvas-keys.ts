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
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

const PLAIN_KEYS: Readonly<Record<string, CanvasCommand>> = {
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  _: 'zoom-out',
  '0': 'fit',
  '1': 'actual-size',
  ArrowRight: 'next',
  ArrowDown: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  ContextMenu: 'menu',
  Escape: 'deselect',
}

const SHIFTED_KEYS: Readonly<Record<string, CanvasCommand>> = {
  '+': 'zoom-in',
  _: 'zoom-out',
  ArrowLeft: 'pan-left',
  ArrowRight: 'pan-right',
  ArrowUp: 'pan-up',
  ArrowDown: 'pan-down',
  F10: 'menu',
}

/** The command of a key, or null for one that is not the canvas's. Tab is `tabTarget`'s. */
export function commandOfKey({
  key,
  shiftKey,
  ctrlKey,
  metaKey,
  altKey,
}: KeyInput): CanvasCommand | null {
  if (ctrlKey || metaKey || altKey) return null
  return (shiftKey ? SHIFTED_KEYS : PLAIN_KEYS)[key] ?? null
}

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
