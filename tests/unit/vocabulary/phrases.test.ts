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
    [
      'The image shows a busy street with several pedestrians crossing the road.',
      ['busy street', 'pedestrian', 'road'],
    ],
    ['A young girl watches a kite flying over the lake.', ['young girl', 'kite', 'lake']],
    ['A man rides a motorcycle past a stop sign.', ['man', 'motorcycle', 'stop sign']],
    ['Several sheep graze next to a stone wall.', ['sheep', 'stone wall']],
    ["I'd like to find stray cats near e-scooters.", ['stray cat', 'e-scooter']],
    ['The chef is cutting vegetables with a cutting board', ['chef', 'vegetable', 'cutting board']],
    ['A boy feeds the ducks.', ['boy', 'duck']],
    ['a kick scooter and throw pillows', ['kick scooter', 'throw pillow']],
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
    ['桌子上有一台笔记本电脑、一杯咖啡和一副眼镜。', ['桌子', '笔记本电脑', '咖啡', '眼镜']],
    ['检测叉车、托盘以及工人', ['叉车', '托盘', '工人']],
    ['小女孩抱着泰迪熊坐在沙发上。', ['小女孩', '泰迪熊', '沙发']],
    ['厨师正在用刀切蔬菜。', ['厨师', '刀', '蔬菜']],
    ['一位老人牵着一条狗在公园里散步。', ['老人', '狗', '公园']],
    ['有一只黑白相间的猫睡在窗台上。', ['猫', '窗台']],
    ['红色的公交车停在路边，街上有很多汽车。', ['公交车', '街', '汽车']],
    ['标注 forklift 和 pallet', ['forklift', 'pallet']],
  ])('%s', (sentence, phrases) => {
    expect(nounPhrases(sentence)).toEqual(phrases)
  })
})
