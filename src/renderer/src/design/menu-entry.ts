import type { Component } from 'vue'
import type { ActionId } from '../keyboard/actions.ts'

export interface MenuAction {
  readonly label: string
  readonly run: () => void
  readonly icon?: Component
  /** Its shortcut is shown. */
  readonly action?: ActionId
  /** A mark of this colour before the label, as for a class. */
  readonly colour?: string
  /** Shows a tick, or room for one. */
  readonly isChecked?: boolean
  readonly isDisabled?: boolean
  readonly isDanger?: boolean
}

export interface SubMenu {
  readonly label: string
  readonly icon?: Component
  readonly entries: readonly MenuEntry[]
}

export type MenuEntry = MenuAction | SubMenu | 'separator'

export function isSubMenu(entry: MenuEntry): entry is SubMenu {
  return typeof entry === 'object' && 'entries' in entry
}
