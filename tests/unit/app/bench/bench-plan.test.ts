import { describe, expect, it } from 'vitest'
import { planBench, type BenchChoice } from '#main/app/bench/bench-plan.ts'
import type { ClipPack, FoundPacks, MaskRcnnPack, Pack } from '#main/packs/find-packs.ts'
import type { ClipForm } from '#shared/contract/recipes.ts'

const detector = (name: string, precisions: readonly string[], hasText = false): MaskRcnnPack => ({
  kind: 'mask-rcnn',
  name,
  folder: `/packs/${name}`,
  description: {
    precisions: Object.fromEntries(precisions.map((one) => [one, ''])),
    anchors: {},
    ...(hasText ? { text: {} } : {}),
  } as unknown as MaskRcnnPack['description'],
})
const clip = (name: string, ...forms: ClipForm[]): ClipPack => ({
  kind: 'clip',
  licence: null,
  name,
  folder: `/packs/${name}`,
  title: null,
  isForTests: false,
  forms,
  files: {},
})
const found = (...packs: Pack[]): FoundPacks => ({ packs, refused: [], searched: ['/packs'] })
const ALL: BenchChoice = { recipes: null, packs: null, precisions: null }

function planned(packs: FoundPacks, choice: Partial<BenchChoice> = {}) {
  const { turns, notRun } = planBench(packs, { ...ALL, ...choice })
  return {
    turns: turns.map(({ recipe, models }) =>
      [recipe, models.detector, models.precision, models.clip].filter(Boolean).join(' '),
    ),
    notRun: notRun.map(({ recipe, what, reason }) => `${recipe}: ${what}: ${reason}`),
  }
}

const coco = detector('coco', ['fp32', 'int8'])
const regions = detector('regions', ['fp16'], true)

describe('what a benchmark runs', () => {
  it('is every detector in every precision, int8 first; CLIP on the first of them', () => {
    const plan = planned(found(coco, regions, clip('vit', 'whole', 'vit-stages')))
    expect(plan.turns).toEqual([
      'detector coco int8',
      'detector coco fp32',
      'detector regions fp16',
      'region-text regions fp16',
      'crop coco int8 vit',
      'vild coco int8 vit',
      'ovseg coco int8 vit',
      'fvlm-patch coco int8 vit',
    ])
    expect(plan.notRun).toEqual([
      'region-text: coco int8: this pack gives no region vectors',
      'region-text: coco fp32: this pack gives no region vectors',
      'regionclip: all of it: no installed CLIP pack has a ResNet in two parts',
    ])
  })

  it('names every recipe that has no pack, with the reason', () => {
    const { notRun } = planned(found(coco))
    for (const recipe of ['crop', 'vild', 'ovseg', 'fvlm-patch', 'regionclip']) {
      expect(notRun).toContain(`${recipe}: all of it: no CLIP pack is installed`)
    }
  })

  it('is narrowed by recipes, packs and precisions, and says what that left out', () => {
    const packs = found(coco, regions, clip('vit', 'whole'), clip('other', 'whole'))
    const plan = planned(packs, {
      recipes: ['detector', 'crop'],
      packs: ['regions', 'other'],
      precisions: ['fp16', 'int8'],
    })
    expect(plan.turns).toEqual(['detector regions fp16', 'crop regions fp16 other'])
    expect(plan.notRun).toContain('region-text: all of it: left out by --recipes')
    expect(plan.notRun).toContain('null: regions int8: the pack has no such precision')
  })

  it('takes a detector below CLIP packs that were named alone', () => {
    const plan = planned(found(coco, clip('vit', 'whole')), {
      packs: ['vit'],
      recipes: ['detector', 'crop'],
    })
    expect(plan.turns).toEqual(['crop coco int8 vit'])
    expect(plan.notRun).toContain('detector: all of it: its packs are left out by --packs')
  })

  it('refuses a pack and a precision that nobody has, naming those that there are', () => {
    const packs = found(coco, clip('vit', 'whole'))
    expect(() => planned(packs, { packs: ['cocoo'] })).toThrow(/cocoo. There are: coco, vit\./)
    expect(() => planned(packs, { precisions: ['fp8'] })).toThrow(/fp8. There are: fp32, int8\./)
    expect(() => planned(found())).toThrow(/found no Mask R-CNN pack. Looked in: \/packs/)
  })
})
