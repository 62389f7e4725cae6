import type { MessageKey } from '../i18n/translation.ts'
import { ACTIONS } from './actions.ts'
import type { Action, ActionScope } from './actions.ts'

export const SCOPE_LABELS: Readonly<Record<ActionScope, MessageKey>> = {
  window: 'keyboard.scopeWindow',
  canvas: 'keyboard.scopeCanvas',
  label: 'keyboard.scopeLabel',
  review: 'keyboard.scopeReview',
  search: 'keyboard.scopeSearch',
}

export interface ActionGroup {
  readonly titleKey: MessageKey
  readonly actions: readonly Action[]
}

/** The table of actions as it is shown: by where their keys count. */
export const ACTION_GROUPS: readonly ActionGroup[] = (
  ['window', 'canvas', 'label', 'review', 'search'] as const
).map((scope) => ({
  titleKey: SCOPE_LABELS[scope],
  actions: ACTIONS.filter((action) => action.scope === scope),
}))
