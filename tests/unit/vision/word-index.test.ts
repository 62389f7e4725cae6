import { describe, expect, it } from 'vitest'
import { WordIndex } from '#main/vision/word-index.ts'

const index = new WordIndex(['Person', 'wine glass', 'skis', 'bus', 'person'])

describe('a word among names', () => {
  it.each<[string, readonly number[]]>([
    ['bus', [3]],
    ['BUS', [3]],
    ['buses', [3]],
    ['wine-glasses', [1]],
    ['Wine_Glass', [1]],
    ['ski', [2]],
    ['people', [0, 4]],
    ['tram', []],
    ['', []],
  ])('%j is found', (name, expected) => {
    expect(index.find(name)).toEqual(expected)
  })
})
