import { describe, expect, it } from 'vitest'
import { namesOfPack, namesOfTable } from '#main/app/words/text-names.ts'
import { TextTable } from '#main/vision/text-table.ts'

const ROWS = [
  { names: ['sofa', 'couch', 'settee'] },
  { names: ['car (automobile)', 'auto (automobile)', 'automobile'] },
  { names: ['bow (weapon)'] },
  { names: ['bow (decorative ribbons)'] },
  { names: ['wineglass'] },
]
const table = new TextTable(
  ROWS,
  Float32Array.from(ROWS, (_, row) => row + 1),
  1,
)

describe('the names of a text table', () => {
  const { all, find } = namesOfTable(table)

  it('are those that were embedded', () => {
    expect(all).toEqual(ROWS.map(({ names }) => names[0]))
  })

  it.each([
    ['sofas', { names: ['sofa'], relation: 'exact' }],
    ['settees', { names: ['sofa'], relation: 'synonym' }],
    ['Cars', { names: ['car (automobile)'], relation: 'exact' }],
    ['automobile', { names: ['car (automobile)'], relation: 'synonym' }],
    ['wine glasses', { names: ['wineglass'], relation: 'exact' }],
    ['bow', { names: ['bow (weapon)', 'bow (decorative ribbons)'], relation: 'exact' }],
    ['zebra', null],
  ])('%s', (word, expected) => {
    expect(find(word)).toEqual(expected)
  })
})

describe('the names of a pack with a text space', () => {
  const { all, find } = namesOfPack(['couch', 'car', 'zebra'], table)

  it('come with those of the table that mean something else', () => {
    expect(all).toEqual([
      ...['couch', 'car', 'zebra'],
      ...['bow (weapon)', 'bow (decorative ribbons)', 'wineglass'],
    ])
  })

  it.each([
    ['zebras', { names: ['zebra'], relation: 'exact' }],
    // The pack was trained with the vector of "couch".
    ['sofa', { names: ['couch'], relation: 'synonym' }],
    ['automobiles', { names: ['car'], relation: 'synonym' }],
    ['wineglass', { names: ['wineglass'], relation: 'exact' }],
    ['giraffe', null],
  ])('%s', (word, expected) => {
    expect(find(word)).toEqual(expected)
  })

  it('are its own without a table', () => {
    const bare = namesOfPack(['couch'], null)
    expect(bare.all).toEqual(['couch'])
    expect(bare.find('couches')).toEqual({ names: ['couch'], relation: 'exact' })
    expect(bare.find('sofa')).toBeNull()
  })
})
