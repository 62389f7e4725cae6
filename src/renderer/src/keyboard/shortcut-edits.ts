import { ACTIONS, actionOf, doScopesMeet, isActionId } from './actions.ts'
import type { Action, ActionId } from './actions.ts'
import { doKeysOverlap } from './key-names.ts'
import { keysUnder } from './keys-in-force.ts'
import type { Shortcuts } from './keys-in-force.ts'

export interface KeyConflict {
  readonly keys: string
  /** Who has them too. */
  readonly action: Action
}

/** The choice after an action got these keys. What equals the table is not kept. */
export function withKeys(shortcuts: Shortcuts, id: ActionId, keys: readonly string[]): Shortcuts {
  const others = Object.fromEntries(Object.entries(shortcuts).filter(([other]) => other !== id))
  const unique = [...new Set(keys)]
  return isSame(unique, actionOf(id).keys) ? others : { ...others, [id]: unique }
}

/** The choice after a key was taken from an action. */
export function withoutKey(shortcuts: Shortcuts, id: ActionId, keys: string): Shortcuts {
  const left = keysUnder(shortcuts, id).filter((one) => !doKeysOverlap(one, keys))
  return withKeys(shortcuts, id, left)
}

/** The table as it was; what names actions of another version of Lexmask stays. */
export function withDefaults(shortcuts: Shortcuts): Shortcuts {
  return Object.fromEntries(Object.entries(shortcuts).filter(([id]) => !isActionId(id)))
}

export function isChanged(shortcuts: Shortcuts, id: ActionId): boolean {
  return !isSame(keysUnder(shortcuts, id), actionOf(id).keys)
}

/** Other actions that the keys would mean too, in a place where both count. */
export function conflictsOf(
  shortcuts: Shortcuts,
  id: ActionId,
  keys: readonly string[] = keysUnder(shortcuts, id),
): KeyConflict[] {
  const { scope, keys: usual } = actionOf(id)
  const rivals = ACTIONS.filter((other) => other.id !== id && doScopesMeet(scope, other.scope))
  return keys.flatMap((one) =>
    rivals.flatMap((action) => {
      const clashing = keysUnder(shortcuts, action.id).filter((other) => doKeysOverlap(one, other))
      // In the table they share a digit on purpose: with a selection it names a class.
      const isMeant = (other: string): boolean => usual.includes(one) && action.keys.includes(other)
      return clashing.every(isMeant) ? [] : [{ keys: one, action }]
    }),
  )
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((keys, place) => keys === other[place])
