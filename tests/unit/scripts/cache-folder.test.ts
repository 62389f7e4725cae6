import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheFolder } from '../../../scripts/electron-runtime/cache-folder.ts'

describe('the cache folder', () => {
  it('is the one that LEXMASK_CACHE names, wherever the system is', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(cacheFolder(platform, { LEXMASK_CACHE: 'there' })).toBe(resolve('there'))
  })

  it('follows the custom of the system', () => {
    expect(cacheFolder('linux', {})).toBe(join(homedir(), '.cache', 'lexmask'))
    expect(cacheFolder('linux', { XDG_CACHE_HOME: '/big' })).toBe(join('/big', 'lexmask'))
    expect(cacheFolder('darwin', {})).toBe(join(homedir(), 'Library', 'Caches', 'Lexmask'))
    expect(cacheFolder('win32', { LOCALAPPDATA: 'L' })).toBe(join('L', 'Lexmask', 'Cache'))
  })

  it('takes an empty variable for none', () => {
    expect(cacheFolder('linux', { LEXMASK_CACHE: '', XDG_CACHE_HOME: '' })).toBe(
      join(homedir(), '.cache', 'lexmask'),
    )
  })
})
