import { describe, expect, it } from 'vitest'
import { outputNames } from '#main/app/overlay/output-files.ts'
import { classFilter, staysInFolder } from '#main/app/overlay/overlay-source.ts'

describe('names of pictures', () => {
  it('are those of the photos, with the ending of the format', () => {
    expect(outputNames(['a.JPG', 'hall/b.c.png', '图片 (1).jpg', 'plain'], 'webp')).toEqual([
      ...['a.webp', 'hall/b.c.webp', '图片 (1).webp', 'plain.webp'],
    ])
  })

  it('are never the same, also where a disk does not tell A from a', () => {
    const names = outputNames(['a.jpg', 'a.png', 'A.jpg', 'a-2.jpg', 'sub/a.jpg'], 'jpeg')
    expect(names).toEqual(['a.jpg', 'a-2.jpg', 'A-3.jpg', 'a-2-2.jpg', 'sub/a.jpg'])
    expect(outputNames(['\u00e9.jpg', 'e\u0301.jpg'], 'png')).toEqual(['é.png', 'e\u0301-2.png'])
  })
})

describe('a name of a photo', () => {
  it.each(['a.jpg', 'hall/b.jpg', '..a/b..jpg', '图片.jpg'])('%s stays in its folder', (name) => {
    expect(staysInFolder(name)).toBe(true)
  })

  it.each(['', '../a.jpg', 'a/../../b.jpg', '/etc/a.jpg', 'C:\\a.jpg', 'a\\..\\b.jpg', '\\\\x\\a'])(
    '“%s” does not',
    (name) => {
      expect(staysInFolder(name)).toBe(false)
    },
  )

  it('with a character of no name is none', () => {
    expect(staysInFolder('a\0.jpg')).toBe(false)
  })
})

describe('the classes that are drawn', () => {
  it('are found whatever their case, and all without a choice', () => {
    const isWanted = classFilter(['Boat '], ['boat', 'cat'])
    expect([isWanted('boat'), isWanted('cat')]).toEqual([true, false])
    expect(classFilter(null, [])('anything')).toBe(true)
  })

  it('have to be there', () => {
    expect(() => classFilter(['boat', 'bote'], ['boat', 'cat'])).toThrow(
      /no class bote\. There are: boat, cat/,
    )
  })
})
