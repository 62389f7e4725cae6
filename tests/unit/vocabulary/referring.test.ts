import { describe, expect, it } from 'vitest'
import { isReferring, parseReferring } from '#shared/vocabulary/referring.ts'

/** "man | in blue | left 1 | near: dog", as far as something is said. */
function told(text: string): string {
  const parsed = parseReferring(text)
  if (parsed === null) return 'nothing'
  const { things, attributes, spatial, near } = parsed
  return [
    things[0],
    ...(attributes === '' ? [] : [attributes]),
    ...spatial.map(({ kind, rank }) => `${kind} ${rank}`),
    ...(near === null ? [] : [`near ${near}`]),
  ].join(' | ')
}

describe('a referring phrase in English', () => {
  it.each([
    ['the man on the left in blue', 'man | in blue | left 1'],
    ['the man in blue on the left', 'man | in blue | left 1'],
    ['Leftmost car', 'car | left 1'],
    ['the left car', 'car | left 1'],
    ['the car on the right-hand side of the image', 'car | right 1'],
    ['the second dog from the left', 'dog | left 2'],
    ['3rd person from the right', 'person | right 3'],
    ['the biggest cup', 'cup | largest 1'],
    ['the second largest boat', 'boat | largest 2'],
    ['smallest bird at the top', 'bird | smallest 1 | top 1'],
    ['the book in the top left corner', 'book | top 1 | left 1'],
    ['the lower right window', 'window | bottom 1 | right 1'],
    ['the uppermost shelf', 'shelf | top 1'],
    ['the lowest kite', 'kite | bottom 1'],
    ['the dog in the middle of the picture', 'dog | middle 1'],
    ['the cup closest to the laptop', 'cup | near laptop'],
    ['a chair next to the dining table', 'chair | near dining table'],
    ['the person standing near the red bus', 'person | near red bus'],
    ['the woman holding an umbrella on the right', 'woman | holding an umbrella | right 1'],
    ['the cup of coffee', 'cup | of coffee'],
    ['red car', 'red car'],
    ['car', 'car'],
    ['on the left', 'nothing'],
    ['', 'nothing'],
  ])('%s', (text, expected) => {
    expect(told(text)).toBe(expected)
  })

  it('offers shorter names for what has words in front of it', () => {
    expect(parseReferring('the big red car on the left')?.things).toEqual([
      'big red car',
      'red car',
      'car',
    ])
  })

  it('keeps for CLIP all that is no place', () => {
    expect(parseReferring('the man on the left in blue')?.described).toBe('man in blue')
    expect(parseReferring('the cup closest to the laptop')?.described).toBe('cup')
  })

  it('does not take words for places in which they only stand', () => {
    expect(told('the leftover food')).toBe('leftover food')
    expect(told('bright light')).toBe('bright light')
    expect(told('laptop')).toBe('laptop')
  })
})

describe('a referring phrase in Chinese', () => {
  it.each([
    ['左边的人', '人 | left 1'],
    ['左边穿蓝衣服的人', '人 | 穿蓝衣服 | left 1'],
    ['穿蓝衣服的在左边的人', '人 | 穿蓝衣服 | left 1'],
    ['最左边的汽车', '汽车 | left 1'],
    ['从左数第二只狗', '狗 | left 2'],
    ['左起第三个人', '人 | left 3'],
    ['最大的杯子', '杯子 | largest 1'],
    ['第二大的船', '船 | largest 2'],
    ['最小的鸟', '鸟 | smallest 1'],
    ['右上角的书', '书 | right 1 | top 1'],
    ['图片下方的椅子', '椅子 | bottom 1'],
    ['中间的那只狗', '狗 | middle 1'],
    ['离笔记本电脑最近的杯子', '杯子 | near 笔记本电脑'],
    ['桌子旁边的椅子', '椅子 | near 桌子'],
    ['红色的车', '车 | 红色'],
    ['上衣', '上衣'],
    ['左边', 'nothing'],
  ])('%s', (text, expected) => {
    expect(told(text)).toBe(expected)
  })
})

it('tells phrases that mean one region from words that mean a kind', () => {
  expect(['the man on the left', '最大的杯子', 'cup near the laptop'].map(isReferring)).toEqual([
    ...[true, true, true],
  ])
  expect(
    ['man', 'red car', 'left shoe, right shoe', '左边的人，右边的人', ''].map(isReferring),
  ).toEqual([false, false, false, false, false])
})
