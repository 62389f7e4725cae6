import type { I18n } from 'vue-i18n'

export type Locale = 'en' | 'zh-CN'

type Anything = Record<string, unknown>

/** The texts as they are provided to stores and components. */
export type WindowI18n = I18n<Anything, Anything, Anything, Locale, false>
