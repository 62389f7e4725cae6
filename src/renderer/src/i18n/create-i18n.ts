import { createI18n } from 'vue-i18n'
import type { Settings } from '#shared/contract/settings.ts'
import en from './en/index.ts'
import type { Locale, WindowI18n } from './window-i18n.ts'

/** English comes with the window, the others when they are chosen. */
const LOADERS: Readonly<Record<Exclude<Locale, 'en'>, () => Promise<{ default: object }>>> = {
  'zh-CN': () => import('./zh-CN/index.ts'),
}

export function createWindowI18n(): WindowI18n {
  return createI18n({
    legacy: false,
    locale: 'en',
    fallbackLocale: 'en',
    messages: { en },
    // Chinese has no singular: of two forms, the first is for none.
    pluralRules: { 'zh-CN': (count, forms) => Math.min(count, forms - 1) },
    missingWarn: false,
    fallbackWarn: false,
  }) as unknown as WindowI18n
}

/** The language of the window for a setting and the language of the system. */
export function localeOf(setting: Settings['locale'], systemLocale: string): Locale {
  if (setting !== 'system') return setting
  return /^zh\b/i.test(systemLocale) ? 'zh-CN' : 'en'
}

/** Loads a language where it is not there yet, and shows the window in it. */
export async function showLocale(i18n: WindowI18n, locale: Locale): Promise<void> {
  if (locale !== 'en' && !i18n.global.availableLocales.includes(locale)) {
    i18n.global.setLocaleMessage(locale, (await LOADERS[locale]()).default)
  }
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
}
