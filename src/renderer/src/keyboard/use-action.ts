import { onScopeDispose, toValue } from 'vue'
import type { MaybeRefOrGetter } from 'vue'
import type { ActionId } from './actions.ts'
import { addActionHandler } from './dispatch-keys.ts'

/**
 * While the component lives, `handler` does what the table of actions names `id`: by its keys, and
 * by the shell's menu. The component mounted last is asked first; where it is not enabled, the next.
 */
export function useAction(
  id: ActionId,
  handler: () => void,
  isEnabled: MaybeRefOrGetter<boolean> = true,
): void {
  onScopeDispose(addActionHandler(id, { run: handler, isEnabled: () => toValue(isEnabled) }))
}
