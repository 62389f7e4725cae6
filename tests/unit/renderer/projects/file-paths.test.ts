import { describe, expect, it } from 'vitest'
import { folderOfPath, joinPath, nameOfPath, withEnding } from '#renderer/projects/file-paths.ts'

describe('paths of both systems', () => {
  it.each([
    ['/home/a/x.lexmask', '/home/a', 'x.lexmask'],
    ['/x.lexmask', '/', 'x.lexmask'],
    ['C:\\photos\\x.lexmask', 'C:\\photos', 'x.lexmask'],
    ['C:\\x.lexmask', 'C:\\', 'x.lexmask'],
  ])('%s lies in %s', (path, folder, name) => {
    expect(folderOfPath(path)).toBe(folder)
    expect(nameOfPath(path)).toBe(name)
    expect(joinPath(folder, name, path.startsWith('C:') ? 'win32' : 'linux')).toBe(path)
  })

  it('get the ending of their kind once', () => {
    expect(withEnding('site', '.lexmask')).toBe('site.lexmask')
    expect(withEnding('Site.LEXMASK', '.lexmask')).toBe('Site.LEXMASK')
  })
})
