import type { MessageKey, Translate } from '../i18n/translation.ts'
import type { ParameterField } from './recipe-parameters.ts'

type NamedField = Pick<ParameterField, 'half' | 'name'>

/** Keys are made of the schema's names: a test looks that each has its text. */
export const labelKeyOf = ({ half, name }: NamedField): string =>
  `labelling.parameters.${half}.${name}.label`
export const hintKeyOf = ({ half, name }: NamedField): string =>
  `labelling.parameters.${half}.${name}.hint`
export const choiceKeyOf = (choice: string): string =>
  `labelling.choices.${choice.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}`

export const parameterLabel = (field: NamedField, t: Translate): string =>
  t(labelKeyOf(field) as MessageKey)
export const parameterHint = (field: NamedField, t: Translate): string =>
  t(hintKeyOf(field) as MessageKey)
export const choiceLabel = (choice: string, t: Translate): string =>
  t(choiceKeyOf(choice) as MessageKey)
