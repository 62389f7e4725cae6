import { describe, expect, it } from 'vitest'
import { nounPhrases } from '#shared/vocabulary/phrases.ts'

describe('noun phrases of English sentences', () => {
  it.each([
    ['A man rides a brown horse on the beach.', ['man', 'brown horse', 'beach']],
    [
      'Find all forklifts, wooden pallets and people in the photo',
      ['forklift', 'wooden pallet', 'person'],
    ],
    ['Two people walking next to parked cars', ['person', 'car']],
    [
      'a parking meter, a striped shirt and a building',
      ['parking meter', 'striped shirt', 'building'],
    ],
    ['the red ones are important', []],
    ['cups of coffee on a table', ['cup', 'coffee', 'table']],
    ['a pair of scissors and sunglasses', ['scissors', 'sunglasses']],
    ['People pushing shopping carts', ['person', 'shopping cart']],
    ['a JCB excavator near BMWs', ['JCB excavator', 'BMWs']],
    ['', []],
  ])('%s', (sentence, phrases) => {
    expect(nounPhrases(sentence)).toEqual(phrases)
  })

  it('names each thing once, whatever its number', () => {
    expect(nounPhrases('A dog. Three dogs! The Dog?')).toEqual(['dog'])
  })
})

describe('noun phrases of Chinese sentences', () => {
  it.each([
    ['找出所有的卡车、叉车和行人', ['卡车', '叉车', '行人']],
    ['一只猫和两只狗', ['猫', '狗']],
    ['红色的汽车', ['汽车']],
    ['标注 forklift 和 pallet', ['forklift', 'pallet']],
  ])('%s', (sentence, phrases) => {
    expect(nounPhrases(sentence)).toEqual(phrases)
  })
})
