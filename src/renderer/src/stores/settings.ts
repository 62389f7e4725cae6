import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { DEFAULT_SETTINGS, withSettings } from '#shared/contract/settings.ts'
import type { Settings, SettingsChange, ViewSettings } from '#shared/contract/settings.ts'
import { takeShortcuts } from '../keyboard/keys-in-force.ts'
import { useClient } from '../transport/use-client.ts'
import { useToastsStore } from './toasts.ts'
import { useWorkspaceStore } from './workspace.ts'

/** Time for a slider to come to rest before its value is written. */
const SAVE_DELAY_MS = 300

/** What the person set. Changes show at once and are saved a moment later. */
export const useSettingsStore = defineStore('settings', () => {
  const client = useClient()
  const workspace = useWorkspaceStore()
  const toasts = useToastsStore()
  const settings = shallowRef<Settings>(DEFAULT_SETTINGS)
  let unsaved: SettingsChange | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const view = computed(() => settings.value.view)

  watch(
    () => workspace.state?.settings,
    (saved) => {
      if (saved !== undefined) settings.value = withSettings(saved, unsaved ?? {})
    },
    { immediate: true, flush: 'sync' },
  )

  watch(settings, ({ shortcuts }) => takeShortcuts(shortcuts), { immediate: true, flush: 'sync' })

  function change(part: SettingsChange): void {
    settings.value = withSettings(settings.value, part)
    unsaved = { ...unsaved, ...part, view: { ...unsaved?.view, ...part.view } }
    clearTimeout(timer)
    timer = setTimeout(() => void save(), SAVE_DELAY_MS)
  }

  const changeView = (part: Partial<ViewSettings>): void => change({ view: part })

  async function save(): Promise<void> {
    const part = unsaved
    if (part === null) return
    unsaved = null
    try {
      const saved = await client.request('settings.change', part)
      settings.value = withSettings(saved, unsaved ?? {})
    } catch (error) {
      if (workspace.state !== null) settings.value = workspace.state.settings
      toasts.showError(error)
    }
  }

  return { settings, view, change, changeView }
})
