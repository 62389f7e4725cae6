import { describe, expect, it } from 'vitest'
import { commands } from '#shared/contract/commands.ts'
import type { ClassRecord, Vocabulary } from '#shared/contract/records.ts'
import {
  changesScores,
  requestOfEdit,
  splitWords,
  unknownNames,
} from '../../../../src/renderer/src/vocabulary/class-edits.ts'

const classRecord = (id: number, name: string): ClassRecord => ({
  id,
  name,
  synonyms: [],
  prompts: [],
  negatives: [],
  threshold: null,
  colour: '#40a0e0',
  position: id - 1,
})
const vocabulary: Vocabulary = {
  revision: 7,
  classes: [
    { ...classRecord(1, 'bus'), synonyms: ['coach'] },
    classRecord(2, 'cat'),
    classRecord(3, 'dog'),
  ],
  negatives: ['shelf'],
}
const namesAfter = (edit: Parameters<typeof requestOfEdit>[1]) =>
  requestOfEdit(vocabulary, edit).classes.map(({ name }) => name)

describe('an edit of the vocabulary', () => {
  it('starts from the revision that the person sees and is what the contract takes', () => {
    const request = requestOfEdit(vocabulary, {
      kind: 'change',
      classId: 2,
      changes: { threshold: 0.35, synonyms: ['kitten'] },
    })
    expect(request.revision).toBe(7)
    expect(request.classes[1]).toMatchObject({ id: 2, threshold: 0.35, synonyms: ['kitten'] })
    expect(request.negatives).toEqual(['shelf'])
    expect(commands['vocabulary.replace'].input.safeParse(request).error).toBeUndefined()
  })

  it('adds only names that are not there, as a name or as a synonym', () => {
    const classes = ['Cat', 'coach', ' traffic  light ', 'traffic-light'].map((name) => ({ name }))
    expect(namesAfter({ kind: 'add', classes })).toEqual(['bus', 'cat', 'dog', 'traffic light'])
  })

  it.each([
    [3, 0, ['dog', 'bus', 'cat']],
    [1, 2, ['cat', 'dog', 'bus']],
    [1, 99, ['cat', 'dog', 'bus']],
    [99, 0, ['bus', 'cat', 'dog']],
  ])('moves class %i to place %i', (classId, toIndex, names) => {
    expect(namesAfter({ kind: 'move', classId, toIndex })).toEqual(names)
  })

  it('removes one class and leaves the others as they are', () => {
    expect(namesAfter({ kind: 'remove', classId: 1 })).toEqual(['cat', 'dog'])
  })

  it('needs new scores for words and thresholds, not for looks', () => {
    expect(changesScores({ kind: 'change', classId: 1, changes: { colour: '#aabbcc' } })).toBe(
      false,
    )
    expect(changesScores({ kind: 'move', classId: 1, toIndex: 0 })).toBe(false)
    expect(changesScores({ kind: 'change', classId: 1, changes: { threshold: 0.5 } })).toBe(true)
    expect(changesScores({ kind: 'remove', classId: 1 })).toBe(true)
  })
})

describe('words in one line', () => {
  it('come apart at commas of both scripts, each once', () => {
    expect(splitWords('bus， coach, Bus ; 汽车、卡车')).toEqual(['bus', 'coach', '汽车', '卡车'])
  })
  it('are told from those that are there', () => {
    expect(unknownNames(vocabulary, ['BUS', 'bird', ''])).toEqual(['bird'])
  })
})
