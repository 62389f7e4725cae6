import { describe, expect, it } from 'vitest'
import { ACTIONS, doScopesMeet } from '#renderer/keyboard/actions.ts'
import { keysOfAction, usableKeys } from '#renderer/keyboard/keys-in-force.ts'
import { createWindowI18n } from '#renderer/i18n/create-i18n.ts'
import zhCN from '#renderer/i18n/zh-CN/index.ts'

describe('the table of actions', () => {
  it('has no two actions that one key press could mean in one place', () => {
    const conflicts = ACTIONS.flatMap((one, position) =>
      ACTIONS.slice(position + 1)
        .filter((other) => doScopesMeet(one.scope, other.scope))
        .flatMap((other) =>
          one.keys
            .filter((keys) => (other.keys as readonly string[]).includes(keys))
            .map((keys) => `${keys}: ${one.id}, ${other.id}`),
        ),
    )
    expect(conflicts).toEqual([])
  })

  it('names every action once', () => {
    const ids = ACTIONS.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has a text for every action in both languages', () => {
    const i18n = createWindowI18n()
    i18n.global.setLocaleMessage('zh-CN', zhCN)
    const missing = ACTIONS.flatMap(({ labelKey }) =>
      (['en', 'zh-CN'] as const)
        .filter((locale) => !i18n.global.te(labelKey, locale))
        .map((locale) => `${labelKey} in ${locale}`),
    )
    expect(missing).toEqual([])
  })

  it('shows in a browser only keys that the browser lets through, and at least one', () => {
    for (const action of ACTIONS) {
      const keys = usableKeys(action.id, true)
      expect(keys.length, action.id).toBeGreaterThan(0)
      expect(keys).not.toContain('Mod+N')
    }
    expect(keysOfAction('project.new')).toBe('Alt+N')
  })
})
