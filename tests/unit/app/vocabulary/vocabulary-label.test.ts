import { describe, expect, it } from 'vitest'
import type { ClassRecord } from '#shared/contract/records.ts'
import { diffRecords } from '#shared/history/record-diff.ts'
import { stepOfVocabularyChange } from '#main/app/vocabulary/vocabulary-label.ts'

const classOf = (id: number, more: Partial<ClassRecord> = {}): ClassRecord => ({
  ...{ id, name: `class ${id}`, synonyms: [], prompts: [], negatives: [] },
  ...{ threshold: null, colour: '#000000', position: id - 1 },
  ...more,
})
const BEFORE = [classOf(1), classOf(2), classOf(3)]
const stepTo = (...after: ClassRecord[]) =>
  stepOfVocabularyChange(diffRecords('class', BEFORE, after))
const [one, two, three] = BEFORE

describe('a step of the vocabulary', () => {
  it.each<[string, ClassRecord[]]>([
    ['Add class forklift', [...BEFORE, classOf(4, { name: 'forklift' })]],
    ['Add 2 classes', [...BEFORE, classOf(4), classOf(5)]],
    ['Remove class class 1', [classOf(2, { position: 0 }), classOf(3, { position: 1 })]],
    ['Remove 3 classes', []],
    ['Rename class', [classOf(1, { name: 'lorry' }), two, three]],
    ['Change synonyms', [classOf(1, { synonyms: ['lorry'] }), two, three]],
    ['Change prompts', [classOf(1, { prompts: ['a photo'] }), two, three]],
    ['Change look-alikes', [classOf(1, { negatives: ['toy'] }), two, three]],
    ['Change threshold', [classOf(1, { threshold: 0.5 }), two, three]],
    ['Change colour', [classOf(1, { colour: '#ffffff' }), two, three]],
    ['Reorder classes', [classOf(1, { position: 1 }), classOf(2, { position: 0 }), three]],
    ['Edit vocabulary', [classOf(1, { name: 'x', threshold: 0.5 }), two, three]],
    ['Edit vocabulary', [classOf(1, { name: 'x' }), two, three, classOf(4)]],
    ['Edit vocabulary', [classOf(4), two, three]],
  ])('is called %j', (label, after) => {
    expect(stepTo(...after).label).toBe(label)
  })

  it('of the look-alikes of all classes is called so', () => {
    const diff = diffRecords(
      'vocabulary',
      [{ id: 1, negatives: [] }],
      [{ id: 1, negatives: ['wall'] }],
    )
    expect(stepOfVocabularyChange(diff)).toEqual({
      label: 'Change look-alikes',
      movedClassId: null,
    })
  })

  it('is one move of many only for the slider or the colour of one class', () => {
    expect(stepTo(one, classOf(2, { threshold: 0.1 }), three).movedClassId).toBe(2)
    expect(stepTo(one, classOf(2, { colour: '#ffffff' }), three).movedClassId).toBe(2)
    expect(
      stepTo(one, classOf(2, { threshold: 0.1 }), classOf(3, { threshold: 0.1 })).movedClassId,
    ).toBeNull()
    expect(stepTo(one, classOf(2, { name: 'x' }), three).movedClassId).toBeNull()
  })
})
