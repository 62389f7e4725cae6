import { describe, expect, it } from 'vitest'
import { recipeSchema } from '#shared/contract/commands.ts'
import { RECIPE_NAMES } from '#shared/contract/recipes.ts'
import en from '../../../../src/renderer/src/i18n/en/index.ts'
import chinese from '../../../../src/renderer/src/i18n/zh-CN/index.ts'
import {
  countOfTarget,
  imagesOfTarget,
} from '../../../../src/renderer/src/labelling/labelling-images.ts'
import {
  choiceKeyOf,
  hintKeyOf,
  labelKeyOf,
} from '../../../../src/renderer/src/labelling/parameter-texts.ts'
import {
  countChanges,
  NO_CHANGES,
  parameterFields,
  withParameter,
} from '../../../../src/renderer/src/labelling/recipe-parameters.ts'

const textAt = (messages: object, key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>(
      (part, name) => (part as Record<string, unknown> | undefined)?.[name],
      messages,
    )

const everyField = RECIPE_NAMES.flatMap((recipe) =>
  (['regions', 'scoring'] as const).flatMap((half) =>
    parameterFields(recipe, half).map((field) => ({ recipe, field })),
  ),
)

describe('the form of a recipe', () => {
  it('has every parameter of the schema with the default that the application takes', () => {
    for (const { recipe, field } of everyField) {
      const taken = recipeSchema.parse({ name: recipe })[field.half] as Record<string, unknown>
      expect(field.default, `${recipe} ${field.name}`).toEqual(taken[field.name])
    }
    const names = everyField
      .filter(({ recipe }) => recipe === 'crop')
      .map(({ field }) => field.name)
    const { regions, scoring } = recipeSchema.parse({ name: 'crop' })
    expect(names).toEqual([...Object.keys(regions), ...Object.keys(scoring)])
  })

  it('bounds what can be typed to what the application takes', () => {
    for (const { recipe, field } of everyField) {
      if (field.kind !== 'number') continue
      for (const bound of [field.min, field.max]) {
        if (bound === null || (field.name === 'logitScale' && bound === 0)) continue
        const input = { name: recipe, [field.half]: { [field.name]: bound } }
        expect(recipeSchema.safeParse(input).success, `${field.name} ${bound}`).toBe(true)
      }
    }
  })

  it.each([
    ['English', en],
    ['Chinese', chinese],
  ])('says what each parameter does in %s', (_, messages) => {
    for (const { field } of everyField) {
      const choices = field.kind === 'choice' ? field.choices.map(choiceKeyOf) : []
      for (const key of [labelKeyOf(field), hintKeyOf(field), ...choices]) {
        expect(textAt(messages, key), key).toBeTypeOf('string')
      }
    }
  })

  it('keeps what differs from the default, and nothing else', () => {
    const field = parameterFields('detector', 'scoring').find(({ name }) => name === 'threshold')
    if (field === undefined) throw new Error('no such parameter')
    const changed = withParameter(NO_CHANGES, field, 0.4)
    expect(changed).toEqual({ regions: {}, scoring: { threshold: 0.4 } })
    expect(countChanges(withParameter(changed, field, 0.2))).toBe(0)
  })
})

describe('the images of a run', () => {
  const sources = {
    currentImageId: 5,
    chosenIds: [5, 6, 7],
    imagesByStatus: { new: 2, labelled: 3, reviewed: 4, failed: 1 },
  }

  it.each([
    ['image', 1, { imageIds: [5] }],
    ['selection', 3, { imageIds: [5, 6, 7] }],
    ['unlabelled', 3, { filter: { statuses: ['new', 'failed'] } }],
    ['all', 10, { filter: {} }],
  ] as const)('are, for "%s", %i', (target, count, images) => {
    expect(countOfTarget(target, sources)).toBe(count)
    expect(imagesOfTarget(target, sources)).toEqual(images)
  })

  it('are none where nothing is there', () => {
    expect(imagesOfTarget('image', { ...sources, currentImageId: null })).toBeNull()
  })
})
