import type { Translate } from '../i18n/translation.ts'
import type { ActionGroup } from '../keyboard/action-groups.ts'
import type { ActionId } from '../keyboard/actions.ts'
import { keyCaps } from '../keyboard/key-names.ts'

/** `Ctrl Z`, as it is read. */
export const writtenKeys = (keys: string): string => keyCaps(keys).join(' ')

/** The groups with the actions that a search means, by name or by key: `undo`, `ctrl z`, `ctrl+z`. */
export function searchActions(
  groups: readonly ActionGroup[],
  search: string,
  keysOf: (id: ActionId) => readonly string[],
  t: Translate,
): ActionGroup[] {
  const words = search.trim().toLowerCase()
  const keys = words.replace(/(?<=\S)\s*\+\s*(?=\S)/g, ' ')
  const isFound = (text: string, part: string): boolean => text.toLowerCase().includes(part)
  return groups
    .map(({ titleKey, actions }) => ({
      titleKey,
      actions: actions.filter(
        ({ id, labelKey }) =>
          isFound(t(labelKey), words) || keysOf(id).some((one) => isFound(writtenKeys(one), keys)),
      ),
    }))
    .filter(({ actions }) => actions.length > 0)
}
