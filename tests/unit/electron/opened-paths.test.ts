import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pathsIn, sortPaths } from '#main/electron/opened-paths.ts'

describe('a command line', () => {
  it.each([
    ['a double click', ['/opt/lexmask', '/a/site.lexmask'], null, ['/a/site.lexmask']],
    ['nothing', ['/opt/lexmask'], null, []],
    [
      'a relative path',
      ['lexmask', 'photos', './b.lexmask'],
      null,
      ['/home/photos', '/home/b.lexmask'],
    ],
    ['--project', ['lexmask', '--project', 'a.lexmask'], null, ['/home/a.lexmask']],
    ['--project=', ['lexmask', '--project=a.lexmask'], null, ['/home/a.lexmask']],
    [
      'switches of Chromium',
      ['lexmask', '--no-sandbox', '--lang=en', '-psn_0_1', 'photos'],
      null,
      ['/home/photos'],
    ],
    [
      'an app that Electron is told to run',
      ['electron', '--inspect=0', '/src/lexmask', '--project', 'a.lexmask'],
      '/src/lexmask',
      ['/home/a.lexmask'],
    ],
    ['the folder that it is in', ['electron', '.', 'photos'], '/home', ['/home/photos']],
  ])('with %s names what is to be opened', (_what, words, appPath, paths) => {
    expect(pathsIn(words, resolve('/home'), appPath)).toEqual(paths)
  })
})

describe('what is opened', () => {
  it('is one project, and the rest goes to the window', () => {
    expect(sortPaths(['/photos', '/A.LEXMASK', '/b.lexmask', '/c.jpg'])).toEqual({
      project: '/A.LEXMASK',
      others: ['/photos', '/c.jpg'],
    })
    expect(sortPaths([])).toEqual({ project: null, others: [] })
  })
})
