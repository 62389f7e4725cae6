import { inject } from 'vue'
import type { InjectionKey } from 'vue'
import type { ErrorCode } from '#shared/contract/errors.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import type en from './en/index.ts'
import type { WindowI18n } from './window-i18n.ts'

/** Of every language: what the English one has. */
export type Messages = typeof en

type KeysOf<Part, Prefix extends string = ''> = {
  [Key in keyof Part & string]: Part[Key] extends string
    ? `${Prefix}${Key}`
    : KeysOf<Part[Key], `${Prefix}${Key}.`>
}[keyof Part & string]

export type MessageKey = KeysOf<Messages>

/** What stands in a message's braces. `count` also chooses between singular and plural. */
export type MessageValues = Readonly<Record<string, string | number>>

export type Translate = (key: MessageKey, values?: MessageValues) => string

export interface Translation {
  readonly t: Translate
  /** What went wrong, for the person: translated where there is a translation, else as it was told. */
  readonly errorText: (error: unknown) => string
  /** The name of a step of the history, for "Undo …". */
  readonly stepText: (label: string) => string
}

export const i18nKey: InjectionKey<WindowI18n> = Symbol('i18n')

/** The texts of the window, with checked keys. Call it in a component's or a store's setup. */
export function useTranslation(): Translation {
  return translationOf(injectI18n())
}

/** vue-i18n's own `useI18n` works in components only, not in stores. */
export function injectI18n(): WindowI18n {
  const i18n = inject(i18nKey)
  if (i18n === undefined) throw new Error('The window was mounted without its texts')
  return i18n
}

export function translationOf({ global }: WindowI18n): Translation {
  const translate: Translate = (key, values = {}) => {
    const written = withWrittenNumbers(values, global.locale.value)
    return typeof values.count === 'number'
      ? global.t(key, written, values.count)
      : global.t(key, written)
  }
  return {
    t: translate,
    errorText(error) {
      if (!(error instanceof LexmaskError)) return translate('errors.UNKNOWN')
      const key: `errors.${ErrorCode}` = `errors.${error.code}`
      return global.te(key) ? global.t(key, plainDetails(error.details)) : error.message
    },
    // No path of vue-i18n: labels have spaces.
    stepText: (label) => {
      const { steps }: { readonly steps?: Readonly<Record<string, string>> } =
        global.getLocaleMessage(global.locale.value)
      return stepIn(steps ?? {}, label)
    },
  }
}

/** By locale: making one takes longer than a text, and a grid has many texts. */
const numberFormats = new Map<string, Intl.NumberFormat>()

function numberFormatOf(locale: string): Intl.NumberFormat {
  const known = numberFormats.get(locale) ?? new Intl.NumberFormat(locale)
  numberFormats.set(locale, known)
  return known
}

/** 10000 is 10,000 to an English reader. */
function withWrittenNumbers(values: MessageValues, locale: string): Record<string, string> {
  const number = numberFormatOf(locale)
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? number.format(value) : value,
    ]),
  )
}

function plainDetails(details: Readonly<Record<string, unknown>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(details).filter(
      (entry): entry is [string, string | number] =>
        typeof entry[1] === 'string' || typeof entry[1] === 'number',
    ),
  )
}

/** A `*` in a name of a step stands for what is different each time, such as a class's name. */
function stepIn(steps: Readonly<Record<string, string>>, label: string): string {
  if (Object.hasOwn(steps, label)) return steps[label]
  for (const [pattern, text] of Object.entries(steps)) {
    const [start, end] = pattern.split('*')
    if (end === undefined || !label.startsWith(start) || !label.endsWith(end)) continue
    return text.replace('*', () => label.slice(start.length, label.length - end.length))
  }
  return label
}
