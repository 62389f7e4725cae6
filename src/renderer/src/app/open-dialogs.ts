import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'

const isExportOpen = shallowRef(false)
const areShortcutsOpen = shallowRef(false)
const isHistoryOpen = shallowRef(false)

/** The dialogs that buttons, keys and the shell's menu open alike. */
export function useOpenDialogs(): {
  readonly isExportOpen: ShallowRef<boolean>
  readonly areShortcutsOpen: ShallowRef<boolean>
  readonly isHistoryOpen: ShallowRef<boolean>
} {
  return { isExportOpen, areShortcutsOpen, isHistoryOpen }
}
