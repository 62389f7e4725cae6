import { ACTIONS } from './actions.ts'
import type { ActionId, ActionScope } from './actions.ts'
import { isForText, keysOfEvent } from './key-names.ts'
import { isKeyOf } from './keys-in-force.ts'

interface Handler {
  readonly run: () => void
  readonly isEnabled: () => boolean
}

/** The latest comes first: what was mounted last is nearest to the person. */
const handlers = new Map<ActionId, Handler[]>()

/** @returns takes the handler away again */
export function addActionHandler(id: ActionId, handler: Handler): () => void {
  handlers.set(id, [handler, ...(handlers.get(id) ?? [])])
  return () => {
    handlers.set(
      id,
      (handlers.get(id) ?? []).filter((other) => other !== handler),
    )
  }
}

/** @returns whether there was someone to do it */
export function runAction(id: ActionId): boolean {
  const handler = handlers.get(id)?.find(({ isEnabled }) => isEnabled())
  handler?.run()
  return handler !== undefined
}

/** Whether keys are for what has the focus: text, or a list's own arrow keys. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('textarea, select, [contenteditable=""], [contenteditable="true"]'))
    return true
  const input = target.closest('input')
  return input !== null && !['checkbox', 'radio', 'button', 'range'].includes(input.type)
}

const isPressedByKey = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('button, a[href], [role="button"], input[type="checkbox"]') !== null

/** What moves the thumb of a slider is the slider's. */
const isMovedByKey = (target: EventTarget | null, key: string): boolean =>
  target instanceof Element &&
  target.matches('input[type="range"]') &&
  /^(Arrow(Left|Right|Up|Down)|Home|End|Page(Up|Down))$/.test(key)

/** Dialogs and menus have the keyboard to themselves while they are open. */
export function isOverlaid(): boolean {
  return (
    document.querySelector(
      '[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"], [role="menu"][data-state="open"]',
    ) !== null
  )
}

/**
 * Runs the action of a key press, if there is one for it.
 *
 * @param isScopeShown whether a scope is on show
 */
export function dispatchKeys(
  event: KeyboardEvent,
  isScopeShown: (scope: ActionScope) => boolean,
): void {
  // 229: an input method is composing, as for Chinese.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return
  if (isOverlaid()) return
  // Outside the canvas, which answers it itself, Tab walks from control to control.
  if (event.key === 'Tab') return
  const keys = keysOfEvent(event)
  if (isTyping(event.target) && isForText(keys)) return
  if ((keys === 'Enter' || keys === 'Space') && isPressedByKey(event.target)) return
  if (isMovedByKey(event.target, event.key)) return
  for (const action of ACTIONS) {
    if (!isKeyOf(action.id, keys) || !isScopeShown(action.scope)) continue
    if (runAction(action.id)) {
      event.preventDefault()
      return
    }
  }
}
