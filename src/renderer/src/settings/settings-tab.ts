import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'

export type SettingsTab = 'general' | 'shortcuts'

const tab = shallowRef<SettingsTab>('general')

/** The part of the settings that is on show; the `?` sheet leads to one. */
export function useSettingsTab(): ShallowRef<SettingsTab> {
  return tab
}
