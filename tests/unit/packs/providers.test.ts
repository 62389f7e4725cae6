import { describe, expect, it } from 'vitest'
import {
  fallbacksOf,
  PROVIDERS,
  REFUSAL_CODES,
  refusalWords,
  type ProviderRefusal,
  type ProviderReport,
} from '#shared/contract/providers.ts'
import { providersToTry } from '#main/packs/providers.ts'

const report = (changes: Partial<ProviderReport>): ProviderReport => ({
  requested: 'auto',
  used: 'cpu',
  isMeasured: false,
  share: null,
  refused: [],
  sessions: [],
  ...changes,
})
const refusal = (changes: Partial<ProviderRefusal> = {}): ProviderRefusal => ({
  provider: 'webgpu',
  code: 'slower',
  detail: '9 ms, CPU 5 ms',
  ...changes,
})

describe('the order in which providers are tried', () => {
  it.each([
    ['auto', 'linux', null, ['cuda', 'webgpu', 'cpu']],
    ['auto', 'win32', null, ['cuda', 'dml', 'webgpu', 'cpu']],
    ['auto', 'darwin', null, ['coreml', 'webgpu', 'cpu']],
    ['auto', 'freebsd', null, ['cuda', 'webgpu', 'cpu']],
    ['auto', 'linux', 'webgpu', ['webgpu', 'cpu']],
    ['auto', 'linux', 'cpu', ['cpu']],
    ['cuda', 'darwin', null, ['cuda', 'cpu']],
    ['cuda', 'linux', 'webgpu', ['cuda', 'cpu']],
    ['cpu', 'win32', 'dml', ['cpu']],
  ] as const)('for %s on %s, measured %s', (choice, platform, measured, order) => {
    expect(providersToTry(choice, platform, measured)).toEqual(order)
  })

  it('always ends with the CPU', () => {
    for (const choice of PROVIDERS) expect(providersToTry(choice, 'linux').at(-1)).toBe('cpu')
  })
})

describe('what is worth telling', () => {
  it('is nothing while `auto` found the CPU the best', () => {
    const refused = [refusal(), refusal({ provider: 'cuda', code: 'libraries-missing' })]
    expect(fallbacksOf(report({ refused }))).toEqual([])
  })

  it('is why another one runs than the one that was asked for', () => {
    const refused = [refusal({ provider: 'cuda', code: 'absent', detail: '' })]
    expect(fallbacksOf(report({ requested: 'cuda', refused }))).toEqual([
      { provider: 'cuda', code: 'absent', detail: '', role: null },
    ])
  })

  it('is a driver that brought the process down, also when nobody asked for it', () => {
    const refused = [refusal(), refusal({ provider: 'cuda', code: 'crashed', detail: 'SIGSEGV' })]
    expect(fallbacksOf(report({ refused })).map(({ provider }) => provider)).toEqual(['cuda'])
  })

  it('is a provider that was the fastest when it was measured, and does not run now', () => {
    const refused = [refusal({ code: 'no-adapter', detail: 'gone' })]
    expect(fallbacksOf(report({ isMeasured: true, refused }))).toHaveLength(1)
  })

  it('is a graph that runs elsewhere than the others, by what it does', () => {
    const sessions = [
      { role: 'backbone', file: 'a.onnx', provider: 'webgpu', refusal: null },
      { role: 'clip-text', file: 'b.onnx', provider: 'cpu', refusal: refusal({ code: 'failed' }) },
    ] as const
    const told = fallbacksOf(report({ requested: 'webgpu', used: 'webgpu', sessions }))
    expect(told.map(({ role, code }) => [role, code])).toEqual([['clip-text', 'failed']])
  })
})

it('every refusal has words for the command line, with what is known of it', () => {
  for (const code of REFUSAL_CODES) {
    const words = refusalWords({ code, detail: 'so and so' })
    expect(words).not.toBe('')
    if (code !== 'absent') expect(words).toContain('so and so')
  }
})
