import { expect, it } from 'vitest'
import {
  attributeDefinitionsSchema,
  type AttributeDefinition,
} from '#shared/contract/attributes.ts'
import { definitionOf, draftOf } from '#renderer/annotations/attribute-drafts.ts'

const of = (part: Partial<AttributeDefinition>): AttributeDefinition => ({
  name: 'grade',
  type: 'text',
  options: [],
  default: null,
  classIds: null,
  ...part,
})

it.each([
  of({ default: 'new' }),
  of({ type: 'number', default: 2.5 }),
  of({ type: 'boolean', default: false }),
  of({ type: 'choice', options: ['a', 'b'], default: 'b', classIds: [3] }),
  of({ type: 'choice', options: ['a'] }),
])('a definition comes out of its form as it went in: %j', (definition) => {
  expect(definitionOf(draftOf(definition, 1))).toEqual(definition)
})

it('what is typed becomes a definition that the application takes', () => {
  const draft = {
    ...draftOf(of({ type: 'choice' }), 1),
    name: ' colour ',
    options: ' red\n\nred\nblue ',
  }
  const definitions = [
    definitionOf({ ...draft, usual: 'green' }),
    definitionOf({ ...draft, name: 'count', type: 'number', usual: 'many' }),
  ]
  expect(definitions[0]).toMatchObject({ name: 'colour', options: ['red', 'blue'], default: null })
  expect(definitions[1]).toMatchObject({ options: [], default: null })
  expect(attributeDefinitionsSchema.safeParse(definitions).success).toBe(true)
})
