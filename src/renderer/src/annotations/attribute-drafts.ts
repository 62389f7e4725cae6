import type { AttributeDefinition, AttributeType } from '#shared/contract/attributes.ts'

/** A definition as it is being written: everything as text. */
export interface AttributeDraft {
  readonly key: number
  readonly name: string
  readonly type: AttributeType
  /** One a line. */
  readonly options: string
  /** As text; empty for none. */
  readonly usual: string
  readonly classIds: readonly number[] | null
}

export function draftOf(definition: AttributeDefinition, key: number): AttributeDraft {
  const { name, type, options, classIds } = definition
  const usual = definition.default === null ? '' : String(definition.default)
  return { key, name, type, options: options.join('\n'), usual, classIds }
}

export const optionsOf = ({ options }: Pick<AttributeDraft, 'options'>): string[] => [
  ...new Set(
    options
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
]

/** What the draft means; a usual value that is none of the type is left out. */
export function definitionOf(draft: AttributeDraft): AttributeDefinition {
  const { name, type, classIds } = draft
  const options = type === 'choice' ? optionsOf(draft) : []
  const base = { name: name.trim(), type, options, classIds: classIds && [...classIds] }
  const usual = draft.usual.trim()
  switch (type) {
    case 'boolean':
      return { ...base, default: usual === '' ? null : usual === 'true' }
    case 'number': {
      const number = Number(usual)
      return { ...base, default: usual === '' || !Number.isFinite(number) ? null : number }
    }
    case 'choice':
      return { ...base, default: options.includes(usual) ? usual : null }
    case 'text':
      return { ...base, default: usual === '' ? null : usual }
  }
}
