import { z } from 'zod'

/** What the COCO export calls the flags of an annotation; no attribute can have these names. */
export const FLAG_ATTRIBUTES = { isOccluded: 'occluded', isTruncated: 'truncated' } as const

const MAX_TEXT = 1000

export const attributeNameSchema = z.string().trim().min(1).max(100)
export const attributeValueSchema = z.union([z.string().max(MAX_TEXT), z.number(), z.boolean()])
export type AttributeValue = z.infer<typeof attributeValueSchema>

/** Values by name. */
export type AttributeValues = Readonly<Record<string, AttributeValue>>

export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'choice'] as const
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number]

const attributeDefinitionSchema = z
  .strictObject({
    /** What values are stored and exported by. */
    name: attributeNameSchema,
    type: z.enum(ATTRIBUTE_TYPES),
    /** Of a choice, in order; empty for the other types. */
    options: z.array(z.string().trim().min(1).max(MAX_TEXT)).max(1000).default([]),
    /** The value of an annotation that has none of its own; null: none. */
    default: attributeValueSchema.nullable().default(null),
    /** The classes whose annotations have it; null: all. */
    classIds: z.array(z.int().positive()).min(1).max(5000).nullable().default(null),
  })
  .superRefine((definition, context) => {
    const { name, type, options } = definition
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (Object.values<string>(FLAG_ATTRIBUTES).includes(name)) {
      refuse('name', `"${name}" is a mark that every annotation has; choose another name`)
    }
    if (type === 'choice' && options.length === 0) {
      refuse('options', `"${name}" needs at least one option`)
    }
    if (type !== 'choice' && options.length > 0) {
      refuse('options', `"${name}" is no choice and has no options`)
    }
    if (new Set(options).size < options.length) {
      refuse('options', `"${name}" has an option twice`)
    }
    const fault = definition.default === null ? null : faultOfValue(definition, definition.default)
    if (fault !== null) refuse('default', fault)
  })

export const attributeDefinitionsSchema = z
  .array(attributeDefinitionSchema)
  .max(200)
  .superRefine((definitions, context) => {
    const seen = new Set<string>()
    definitions.forEach(({ name }, index) => {
      if (seen.has(name)) {
        const message = `there is another attribute "${name}"`
        context.addIssue({ code: 'custom', path: [index, 'name'], message })
      }
      seen.add(name)
    })
  })

/** A property that annotations of the project can have. */
export type AttributeDefinition = z.infer<typeof attributeDefinitionSchema>

/** Why a value is none of the attribute, as a part of a sentence; null when it is one. */
export function faultOfValue(
  { name, type, options }: Pick<AttributeDefinition, 'name' | 'type' | 'options'>,
  value: AttributeValue,
): string | null {
  if (type === 'choice') {
    return options.includes(String(value)) && typeof value === 'string'
      ? null
      : `"${name}" is one of ${options.map((option) => `"${option}"`).join(', ')}, not ${JSON.stringify(value)}`
  }
  const typeName = type === 'text' ? 'string' : type
  return typeof value === typeName
    ? null
    : `"${name}" is a ${type}, which ${JSON.stringify(value)} is not`
}

/** Whether annotations of a class have the attribute. */
export function isForClass({ classIds }: AttributeDefinition, classId: number): boolean {
  return classIds === null || classIds.includes(classId)
}
