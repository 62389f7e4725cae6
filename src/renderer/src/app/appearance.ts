import { shallowRef, watch, watchEffect } from 'vue'
import type { ShallowRef } from 'vue'
import { localeOf, showLocale } from '../i18n/create-i18n.ts'
import { injectI18n } from '../i18n/translation.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'

/**
 * Theme and language of the page, as set. For App.vue.
 *
 * @returns whether the language is there: before, nothing with words should be shown
 */
export function useAppearance(): ShallowRef<boolean> {
  const settings = useSettingsStore()
  const workspace = useWorkspaceStore()
  const i18n = injectI18n()
  const isReady = shallowRef(false)
  const darkSystem = window.matchMedia('(prefers-color-scheme: dark)')
  const isSystemDark = shallowRef(darkSystem.matches)
  darkSystem.addEventListener('change', ({ matches }) => (isSystemDark.value = matches))

  watchEffect(() => {
    const { theme } = settings.settings
    const system = isSystemDark.value ? 'dark' : 'light'
    document.documentElement.dataset.theme = theme === 'system' ? system : theme
  })

  watch(
    () =>
      workspace.shell === null
        ? null
        : localeOf(settings.settings.locale, workspace.shell.locale || navigator.language),
    async (locale) => {
      if (locale === null) return
      await showLocale(i18n, locale)
      isReady.value = true
    },
    { immediate: true },
  )
  return isReady
}
