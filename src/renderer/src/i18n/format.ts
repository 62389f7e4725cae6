import { injectI18n } from './translation.ts'

export interface Formats {
  /** 12,345 */
  readonly count: (value: number) => string
  /** 45 % as the language writes it, of 0..1. */
  readonly percent: (share: number, digits?: number) => string
  readonly decimal: (value: number, digits?: number) => string
  /** 3.2 MB */
  readonly bytes: (bytes: number) => string
  /** 2 min 5 sec; the two largest units. */
  readonly duration: (ms: number) => string
  /** Date and time, short. */
  readonly date: (ms: number) => string
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Numbers, sizes and times in one language. */
export function formatsOf(locale: string): Formats {
  const number = (value: number, options: Intl.NumberFormatOptions = {}): string =>
    new Intl.NumberFormat(locale, options).format(value)
  const unit = (value: number, name: string, digits = 0): string =>
    number(value, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    })
  return {
    count: (value) => number(value),
    percent: (share, digits = 0) =>
      number(share, { style: 'percent', maximumFractionDigits: digits }),
    decimal: (value, digits = 1) => number(value, { maximumFractionDigits: digits }),
    bytes(bytes) {
      const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
      return unit(bytes / 1000 ** power, UNITS[power], power < 2 ? 0 : 1)
    },
    duration(ms) {
      const seconds = Math.max(0, Math.round(ms / 1000))
      if (seconds < 60) return unit(seconds, 'second')
      const minutes = Math.floor(seconds / 60)
      if (minutes < 60) return `${unit(minutes, 'minute')} ${unit(seconds % 60, 'second')}`
      return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`
    },
    date: (ms) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(ms),
  }
}

/** In the language of the window, also after it was changed. */
export function useFormats(): Formats {
  const { locale } = injectI18n().global
  const now = (): Formats => formatsOf(locale.value)
  return {
    count: (value) => now().count(value),
    percent: (share, digits) => now().percent(share, digits),
    decimal: (value, digits) => now().decimal(value, digits),
    bytes: (bytes) => now().bytes(bytes),
    duration: (ms) => now().duration(ms),
    date: (ms) => now().date(ms),
  }
}
