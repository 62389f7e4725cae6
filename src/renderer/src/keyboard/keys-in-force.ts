import { shallowRef } from 'vue'
import type { Settings } from '#shared/contract/settings.ts'
import { actionOf } from './actions.ts'
import type { ActionId } from './actions.ts'
import { isPressOf } from './key-names.ts'

export type Shortcuts = Settings['shortcuts']

/** What the person changed in the table; the settings put it here. */
const chosen = shallowRef<Shortcuts>({})

export function takeShortcuts(shortcuts: Shortcuts): void {
  chosen.value = shortcuts
}

/** The keys of an action under a person's own choice; none where they were all taken away. */
export function keysUnder(shortcuts: Shortcuts, id: ActionId): readonly string[] {
  return (Object.hasOwn(shortcuts, id) ? shortcuts[id] : undefined) ?? actionOf(id).keys
}

/** A browser keeps these for itself: no page gets to see them. */
const KEPT_BY_BROWSERS = /^Mod\+(\d|(Shift\+)?[NTW]|(Shift\+)?Tab)$/

/** Whether the keys never reach the window here. */
export function isKeptByBrowser(keys: string, isInBrowser = !('lexmask' in globalThis)): boolean {
  return isInBrowser && KEPT_BY_BROWSERS.test(keys)
}

/** The keys of an action that work here. Follows the settings where it is asked in a template. */
export function usableKeys(id: ActionId, isInBrowser?: boolean): readonly string[] {
  return keysUnder(chosen.value, id).filter((keys) => !isKeptByBrowser(keys, isInBrowser))
}

/** The keys that are shown beside a button: `Mod+Z`; undefined where the action has none. */
export function keysOfAction(id: ActionId): string | undefined {
  return usableKeys(id)[0]
}

/** Whether a press, as `keysOfEvent` writes it, is one of the action's. */
export function isKeyOf(id: ActionId, pressed: string): boolean {
  return keysUnder(chosen.value, id).some((keys) => isPressOf(keys, pressed))
}

/** Whether a person gave this press to some action: it then comes before a part's own keys. */
export function isChosenKey(pressed: string): boolean {
  return Object.values(chosen.value).some((list) => list.some((keys) => isPressOf(keys, pressed)))
}
