import { describe, expect, it } from 'vitest'
import { EDIT_STEPS } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import { createWindowI18n, localeOf, showLocale } from '#renderer/i18n/create-i18n.ts'
import en from '#renderer/i18n/en/index.ts'
import { formatsOf } from '#renderer/i18n/format.ts'
import { translationOf } from '#renderer/i18n/translation.ts'
import zhCN from '#renderer/i18n/zh-CN/index.ts'

type Tree = { readonly [key: string]: string | Tree }

function leaves(tree: Tree, prefix = ''): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value] as [string, string]]
      : leaves(value, `${prefix}${key}.`),
  )
}
const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort()

describe('the texts of the window', () => {
  const english = new Map(leaves(en))
  const chinese = new Map(leaves(zhCN))

  it('are all there in Chinese, and none is empty', () => {
    const missing = [...english.keys()].filter((key) => !chinese.get(key)?.trim())
    expect(missing).toEqual([])
  })

  it('have the same places for values in both languages', () => {
    const different = [...english].flatMap(([key, text]) => {
      const other = placeholders(chinese.get(key) ?? '')
      // A plural may leave its number out: "one image".
      const wanted = placeholders(text)
      return other.join() === wanted.join() ? [] : [`${key}: ${wanted.join()} | ${other.join()}`]
    })
    expect(different).toEqual([])
  })

  it('can all be shown: none has a sign that has a meaning of its own', () => {
    const i18n = createWindowI18n()
    i18n.global.setLocaleMessage('zh-CN', zhCN)
    for (const locale of ['en', 'zh-CN'] as const) {
      i18n.global.locale.value = locale
      for (const key of english.keys()) expect(i18n.global.t(key, {}, 2), key).not.toContain('|')
    }
  })

  it('choose singular and plural', () => {
    const { t } = translationOf(createWindowI18n())
    expect(t('images.added', { count: 1 })).toBe('one photo added')
    expect(t('images.added', { count: 12_000 })).toBe('12,000 photos added')
  })

  it('tell none from one in Chinese, which has no singular', () => {
    const i18n = createWindowI18n()
    i18n.global.setLocaleMessage('zh-CN', zhCN)
    i18n.global.locale.value = 'zh-CN'
    const { t } = translationOf(i18n)
    const told = [0, 1, 2].map((count) => t('vocabulary.addCount', { count }))
    expect(told).toEqual(['添加', '添加 1 个类别', '添加 2 个类别'])
  })

  it('tell failures in the language of the window, or as the application tells them', async () => {
    const i18n = createWindowI18n()
    const { errorText } = translationOf(i18n)
    const inUse = new LexmaskError('PROJECT_IN_USE', 'Another Lexmask has this project open.')
    const masked = new LexmaskError('MASK_INVALID', 'The mask is empty.')
    expect(errorText(inUse)).toBe('Another Lexmask has this project open.')
    await showLocale(i18n, 'zh-CN')
    expect(errorText(inUse)).toContain('另一个 Lexmask')
    expect(errorText(masked)).toBe('The mask is empty.')
    expect(errorText(new Error('boom'))).not.toContain('boom')
  })

  it('name the steps of the history', async () => {
    const i18n = createWindowI18n()
    const { stepText } = translationOf(i18n)
    expect(stepText('Add class $& car')).toBe('Add class $& car')
    await showLocale(i18n, 'zh-CN')
    expect(stepText('Auto-label')).toBe('自动标注')
    expect(stepText('Add class $& car')).toBe('添加类别 $& car')
    expect(stepText('Something new')).toBe('Something new')
    expect(EDIT_STEPS.filter((step) => stepText(step) === step)).toEqual([])
  })

  it('follow the language of the system, unless one is set', () => {
    expect(localeOf('system', 'zh-Hans-CN')).toBe('zh-CN')
    expect(localeOf('system', 'de-DE')).toBe('en')
    expect(localeOf('en', 'zh-CN')).toBe('en')
  })
})

describe('numbers and times', () => {
  const formats = formatsOf('en')

  it('are written with their unit', () => {
    expect(formats.bytes(999)).toBe('999 byte')
    expect(formats.bytes(3_240_000)).toBe('3.2 MB')
    expect(formats.duration(125_000)).toBe('2 min 5 sec')
    expect(formats.duration(3_660_000)).toBe('1 hr 1 min')
    expect(formats.percent(0.451)).toBe('45%')
  })
})
